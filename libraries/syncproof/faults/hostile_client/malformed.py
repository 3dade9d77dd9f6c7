"""Messages that break the format: bytes that are no HTTP, bodies that are no JSON, frames that are no WebSocket."""

from __future__ import annotations

import random
from collections.abc import Mapping

from msgspec.structs import replace

from syncproof.evidence.met import CLOSED
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_BAD = frozenset({400, CLOSED})
_BAD_BODY = frozenset({400, 422})
_RANDOM = random.Random(20)
#: What a client of TLS says first (RFC 8446, 4.1.2).
_CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + _RANDOM.randbytes(500)
_DEEP = 100_000
#: Few: a server may limit how many streams a client opens.
_STREAMS = 2


def conversations(openings: Mapping[str, RawRequest]) -> list[Conversation]:
    """Made from `push`, a request with a body in JSON, and `live`, one that opens a WebSocket."""
    push, live = openings["push"], openings["live"]
    head = push.head()
    heads = {
        "bytes at random": b"\xff" + _RANDOM.randbytes(500),
        "a TLS handshake": _CLIENT_HELLO,
        "a frame at random": b"\x00\x40" + _RANDOM.randbytes(64),
        "a frame of no bytes": b"\x00\x00" * 8,
        "a request line of one word": b"PUSH\r\n\r\n",
        "a header without a colon": head + b"No colon here\r\n\r\n",
        "a length that is no number": head + b"Content-Length: many\r\n\r\n",
        "two lengths": head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "a length and chunks": head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a chunk whose size is no number": head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    }
    bodies = {
        "half of a body": push.body[: len(push.body) // 2],
        "a body that is no JSON": b"not at all",
        "no body": b"",
        "JSON of another shape": b"[1, 2, 3]",
        "text that is no UTF-8": b'{"events": "\xff\xfe"}',
        "JSON in JSON, 100,000 deep": b"[" * _DEEP + b"]" * _DEEP,
        "a number of 100,000 digits": b'{"events": ' + b"9" * _DEEP + b"}",
    }
    frames = {
        "a WebSocket frame at random": b"\xff" + _RANDOM.randbytes(200),
        "a WebSocket frame without a mask": b"\x81\x05hello",
        "a WebSocket text that is no UTF-8": b"\x81\x82\x00\x00\x00\x00\xff\xfe",
        "a WebSocket part without a beginning": b"\x80\x80\x00\x00\x00\x00",
    }
    body = live.head() + b"Content-Length: 100000\r\n\r\n"
    early = push.head() + b"Content-Length: 1000\r\n\r\n{"
    return [
        *(Conversation(what, (said,), _BAD) for what, said in heads.items()),
        *(
            Conversation(what, (replace(push, body=body).encode(),), _BAD_BODY)
            for what, body in bodies.items()
        ),
        *(
            Conversation(what, (live.encode(),), frozenset({CLOSED}), then=frame, copies=_STREAMS)
            for what, frame in frames.items()
        ),
        Conversation("a WebSocket handshake with a body", (body,), _BAD, copies=_STREAMS),
        Conversation("a body that ends early", (early,), _BAD, hangs_up=True),
    ]
