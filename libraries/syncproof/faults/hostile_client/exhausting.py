"""What takes resources and not rights: connections, memory, descriptors, time."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from syncproof.evidence.met import CLOSED
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_ENDED = frozenset({CLOSED})
_TIMEOUT = frozenset({400, 408, CLOSED})
_MB = 1_000_000
#: More than a server may have open for one client; it has the time to end some before others come.
_MANY, _APART_S = 800, 0.005
#: They leave when all have been there for so long.
_TOGETHER_S = 3.0
_DIGITS = 64

Openings = Mapping[str, RawRequest]


def flood(openings: Openings) -> list[Conversation]:
    """Connections on which nothing is ever said, and a request behind them. Made from `pull`."""
    silence = Conversation(
        "silence", (), _ENDED, holds_s=_TOGETHER_S, may_stay=True, copies=_MANY, apart_s=_APART_S
    )
    return [silence, _behind_them(openings)]


def _behind_them(openings: Openings) -> Conversation:
    """What shows that the server has met all before it; there is nothing to refuse."""
    return Conversation("a request", (openings["pull"].encode(),), frozenset({200, CLOSED}), copies=1)


def large(openings: Openings) -> list[Conversation]:
    """Bodies that are as large as one may be, all at once; their last byte comes late. Made from `push`."""
    push = openings["push"]
    body = b"a" * (12 * _MB)
    said = push.head() + b"Content-Length: %d\r\n\r\n" % (len(body) + 1)
    refusals = frozenset({400, 413, 429, 503, CLOSED})
    return [Conversation("a body of 12 MB", (said + body, b"a"), refusals, pause_s=2.0, copies=32)]


def unfinished(openings: Openings) -> list[Conversation]:
    """Uploads that are begun and not gone on with, each with a file of its own. Made from `part` and `pull`."""
    part = openings["part"]
    refusals = frozenset({400, 408, 409, 429, CLOSED})
    uploads = [
        Conversation(
            f"upload {n}",
            (_beginning(part, n),),
            refusals,
            holds_s=_TOGETHER_S,
            may_stay=True,
            copies=1,
            apart_s=_APART_S,
        )
        for n in range(_MANY)
    ]
    return [*uploads, _behind_them(openings)]


def _beginning(part: RawRequest, n: int) -> bytes:
    path = part.path[:-_DIGITS] + f"{n:0{_DIGITS}x}"
    return replace(part, path=path).head() + b"Content-Length: 1000000\r\n\r\nthe beginning"


def slow(openings: Openings) -> list[Conversation]:
    """What comes byte by byte, or stops, and a download that is read so. Made from `push` and `download`."""
    push, download = openings["push"], openings["download"]
    head, body = push.head() + b"X-Slow: ", push.head() + b"Content-Length: 100000\r\n\r\n"
    late = push.head() + b"Content-Length: 1000000\r\n\r\n" + b"a" * 500_000
    drops = (b"a",) * 200
    return [
        Conversation("silence", (), _ENDED, copies=20),
        Conversation("a body that stops", (body,), _TIMEOUT, copies=20),
        Conversation("a body that stops late", (late,), _TIMEOUT, copies=4),
        Conversation("a head that comes slowly", (head, *drops), _TIMEOUT, pause_s=0.5, copies=40),
        Conversation("a body that comes slowly", (body, *drops), _TIMEOUT, pause_s=0.5, copies=20),
        Conversation(
            "a download that is read slowly",
            (download.encode(),),
            frozenset({200, CLOSED}),
            pause_s=0.5,
            sips=200,
            holds_s=8.0,
            copies=20,
        ),
    ]


def storm(openings: Openings) -> list[Conversation]:
    """Streams that are opened and left at once. Made from `live`."""
    return [Conversation("a stream", (openings["live"].encode(),), frozenset({429}), leaves=True, copies=300)]
