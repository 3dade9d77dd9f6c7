"""The man in the middle as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import cast
from urllib.parse import unquote

from syncproof.faults.passing_on import Answered, Connection, pass_on

from . import DECEIVED_PATH, How
from .requests import Requests
from .swapping import Swapper

_MAIL = "/to-device/"


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, until SIGTERM.

    config: as for `pass_on`, and how (see `How`). ready: called with host and port once it serves.
    """
    swapper = Swapper(cast(How, config["how"]))

    def rewrite(method: str, path: str) -> Callable[[bytes], bytes] | None:
        if path == DECEIVED_PATH:
            raise Answered(_reply(swapper.deceived))
        if method != "PUT" or not path.startswith(_MAIL):
            return None
        to = unquote(path.removeprefix(_MAIL))

        def swap(body: bytes) -> bytes:
            mail = json.loads(body)
            told = json.loads(mail["content"])
            mail["content"] = json.dumps(swapper.swap(to, told))
            return json.dumps(mail).encode()

        return swap

    def connection() -> Connection:
        return nullcontext((Requests(rewrite).feed, bytes))

    asyncio.run(pass_on(config, ready, connection))


def _reply(deceived: list[str]) -> bytes:
    answer = json.dumps(deceived).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (len(answer), answer)
