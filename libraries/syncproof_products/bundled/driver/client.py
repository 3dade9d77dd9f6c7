"""A client of the bundled relay that is none of the devices: it speaks the relay's public interface itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from syncproof.kernel.server import RawEvent

#: Asks the relay (method, path, token, content) and answers the content of its reply; raises ServerGone.
Ask = Callable[[str, str, str, bytes | None], bytes]


class _Place(msgspec.Struct):
    op_id: str
    seq: int


class _Pushed(msgspec.Struct):
    accepted: list[_Place]


class _Marker(msgspec.Struct):
    seq: int


class BundledClient:
    """Registered as one of the relay's users, beside that user's device: the relay allows several of each.

    token: a valid one of this user.
    """

    def __init__(self, ask: Ask, token: str) -> None:
        self._ask, self._token = ask, token

    def push(self, group: str, events: Sequence[RawEvent]) -> dict[str, int]:
        """POST the events; raises ServerGone when the relay refuses them."""
        content = msgspec.json.encode({"events": events})
        answer = self._ask("POST", f"/rooms/{group}/events", self._token, content)
        return {place.op_id: place.seq for place in msgspec.json.decode(answer, type=_Pushed).accepted}

    def put_blob(self, digest: str, content: bytes) -> None:
        """PUT the bytes."""
        self._ask("PUT", f"/blobs/{digest}", self._token, content)

    def set_marker(self, group: str, place: int) -> None:
        """PUT the marker."""
        self._ask("PUT", f"/rooms/{group}/marker", self._token, msgspec.json.encode({"seq": place}))

    def marker(self, group: str) -> int:
        """GET the marker."""
        answer = self._ask("GET", f"/rooms/{group}/marker", self._token, None)
        return msgspec.json.decode(answer, type=_Marker).seq
