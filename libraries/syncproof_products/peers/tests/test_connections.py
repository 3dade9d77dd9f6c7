"""What goes first on a connection."""

from __future__ import annotations

import asyncio

from syncproof_products.peers.agent.connections import _Talk
from syncproof_products.peers.core.messages import Block, Have, Here, Message, Want, decode


def test_whatever_is_no_block_goes_before_blocks_each_in_its_order() -> None:
    said: list[Message] = [Block("a", b"x"), Have({"Bob": 1}), Here(), Want("c"), Have({"Bob": 2})]

    async def test() -> list[Message]:
        sent: list[Message] = []

        async def send(data: bytes) -> None:
            sent.append(decode(data))

        async def nothing() -> bytes:
            return b""

        talk = _Talk(send, nothing, nothing, None)
        for message in said:
            talk.say(message)
        writing = asyncio.create_task(talk.write())
        while len(sent) < len(said):
            await asyncio.sleep(0)
        writing.cancel()
        return sent

    assert asyncio.run(test()) == [said[1], said[3], said[4], said[0], said[2]]
