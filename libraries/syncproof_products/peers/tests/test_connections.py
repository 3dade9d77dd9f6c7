"""What goes first on a connection, and what becomes of one when there is another one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from syncproof_products.peers.agent.connections import Connections, Lost, _Talk
from syncproof_products.peers.agent.pulse import Pulse
from syncproof_products.peers.core.messages import Block, Have, Hello, Here, Message, Want, decode, encode
from syncproof_products.peers.tests.test_device import in_a_loop, peer


def test_whatever_is_no_block_goes_before_blocks_each_in_its_order() -> None:
    said: list[Message] = [Block("a", b"x"), Have({"Bob": 1}), Here(), Want("c"), Have({"Bob": 2})]

    async def test() -> list[Message]:
        sent: list[Message] = []

        async def send(data: bytes) -> None:
            sent.append(decode(data))

        async def nothing() -> bytes:
            return b""

        talk = _Talk(send, nothing, nothing, None, Pulse(lambda: False))
        for message in said:
            talk.say(message)
        writing = asyncio.create_task(talk.write())
        while len(sent) < len(said):
            await asyncio.sleep(0)
        writing.cancel()
        return sent

    assert asyncio.run(test()) == [said[1], said[3], said[4], said[0], said[2]]


def _offline(connections: Connections) -> None:
    connections.connect(wanted=False)


def _quarantined(connections: Connections) -> None:
    connections.quarantine("Carol", float("inf"))


@pytest.mark.parametrize("comes_out", [_offline, _quarantined])
def test_a_second_connection_brings_nobody_past_what_has_come_out_meanwhile(
    tmp_path: Path, comes_out: Callable[[Connections], None]
) -> None:
    @in_a_loop
    async def test(tmp_path: Path) -> None:
        device = peer(tmp_path).device
        connections = device.connections
        connections._is = lambda *_: True  # type: ignore[method-assign]
        connections.connect(wanted=True)
        closing, closed = asyncio.Event(), asyncio.Event()

        async def send(_: bytes) -> None:
            pass

        async def close() -> None:
            closing.set()
            await closed.wait()

        def talk() -> asyncio.Task[None]:
            said: asyncio.Queue[bytes] = asyncio.Queue()
            said.put_nowait(encode(Hello("Carol", "docs")))
            return asyncio.create_task(
                connections._talk(_Talk(send, said.get, close, None, Pulse(lambda: False)), "")
            )

        first = talk()
        while "Carol" not in device.node.others:
            await asyncio.sleep(0)
        second = talk()
        await closing.wait()
        comes_out(connections)
        closed.set()
        with pytest.raises(Lost, match=r"is quarantined|goes offline"):
            await asyncio.wait_for(second, 30)
        assert connections._talks == {}
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        assert device.node.others == {}

    test(tmp_path)
