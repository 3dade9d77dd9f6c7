"""Payloads that are larger than anybody needs: said to be, or really."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from syncproof.evidence.met import CLOSED
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_TOO_LARGE = frozenset({413})
_HEAD = frozenset({414, 431, CLOSED})
_HANDSHAKE = _HEAD | {400}
_MB = 1_000_000
_GB = 1_000_000_000
_HUGE = b"a" * (4 * _MB)


def conversations(openings: Mapping[str, RawRequest]) -> list[Conversation]:
    """Made from `push`, `live`, `upload` (a blob in one piece) and `large event` (one that is too large)."""
    push, live, upload = openings["push"], openings["live"], openings["upload"]
    said = b"Content-Length: %d\r\n\r\n" % _GB
    chunk = b"%x\r\n%b\r\n" % (len(_HUGE), _HUGE)
    chunked = push.head() + b"Transfer-Encoding: chunked\r\n\r\n"
    frame = b"\x81\xff" + (8 * _MB).to_bytes(8, "big") + b"mask" + _HUGE
    return [
        Conversation("a body of a gigabyte, as it says", (push.head() + said + _HUGE,), _TOO_LARGE, copies=4),
        Conversation("64 MB in chunks", (chunked, *[chunk] * 16, b"0\r\n\r\n"), _TOO_LARGE | {429}, copies=2),
        Conversation("an event of 4 MB", (openings["large event"].encode(),), _TOO_LARGE, copies=2),
        Conversation("a blob of a gigabyte, as it says", (upload.head() + said,), _TOO_LARGE, copies=4),
        Conversation("a header of 4 MB", (push.head() + b"X-Long: " + _HUGE + b"\r\n\r\n",), _HEAD, copies=2),
        Conversation(
            "a path of 4 MB",
            (replace(push, path="/" + "a" * (4 * _MB)).encode(),),
            _HEAD,
            copies=2,
        ),
        Conversation(
            "100,000 headers", (push.head() + b"X-Short: 1\r\n" * 100_000 + b"\r\n",), _HEAD, copies=2
        ),
        Conversation(
            "a stream at a path of 9 KB",
            (replace(live, path="/" + "a" * 9000).encode(),),
            _HANDSHAKE,
            copies=2,
        ),
        Conversation(
            "a stream with 200 headers", (live.head() + b"X: 1\r\n" * 200 + b"\r\n",), _HANDSHAKE, copies=2
        ),
        Conversation(
            "a WebSocket frame of 8 MB", (live.encode(),), frozenset({CLOSED}), then=frame, copies=2
        ),
    ]
