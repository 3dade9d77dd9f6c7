"""Atuin's own program, as the device uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from syncproof_products.atuin.agent import command_line
from syncproof_products.atuin.agent.account import account
from syncproof_products.atuin.agent.command_line import LONGEST_BYTES, Atuin, AtuinFailed, Entry, NotKept
from syncproof_products.atuin.tests.running import PROGRAM, needs_atuin, server

pytestmark = needs_atuin
ODD = ['{"a": "tab\t, line\nand é"}', "blanks   within", "-- --exit 3", "x" * LONGEST_BYTES]


def atuin(home: Path, device: str, address: str, program: str = "") -> Atuin:
    one = Atuin(program, home / device, device, account("shared", "room"), 5.0)
    one.reach(address)
    return one


async def commands(one: Atuin) -> list[Entry]:
    return [each async for each in one.entries()]


def test_what_one_appends_another_one_of_the_account_has_as_it_was(tmp_path: Path) -> None:
    async def run(address: str) -> None:
        alice, bob = atuin(tmp_path, "Alice: a%b", address), atuin(tmp_path, "Bob", address)
        await alice.enter()
        await bob.enter()
        for each in ODD:
            await alice.end(await alice.begin(each.encode()))
        assert await alice.sync() == 0
        assert await bob.sync() > 0
        assert await commands(bob) == [Entry("Alice: a%b", each.encode()) for each in ODD]

    with server(tmp_path / "server") as address:
        asyncio.run(run(address))


def test_what_is_not_ended_is_no_entry_yet(tmp_path: Path) -> None:
    async def run() -> None:
        alice = atuin(tmp_path, "Alice", "127.0.0.1:9")
        await alice.end(await alice.begin(b"ended"))
        await alice.begin(b"begun")
        assert await commands(alice) == [Entry("Alice", b"ended")]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("command", "why"), [(b" blank", "begins with a blank"), (b"x" * 131_072, "131072 bytes")]
)
def test_what_makes_no_entry_is_told(tmp_path: Path, command: bytes, why: str) -> None:
    async def run() -> None:
        alice = atuin(tmp_path, "Alice", "127.0.0.1:9")
        with pytest.raises(NotKept, match=why):
            await alice.begin(command)
        assert await commands(alice) == []

    asyncio.run(run())


def test_what_does_not_end_well_says_why(tmp_path: Path) -> None:
    async def run() -> None:
        alice = atuin(tmp_path, "Alice", "127.0.0.1:9")
        with pytest.raises(AtuinFailed, match="atuin sync ended with 1: "):
            await alice.sync()
        with pytest.raises(AtuinFailed, match="nowhere/atuin cannot be started: No such file"):
            await atuin(tmp_path, "Bob", "127.0.0.1:9", "/nowhere/atuin").sync()

    asyncio.run(run())


def test_the_key_of_a_home_is_written_once(tmp_path: Path) -> None:
    atuin(tmp_path, "Alice", "127.0.0.1:9", str(PROGRAM))
    key = tmp_path / "Alice" / "account.key"
    key.write_text("as it is")
    atuin(tmp_path, "Alice", "127.0.0.1:9")
    assert key.read_text() == "as it is"


def program(tmp_path: Path, script: str) -> str:
    """One that stands in Atuin's place, for what Atuin does not do by itself."""
    made = tmp_path / "program"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o700)
    return str(made)


def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "_LOCAL_S", 0.2)
    monkeypatch.setattr(command_line, "_SERVER_S", 0.2)
    alice = atuin(tmp_path, "Alice", "127.0.0.1:9", program(tmp_path, "exec sleep 600"))

    async def run() -> None:
        for doing in (alice.begin(b"said"), alice.end("1"), alice.sync(), alice.enter(), commands(alice)):
            async with asyncio.timeout(30):
                with pytest.raises(AtuinFailed, match=r"did not go on for 0\.2 s"):
                    await doing

    asyncio.run(run())


def test_an_entry_that_no_command_line_takes_holds_nothing_up(tmp_path: Path) -> None:
    script = r"printf 'Mallory\t0\t'; head -c 700000 /dev/zero | tr '\0' x; printf '\0Alice\t0\tfine\0Bob\t0\ttoo\0'"
    alice = atuin(tmp_path, "Alice", "127.0.0.1:9", program(tmp_path, script))
    assert asyncio.run(commands(alice)) == [Entry("Alice", b"fine"), Entry("Bob", b"too")]
