"""How a client speaks to the bundled relay, for one that is hostile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from syncproof.kernel.server import RawEvent, RawRequest

#: A user of the relay that is no device of any scenario, and has a room where nobody else is.
STRANGER = "stranger"
#: What it downloads. It is more than what the kernel takes of one for somebody who does not read.
_DOWNLOAD = bytes(16_000_000)


def openings(
    address: str, token: str, ask: Callable[[str, str, str, bytes], object]
) -> dict[str, RawRequest]:
    """Requests that the relay takes from a stranger.

    token: a valid one. ask: asks the relay (method, path, token, body).
    """
    ask("PUT", f"/rooms/{STRANGER}", token, b'{"members": []}')
    download = f"/blobs/{hashlib.sha256(_DOWNLOAD).hexdigest()}"
    ask("PUT", download, token, _DOWNLOAD)
    common = {"Host": address, "Authorization": f"Bearer {token}"}
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    room, nowhere = f"/rooms/{STRANGER}", "/rooms/nowhere"
    part = {"Upload-Offset": "1000", "Upload-Length": "1000000"}
    digest = "ab" * 32
    return {
        "push": RawRequest("POST", f"{room}/events", common, _events(RawEvent("stranger-1", "hello"))),
        "pull": RawRequest("GET", f"{room}/events?after=0&limit=10", common),
        "live": RawRequest("GET", "/live", common | upgrade),
        "download": RawRequest("GET", download, common),
        "part": RawRequest("PATCH", f"/uploads/{digest}", common | {**part, "Upload-Offset": "0"}),
        "upload": RawRequest("PUT", f"/blobs/{digest}", common),
        "large event": RawRequest(
            "POST", f"{room}/events", common, _events(RawEvent("stranger-2", "a" * 4_000_000))
        ),
        "unknown kind": RawRequest(
            "POST", f"{room}/events", common, _events(RawEvent("stranger-3", "", kind="destroy"))
        ),
        "push before open": RawRequest(
            "POST", f"{nowhere}/events", common, _events(RawEvent("stranger-4", "early"))
        ),
        "pull before open": RawRequest("GET", f"{nowhere}/events?after=0&limit=10", common),
        "marker ahead": RawRequest("PUT", f"{room}/marker", common, b'{"seq": 1000000}'),
        "part before beginning": RawRequest("PATCH", f"/uploads/{digest}", common | part, b"the second"),
        "stream before upgrade": RawRequest("GET", "/live", common),
    }


def _events(event: RawEvent) -> bytes:
    return msgspec.json.encode({"events": [event]})
