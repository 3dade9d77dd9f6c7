"""A port that nobody can come in by for a while: it waits, and everything else goes on."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress

import pytest

from syncproof_products.peers.agent.port import Port


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


def _no_tls() -> ssl.SSLContext:
    raise AssertionError("nobody speaks TLS here")
