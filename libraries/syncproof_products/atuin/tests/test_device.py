"""A device against a real server: what was accepted is sent once, and what a process left half done is ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from syncproof_products.atuin.agent.command_line import Atuin, AtuinFailed
from syncproof_products.atuin.agent.config import Config, Settings
from syncproof_products.atuin.agent.device import Device
from syncproof_products.atuin.agent.index import NoIndex
from syncproof_products.atuin.agent.session import Session
from syncproof_products.atuin.agent.store import Operation
from syncproof_products.atuin.tests.running import DEADLINE_S, needs_atuin, server

pytestmark = needs_atuin
GROUP = "room"
SETTINGS = Settings(poll_s=0.05, idle_timeout_s=10.0, sync_timeout_s=10.0, retry_base_s=0.05, retry_max_s=0.2)


@contextlib.asynccontextmanager
async def device(home: Path, name: str, address: str) -> AsyncIterator[Device]:
    config = Config(device=name, directory=str(home / name), secret="shared", settings=SETTINGS)
    one = Device(config, lambda *_: None)
    one.set_group(GROUP, ["Alice", "Bob"])
    one.set_address(address)
    one.connect(True)
    life = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        life.cancel()
        await asyncio.wait([life])


def say(one: Device, *op_ids: str) -> None:
    for op_id in op_ids:
        one.submit(Operation(op_id, GROUP, json.dumps({"op_id": op_id}).encode(), op_id, 0))


def heard(one: Device) -> list[tuple[str, str]]:
    found = one.store.deliveries(0, 1000)
    return [(each.message.author, json.loads(each.message.body)["op_id"]) for each in found]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():
            await asyncio.sleep(0.02)


def test_both_get_everything_once_and_in_the_order_of_its_author(tmp_path: Path) -> None:
    async def run(address: str) -> None:
        async with device(tmp_path, "Alice", address) as alice, device(tmp_path, "Bob", address) as bob:
            say(alice, "1", "2", "3")
            say(bob, "4")
            await until(lambda: len(heard(alice)) == len(heard(bob)) == 4)
            assert alice.store.outbox() == bob.store.outbox() == 0
            for one in (alice, bob):
                assert [each for each in heard(one) if each[0] == "Alice"] == [
                    ("Alice", op_id) for op_id in "123"
                ]

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))


def test_an_entry_that_is_in_the_history_already_is_not_appended_again(tmp_path: Path) -> None:
    async def run(address: str) -> None:
        async with device(tmp_path, "Alice", address) as alice:
            await until(lambda: alice.connection == "live")
        # As a process leaves it that was killed behind `history end`.
        async with device(tmp_path, "Alice", "127.0.0.1:9") as alice:
            say(alice, "1")
            atuin = alice._atuin(GROUP)
            await atuin.end(await atuin.begin(b'{"op_id": "1"}'))
        async with device(tmp_path, "Alice", address) as alice, device(tmp_path, "Bob", address) as bob:
            say(alice, "2")
            await until(lambda: len(heard(bob)) >= 2 and not alice.store.outbox())
            assert heard(bob) == heard(alice) == [("Alice", "1"), ("Alice", "2")]

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))


def test_an_entry_whose_end_seemed_to_fail_is_not_appended_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = Atuin.end

    async def fails(self: Atuin, entry: str) -> None:
        monkeypatch.setattr(Atuin, "end", end)
        await end(self, entry)
        raise AtuinFailed("it ended, and did not end well")

    async def run(address: str) -> None:
        async with device(tmp_path, "Alice", address) as alice, device(tmp_path, "Bob", address) as bob:
            await until(lambda: alice.connection == bob.connection == "live")
            monkeypatch.setattr(Atuin, "end", fails)
            say(alice, "1")
            await until(lambda: not alice.store.outbox())
            say(alice, "2")
            await until(lambda: len(heard(bob)) >= 2 and not alice.store.outbox())
            assert heard(bob) == heard(alice) == [("Alice", "1"), ("Alice", "2")]

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))


def test_what_is_no_server_is_not_taken_for_one() -> None:
    async def greet(status: int) -> None:
        answers = httpx.MockTransport(lambda _: httpx.Response(status))
        async with httpx.AsyncClient(transport=answers, base_url="http://server") as http:
            await Session._greet(http)

    asyncio.run(greet(200))
    with pytest.raises(NoIndex, match="answers with 502"):
        asyncio.run(greet(502))


def test_records_that_a_sync_has_left_out_of_the_history_are_brought_into_it(tmp_path: Path) -> None:
    async def run(address: str) -> None:
        async with device(tmp_path, "Alice", address) as alice:
            say(alice, "1", "2")
            await until(lambda: not alice.store.outbox())
        async with device(tmp_path, "Bob", address) as bob:
            await until(lambda: bob.connection == "live")
        # As a process leaves it that was killed in a sync: records are there, and the history has none of them.
        async with device(tmp_path, "Bob", "127.0.0.1:9") as bob:
            bob.store.put_half_done(GROUP, True)
            bob.store._db.execute("DELETE FROM deliveries")
        for each in (tmp_path / "Bob" / "groups").rglob("history.db*"):
            each.unlink()
        async with device(tmp_path, "Bob", address) as bob:
            await until(lambda: len(heard(bob)) == 2)
            assert heard(bob) == [("Alice", "1"), ("Alice", "2")]
            await until(lambda: not bob.store.groups()[GROUP].half_done)

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))


def test_what_is_too_long_fails_and_holds_nothing_up(tmp_path: Path) -> None:
    async def run(address: str) -> None:
        async with device(tmp_path, "Alice", address) as alice:
            long = json.dumps({"op_id": "long", "text": "x" * 200_000}).encode()
            alice.submit(Operation("long", GROUP, long, "long", 0))
            say(alice, "short")
            await until(lambda: not alice.store.outbox())
            assert heard(alice) == [("Alice", "short")]
            known = alice.store.operation("long")
            assert known is not None
            assert known.state == "failed"

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))
