"""Syncthing's REST API, as far as it is used."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec

from syncproof_synckit import vector_clock
from syncproof_synckit.vector_clock import Clock

#: How long one question for events waits, and any other one, at most: while files come, nothing is scanned. Seconds.
_EVENTS_S, _ANSWER_S = 30, 15.0
_AGAIN_S = 0.02
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell of each request
_EVENTS = "LocalIndexUpdated,RemoteIndexUpdated,DeviceConnected,DeviceDisconnected"


class RestError(Exception):
    """Syncthing has not answered, or not as it should; the message says to what."""


class Event(msgspec.Struct, frozen=True):
    """Something that has happened. id: the number of it among those that were asked for."""

    id: int
    type: str
    data: dict[str, Any]


class Indexed(msgspec.Struct, frozen=True):
    """What a device has of one path. made_by: the short device ID of whoever made that version.

    settled: no other device that it has heard of has a newer one. also_at: other devices that have the same.
    """

    version: Clock
    deleted: bool
    made_by: str
    settled: bool
    also_at: frozenset[str]

    def has(self, version: Mapping[str, int]) -> bool:
        """Whether it is this version, or builds on it."""
        return vector_clock.dominates(self.version, version)


class Rest:
    """See https://docs.syncthing.net/dev/rest.html."""

    def __init__(self, port: int, api_key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/rest",
            headers={"X-API-Key": api_key},
            trust_env=False,
        )

    async def close(self) -> None:
        """Give its connections back."""
        await self._http.aclose()

    async def own_id(self) -> str:
        """The device ID of this one. Raises RestError while it does not answer yet."""
        return str((await self._ask("GET", "/system/status"))["myID"])

    async def put_device(self, wanted: Mapping[str, object]) -> None:
        """Know another device, or know it otherwise than before."""
        await self._ask("PUT", f"/config/devices/{wanted['deviceID']}", wanted)

    async def put_folder(self, wanted: Mapping[str, object]) -> None:
        """Share a folder."""
        await self._ask("PUT", f"/config/folders/{wanted['id']}", wanted)

    async def pause(self, paused: bool, device_id: str = "") -> None:
        """Have no connection to a device, by default to any; or have it again."""
        only: dict[str, Any] = {"device": device_id} if device_id else {}
        await self._ask("POST", "/system/pause" if paused else "/system/resume", **only)

    async def connected(self) -> set[str]:
        """The devices to which there is a connection."""
        found = (await self._ask("GET", "/system/connections"))["connections"]
        return {each for each, state in found.items() if state["connected"]}

    async def scan(self, folder: str, paths: Sequence[str]) -> None:
        """Look at these paths, and tell others what has changed there."""
        await self._ask("POST", "/db/scan", folder=folder, sub=list(paths))

    async def needed(self, folder: str) -> int:
        """How many files others have newer; 0 for a folder that is not shared yet."""
        found = await self._ask("GET", "/db/status", folder=folder)
        return int(found["needTotalItems"]) if found else 0

    async def file(self, folder: str, path: str) -> Indexed | None:
        """What is known of a path; None for nothing. A file that was deleted before it came is deleted here, too."""
        found = await self._ask("GET", "/db/file", folder=folder, file=path)
        if found is None:
            return None
        local, everywhere = found["local"], found["global"]
        if not local.get("version") and everywhere.get("deleted"):
            local = everywhere
        if not local.get("version"):
            return None
        return Indexed(
            _clock(local["version"]),
            bool(local["deleted"]),
            str(local["modifiedBy"]),
            _clock(everywhere["version"]) == _clock(local["version"]),
            frozenset(str(each["id"]) for each in found["availability"] or ()),
        )

    async def events(self, after: int) -> list[Event]:
        """What has happened behind that one, as soon as there is something."""
        wait = {"since": after, "events": _EVENTS, "timeout": _EVENTS_S}
        return msgspec.convert(await self._ask("GET", "/events", limit_s=2 * _EVENTS_S, **wait), list[Event])

    async def _ask(
        self, method: str, path: str, body: object = None, limit_s: float = _ANSWER_S, **query: Any
    ) -> Any:
        """The answer; None for 404. Raises RestError.

        Syncthing closes its port for a moment when its configuration changes: what is asked then, which can be asked
        twice without harm, is asked again.
        """
        end = time.monotonic() + limit_s
        while True:
            try:
                reply = await self._http.request(method, path, params=query, json=body, timeout=limit_s)
                break
            except httpx.HTTPError as wrong:
                if isinstance(wrong, httpx.TimeoutException) or time.monotonic() > end:
                    raise RestError(f"{method} {path}: {str(wrong) or type(wrong).__name__}") from None
            await asyncio.sleep(_AGAIN_S)
        if reply.status_code == 404:
            return None
        if reply.is_error:
            raise RestError(f"{method} {path}: {reply.status_code} {reply.text.strip()[:200]}")
        return reply.json() if reply.content.strip()[:1] in (b"{", b"[", b"n") else None


def _clock(counters: Sequence[str] | None) -> Clock:
    """A version vector as the REST API writes it: `ABCDEFG:17`."""
    pairs = (each.split(":") for each in counters or ())
    return {device: int(count) for device, count in pairs}
