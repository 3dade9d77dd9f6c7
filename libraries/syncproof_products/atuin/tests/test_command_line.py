"""Atuin's own program, as the device uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

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
