"""Prints a group's stream as the server has it, a JSON object a line: `server_log.py PORT GROUP`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys

import nats
from nats.js.errors import NotFoundError

from syncproof_agentkit.requests import op_id_inside
from syncproof_products.nats.agent import streams


async def _print(port: str, group: str) -> None:
    client = await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)
    try:
        stream, name = client.jetstream(), streams.stream_of(group)
        state = (await stream.stream_info(name)).state
        for place in range(state.first_seq, state.last_seq + 1):
            try:
                message = await stream.get_msg(name, place)
            except NotFoundError:
                continue  # an operator has taken it out
            body = message.data or b""
            line = {
                "op_id": op_id_inside(body),
                "version": str(place),
                "author": streams.author_of(message.headers),
                "digest": hashlib.sha256(body).hexdigest(),
            }
            print(json.dumps(line))
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(_print(*sys.argv[1:]))
