"""A port that nobody can come in by for a while, or at which very many come at once: everything else goes on."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import Any

import pytest

from syncproof_products.peers.agent.port import _STRANGERS, Port


def test_a_port_that_cannot_let_anybody_in_waits_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        turns = asyncio.run(_turns_beside_a_port_that_lets_nobody_in())
    assert turns > 100
    assert [each.getMessage().partition(":")[0] for each in caplog.records] == ["nobody can be let in"]


async def _turns_beside_a_port_that_lets_nobody_in() -> int:
    """How often the loop comes round meanwhile."""
    port = Port("127.0.0.1", 0, within_s=1.0)
    # From now on `accept` fails at once, as it does for one whose network is away.
    port._listener.shutdown(socket.SHUT_RD)
    running = asyncio.create_task(port.run(asyncio.Protocol, _no_tls, print))
    try:
        until = asyncio.get_running_loop().time() + 0.3
        turns = 0
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0)
            turns += 1
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return turns


def test_whoever_goes_for_others_has_begun_and_that_is_written_down_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        begun, turns = asyncio.run(_who_begins_where_all_come_at_once())
    assert begun == 2 * _STRANGERS
    assert turns >= begun / 2
    (said,) = [each.getMessage() for each in caplog.records]
    assert said.endswith("have gone for those who came after")


class _Counting(Port):
    begun = 0

    async def _begin(self, accepted: socket.socket, *rest: Any) -> None:
        self.begun += 1
        await super()._begin(accepted, *rest)


async def _who_begins_where_all_come_at_once() -> tuple[int, int]:
    """How many of twice as many as there may be begin, and how often the loop comes round until they have come."""
    port = _Counting("127.0.0.1", 0, within_s=60.0)
    host, _, number = port.address.rpartition(":")
    silent = [socket.create_connection((host, int(number))) for _ in range(2 * _STRANGERS)]
    running = asyncio.create_task(port.run(asyncio.Protocol, _no_tls, print))
    turns = 0
    try:
        async with asyncio.timeout(20):
            while port.begun < len(silent):
                await asyncio.sleep(0)
                turns += 1
            for each in silent[:_STRANGERS]:
                assert await asyncio.get_running_loop().sock_recv(_without_waiting(each), 1) == b""
    finally:
        for each in silent:
            each.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return port.begun, turns


def _without_waiting(connection: socket.socket) -> socket.socket:
    connection.setblocking(False)
    return connection


def _no_tls() -> ssl.SSLContext:
    raise AssertionError("nobody speaks TLS here")
