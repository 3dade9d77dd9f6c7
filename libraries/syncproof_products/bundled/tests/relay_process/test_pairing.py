"""Devices that come into a group by an invite, over a relay in a process of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.bundled.core.records import Op
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import Patience
from syncproof_products.bundled.device.relay_client import RelayClient
from syncproof_products.bundled.device.runtime import RELAY, Identity, Rejected, RunningDevice
from syncproof_products.bundled.tests.relay_process.relay_process import SECRET, RelayProcess
from syncproof_synckit.encryption.invite import from_qr, to_qr

GROUP = "room"


@asynccontextmanager
async def running(relay: RelayProcess, folder: Path, name: str) -> AsyncIterator[RunningDevice]:
    device = RunningDevice(
        Identity(name, SECRET),
        folder / name,
        Settings(),
        patience=Patience(),
        memory_mb=1_500,
        handshake_s=5.0,
        clock=ShiftedClock(),
        rng=random.Random(1),
        pause=Pause(),
        observer=lambda _: None,
    )
    living = asyncio.ensure_future(device.run())
    try:
        await device.set_link(RELAY, f"{relay.host}:{relay.port}")
        device.connect()
        yield device
    finally:
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living


@asynccontextmanager
async def inviting(relay: RelayProcess, folder: Path) -> AsyncIterator[RunningDevice]:
    """Alice, who has made the group and said something in it."""
    async with running(relay, folder, "alice") as alice:
        await alice.set_encrypted_group(GROUP, ("alice",), "open sesame", None)
        await alice.submit(Op("1", GROUP, "append", '{"op_id": "1", "text": "hello"}'))
        await until(lambda: bodies(alice) == ['{"op_id": "1", "text": "hello"}'])
        yield alice


def bodies(device: RunningDevice) -> list[str]:
    return [each.body for each in device.reader.deliveries(0, 100)]


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not so():
            await asyncio.sleep(0.01)


async def why(joining: Any) -> tuple[str, str]:
    with pytest.raises(Rejected) as refused:
        await joining
    return refused.value.code, str(refused.value)


@pytest.mark.parametrize("which", [0, 1], ids=["code", "qr"])
def test_whoever_joins_reads_what_is_said_and_was_said(
    relay: RelayProcess, tmp_path: Path, which: int
) -> None:
    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice, running(relay, tmp_path, "bob") as bob:
            invite = (await alice.invite(GROUP, 60.0))[which]
            assert await bob.join(invite) == GROUP
            await bob.submit(Op("2", GROUP, "append", '{"op_id": "2", "text": "hi"}'))
            for device in (alice, bob):
                await until(lambda device=device: len(bodies(device)) == 2)  # type: ignore[misc]
            assert bodies(bob) == bodies(alice)
            async with running(relay, tmp_path, "carol") as carol:
                assert (await why(carol.join(invite)))[0] == "invite_used"

    asyncio.run(scenario())


def test_where_it_is_refused_nothing_has_changed(relay: RelayProcess, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice, running(relay, tmp_path, "bob") as bob:
            _, qr = await alice.invite(GROUP, 60.0)
            invite = from_qr(qr)
            elsewhere = to_qr(replace(invite, relay=bytes(32)))
            assert (await why(alice.join(elsewhere)))[0] == "another_relay"
            code, said = await why(bob.join(elsewhere))
            assert code == "offline", said
            assert (bob.reader.groups(), bob.reader.facts_of("group_key")) == ((), {})
            assert bob.reader.fact("relay_key") is None
            assert await bob.join(qr) == GROUP, "it was not used"

    asyncio.run(scenario())


def test_a_join_that_was_not_answered_is_repeated_and_nothing_is_lost(
    relay: RelayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is online meanwhile: whatever the relay sends to it as a member it has to be able to read."""
    answered = RelayClient.use_invite

    async def lost(self: RelayClient, *given: Any) -> None:
        monkeypatch.setattr(RelayClient, "use_invite", answered)
        await answered(self, *given)
        raise LinkError("closed", "the connection broke off")

    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice:
            code, _ = await alice.invite(GROUP, 60.0)
            async with running(relay, tmp_path, "bob") as bob:
                monkeypatch.setattr(RelayClient, "use_invite", lost)
                assert (await why(bob.join(code)))[0] == "unanswered"
                await alice.submit(Op("2", GROUP, "append", '{"op_id": "2", "text": "hi"}'))
                await until(lambda: len(bodies(bob)) == 2)
                assert (await why(alice.join(code)))[0] == "invite_used"
            async with running(relay, tmp_path, "bob") as bob:
                assert await bob.join(code) == GROUP
                assert bodies(bob) == bodies(alice)
            async with running(relay, tmp_path / "elsewhere", "bob") as somebody:
                assert (await why(somebody.join(code)))[0] == "invite_used"

    asyncio.run(scenario())


def test_a_join_that_nobody_waits_for_any_more_may_have_let_it_in(
    relay: RelayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, done = RelayClient.use_invite, asyncio.Event()

    async def slow(self: RelayClient, *given: Any) -> None:
        monkeypatch.setattr(RelayClient, "use_invite", answered)
        await answered(self, *given)
        done.set()
        await asyncio.Event().wait()

    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice:
            code, _ = await alice.invite(GROUP, 60.0)
            async with running(relay, tmp_path, "bob") as bob:
                monkeypatch.setattr(RelayClient, "use_invite", slow)
                joining = asyncio.create_task(bob.join(code))
                await done.wait()
                joining.cancel()
                await asyncio.wait([joining])
                await until(lambda: bob.reader.fact("relay_key") is not None)
            async with running(relay, tmp_path, "bob") as bob:
                assert await bob.join(code) == GROUP
                await until(lambda: bodies(bob) == bodies(alice))

    asyncio.run(scenario())


def test_a_join_that_is_repeated_without_a_network_keeps_the_key(
    relay: RelayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it is in: what it is sent then it has to be able to read."""
    answered = RelayClient.use_invite

    async def cut(
        _: RelayClient, lookup: str, ticket: str, proof: str, on_sent: Callable[[int], None]
    ) -> None:
        del lookup, ticket, proof
        on_sent(1)
        raise LinkError("closed", "the connection broke off")

    async def away(*_: Any) -> None:
        raise LinkError("unreachable", "there is no network")

    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice, running(relay, tmp_path, "bob") as bob:
            _, qr = await alice.invite(GROUP, 60.0)
            for broken, code in ((cut, "unanswered"), (away, "offline")):
                monkeypatch.setattr(RelayClient, "use_invite", broken)
                assert (await why(bob.join(qr)))[0] == code
            assert bob._keys.kept(GROUP) == alice._keys.kept(GROUP)
            monkeypatch.setattr(RelayClient, "use_invite", answered)
            assert await bob.join(qr) == GROUP

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda invite: {"secret": invite.secret[:-2]}, "192 hexadecimal digits, and the one here in 190"),
        (lambda invite: {"secret": invite.secret + "00"}, "here in 194"),
        (lambda invite: {"secret": invite.secret[:-1] + "x"}, "192 hexadecimal digits"),
        (lambda invite: {"secret": invite.secret.replace("t=3", "t=1")}, "is derived by one of"),
        (lambda _: {"secret": ""}, "is derived by one of"),
        (lambda _: {"group": "a\nb"}, "printable characters"),
        (lambda _: {"group": "g" * 10_000}, "printable characters"),
        (lambda _: {"lookup": "../rooms/room"}, "no lookup of an invite"),
        (lambda _: {"relay": bytes(31)}, "has 31 bytes"),
    ],
)  # fmt: skip
def test_an_invite_that_somebody_made_up_is_refused_and_the_device_goes_on(
    relay: RelayProcess, tmp_path: Path, change: Callable[[Any], dict[str, Any]], says: str
) -> None:
    """Its checksum is right, and whatever it says must not be kept: the device could not start with it."""

    async def scenario() -> None:
        async with inviting(relay, tmp_path) as alice:
            _, qr = await alice.invite(GROUP, 60.0)
            invite = from_qr(qr)
            async with running(relay, tmp_path, "bob") as bob:
                code, said = await why(bob.join(to_qr(replace(invite, **change(invite)))))
                assert code == "invalid", said
                assert says in said
                assert (bob.reader.groups(), bob.reader.facts_of("group_key")) == ((), {})
                assert bob.reader.fact("relay_key") is None
            async with running(relay, tmp_path, "bob") as bob:
                assert await bob.join(qr) == GROUP, "it was not used"

    asyncio.run(scenario())


def test_whoever_cannot_invite_says_so(relay: RelayProcess, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(relay, tmp_path, "alice") as alice:
            assert (await why(alice.invite(GROUP, 60.0)))[0] == "unknown_group"
            assert (await why(alice.join("ABCD-EFGH-IJKL-MNOP")))[0] == "unknown_invite"
            await alice.set_link(RELAY, None)
            assert (await why(alice.join("ABCD-EFGH-IJKL-MNOP")))[0] == "offline"

    asyncio.run(scenario())
