"""The client-server API, as far as a device needs it; every exchange is told, whatever comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from syncproof_products.matrix.agent.http import ExchangeFailed, Http, Refused, read_json

#: what is exchanged (as the agent protocol calls it), why it failed ("" for not at all)
Told = Callable[[str, str], None]
#: Returns when an exchange may begin (the circuit breaker's say).
Gate = Callable[[], Awaitable[None]]

_V3 = "/_matrix/client/v3"
_NOTHING: dict[str, list[str]] = {"types": []}


@dataclass(frozen=True)
class Page:
    """Events of a room's history, oldest first. end: where it goes on; None at its end."""

    events: list[dict[str, Any]]
    end: str | None


class Homeserver:
    """One account on one homeserver. Methods raise ExchangeFailed and Refused."""

    def __init__(self, http: Http, gate: Gate, told: Told) -> None:
        self._http, self._gate, self._told = http, gate, told
        self.token = ""

    async def log_in(self, user: str, password: str, device_id: str) -> str:
        """A new access token of this device."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            "device_id": device_id,
        }
        self.token = str((await self._json("register", "POST", "/login", body))["access_token"])
        return self.token

    async def sync(self, since: str, wait_s: float, limit: int, what: str = "pull") -> dict[str, Any]:
        """What is new since a token, at most `limit` events of each room; waits for the first up to wait_s seconds."""
        timeline = {"timeline": {"limit": limit}, "ephemeral": _NOTHING, "account_data": _NOTHING}
        state = {"state": {"lazy_load_members": True}}
        filters = {"room": timeline | state, "presence": _NOTHING, "account_data": _NOTHING}
        query = {
            "timeout": str(round(wait_s * 1000)),
            "filter": json.dumps(filters),
            "set_presence": "offline",
        }
        if since:
            query["since"] = since
        return await self._json(what, "GET", f"/sync?{urlencode(query)}")

    async def history(self, room: str, start: str | None, limit: int) -> Page:
        """The room's events behind a token (from its beginning for None), oldest first."""
        query = {"dir": "f", "limit": str(limit)} | ({"from": start} if start else {})
        found = await self._json("pull", "GET", f"/rooms/{quote(room)}/messages?{urlencode(query)}")
        return Page(found.get("chunk", []), found.get("end"))

    async def send(self, room: str, kind: str, transaction: str, content: dict[str, Any]) -> str:
        """Send an event once, however often it is tried under this transaction id; answers its event id."""
        path = f"/rooms/{quote(room)}/send/{quote(kind)}/{quote(transaction, safe='')}"
        return str((await self._json("push", "PUT", path, content))["event_id"])

    async def create_room(self, alias: str, invited: Sequence[str], *, encryption: str = "") -> str:
        """A private room under a local alias.

        encryption: the algorithm in which everything in it is encrypted, from its first message on.
        """
        encrypted = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": encryption}}
        body = {
            "initial_state": [encrypted] if encryption else [],
            "preset": "private_chat",
            "room_alias_name": alias,
            "invite": list(invited),
        }
        return str((await self._json("group", "POST", "/createRoom", body))["room_id"])

    async def join(self, alias: str) -> str:
        """Join a room by its alias; answers its id."""
        return str((await self._json("group", "POST", f"/join/{quote(alias, safe='')}", {}))["room_id"])

    async def invite(self, room: str, user: str) -> None:
        """Ask somebody into a room."""
        await self._json("group", "POST", f"/rooms/{quote(room)}/invite", {"user_id": user})

    async def encryption(self, room: str) -> str:
        """The algorithm in which everything in a room is encrypted; "" where it is not."""
        try:
            found = await self._json("group", "GET", f"/rooms/{quote(room)}/state/m.room.encryption/")
        except Refused as error:
            if error.status == 404:
                return ""
            raise
        return str(found.get("algorithm", ""))

    async def members(self, room: str) -> dict[str, str]:
        """Everybody who has or had to do with a room, and their membership."""
        found = await self._json("group", "GET", f"/rooms/{quote(room)}/members")
        return {str(e["state_key"]): str(e["content"].get("membership")) for e in found.get("chunk", [])}

    async def publish_keys(self, keys: dict[str, Any]) -> dict[str, int]:
        """Hand in keys of this device; how many one-time keys of each kind are there now."""
        found = await self._json("register", "POST", "/keys/upload", keys)
        counts: dict[str, int] = found.get("one_time_key_counts", {})
        return counts

    async def query_keys(self, users: Sequence[str]) -> dict[str, Any]:
        """The devices of users, with their keys."""
        return await self._json("mail", "POST", "/keys/query", {"device_keys": {user: [] for user in users}})

    async def claim_keys(self, wanted: dict[str, dict[str, str]]) -> dict[str, Any]:
        """A one-time key of each device, `{user: {device: kind}}`."""
        return await self._json("mail", "POST", "/keys/claim", {"one_time_keys": wanted})

    async def send_to_devices(self, kind: str, transaction: str, messages: dict[str, Any]) -> None:
        """Put something into the mailboxes of devices, `{user: {device: content}}`, once under this transaction id."""
        path = f"/sendToDevice/{quote(kind)}/{quote(transaction, safe='')}"
        await self._json("mail", "PUT", path, {"messages": messages})

    async def mark_read(self, room: str, event: str) -> None:
        """Move the account's read marker."""
        path = f"/rooms/{quote(room)}/read_markers"
        await self._json("marker", "POST", path, {"m.fully_read": event})

    async def upload(self, content: bytes, name: str) -> str:
        """Store a file, under a name or "" for none; answers its mxc:// address."""
        path = "/_matrix/media/v3/upload" + (f"?{urlencode({'filename': name})}" if name else "")
        await self._gate()
        with self._telling("upload"):
            answer = await self._http.request("POST", path, content, "application/octet-stream", self.token)
            return str(read_json(answer, "upload")["content_uri"])

    @asynccontextmanager
    async def download(self, address: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces of a file. It always comes from its beginning: media know no ranges."""
        path = f"/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"
        await self._gate()
        with self._telling("download"):
            async with self._http.stream(path, self.token) as (status, pieces):
                if status >= 500:
                    raise ExchangeFailed(f"download: {status}")
                if status >= 400:
                    raise Refused(status, "", f"download of {address}")
                yield pieces

    async def _json(self, what: str, method: str, path: str, body: object = None) -> dict[str, Any]:
        content = b"" if body is None else msgspec.json.encode(body)
        await self._gate()
        with self._telling(what):
            answer = await self._http.request(method, f"{_V3}{path}", content, "application/json", self.token)
            return read_json(answer, f"{method} {path.partition('?')[0]}")

    def _telling(self, what: str) -> _Telling:
        return _Telling(what, self._told)


@dataclass(frozen=True)
class _Telling:
    what: str
    told: Told

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ExchangeFailed):
            self.told(self.what, str(error))
        elif not isinstance(error, asyncio.CancelledError):
            # A refusal is an answer too, and so are wrong bytes: the link and the server work.
            self.told(self.what, "")
