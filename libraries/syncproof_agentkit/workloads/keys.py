"""Keys by which devices know each other, and which their users tell each other."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part

_Overlap = Annotated[float, msgspec.Meta(ge=0, le=31_536_000)]


class PeerKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /keys/{peer}: the key of another device, as that one's agent has said it.

    overlap_s: for so long whoever has the one before it is believed, too (s). None: not at all where the key is another
    one, and as long as was said before where it is the same.
    """

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    overlap_s: _Overlap | None = None


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /key. overlap_s: for so long others believe either key (s)."""

    overlap_s: _Overlap = 0.0


@runtime_checkable
class KnowsKeys(Protocol):
    """An adapter whose product takes other devices by a key that its user was told, and no others."""

    def key(self) -> dict[str, object]: ...
    def renew_key(self, wanted: NewKey) -> dict[str, object]: ...
    def tell_key(self, peer: str, wanted: PeerKey) -> None: ...


async def _key(agent: KnowsKeys, _: Request, __: None) -> Response:
    return reply(agent.key())


async def _renew_key(agent: KnowsKeys, _: Request, wanted: NewKey) -> Response:
    return reply(agent.renew_key(wanted))


async def _tell_key(agent: KnowsKeys, request: Request, wanted: PeerKey) -> Response:
    agent.tell_key(request.path_params["peer"], wanted)
    return reply({}, 202)


PARTS = (
    Part(
        KnowsKeys,
        "This product does not have keys of devices that users tell each other.",
        (
            Answer("GET", "/key", _key),
            Answer("POST", "/key", _renew_key, content=NewKey),
            Answer("PUT", "/keys/{peer:path}", _tell_key, content=PeerKey),
        ),
    ),
)
