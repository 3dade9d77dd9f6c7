"""Operations before that on which they rest: in a group that was not opened, without a beginning, of nobody."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_WORDS = {
    "push before open": "a push to a group that nobody has opened",
    "pull before open": "a pull from a group that nobody has opened",
    "marker ahead": "a marker behind the end of the log",
    "part before beginning": "the second part of an upload without the first",
    "stream before upgrade": "a stream that is not asked to become one",
}
_REFUSALS = frozenset({400, 403, 404, 405, 409, 412, 416, 426})
_STRANGER = frozenset({401, 403})


def conversations(openings: Mapping[str, RawRequest]) -> list[Conversation]:
    """Made from all that is too early by itself, and from `push`, `pull` and `live` without credentials."""
    early = [
        Conversation(words, (openings[name].encode(),), _REFUSALS)
        for name, words in _WORDS.items()
        if name in openings
    ]
    unknown = [
        Conversation(
            f"a {name} before the client has registered", (_nobody(openings[name]).encode(),), _STRANGER
        )
        for name in ("push", "pull", "live")
    ]
    return early + unknown


def _nobody(request: RawRequest) -> RawRequest:
    headers = {name: said for name, said in request.headers.items() if name != "Authorization"}
    return replace(request, headers=headers)
