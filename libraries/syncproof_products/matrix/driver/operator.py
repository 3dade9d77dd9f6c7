"""A homeserver as its operator uses it: accounts by shared secret, the history of a room, files to probe with."""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec

from syncproof.kernel.server import LogLine, ServerGone
from syncproof_agentkit.requests import op_id_inside
from syncproof_products.matrix.agent.content import ENTRY, MESSAGE
from syncproof_products.matrix.agent.receiving import ENCRYPTED

#: Answered to an administrator, and to nobody else.
_VERSION = "/_synapse/admin/v1/server_version"
_PAGE = 100
#: How long a homeserver that limits how often it is asked is waited for, in one request.
_PATIENCE_S = 30.0
#: Pages at the end of a room that the next look reads again: of events that were sent side by side, one can get its
#: place in the room after, and before, another that was read already.
_READ_AGAIN = 2


class Operator:
    """The operator's side of a homeserver at `url`; `secret` is its registration secret.

    The account that it uses is an administrator's, fresh for every operator, and a member of no room. lifts_limits: let
    the accounts that it makes ask as often as they like, where the homeserver limits others.
    """

    def __init__(self, url: str, secret: str, *, lifts_limits: bool = False) -> None:
        self._secret, self._lifts_limits = secret, lifts_limits
        # Nothing here speaks TLS unless the URL says so; one client for all.
        self._client = httpx.Client(timeout=60, trust_env=False, base_url=url)
        self._passwords: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._rooms: dict[str, str] = {}
        self._lines: dict[str, dict[str, LogLine]] = {}
        #: Tokens of the last pages of a room: the next look begins there. ("" is the room's beginning.)
        self._last_pages: dict[str, list[str]] = {}
        self._reads_any_room: bool | None = None
        self._probes: dict[int, str] = {}
        self.token = ""
        answer = self._register(f"operator-{secrets.token_hex(6)}", admin=True)
        self.token = str(answer["access_token"])
        self.server_name = str(answer["user_id"]).partition(":")[2]

    def move(self, url: str) -> None:
        """It is somewhere else now."""
        self._client.base_url = httpx.URL(url)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def password(self, user: str) -> str:
        """The password of an account, `@alice:example.org`, that is made when it is first asked for."""
        if user not in self._passwords:
            self._passwords[user] = secrets.token_hex(12)
            self._register(user[1:].partition(":")[0], password=self._passwords[user])
            if self._lifts_limits:  # only a Synapse whose administration can be reached knows this
                path = f"/_synapse/admin/v1/users/{quote(user)}/override_ratelimit"
                self._request("POST", path, b'{"messages_per_second": 0, "burst_count": 0}')
        return self._passwords[user]

    def log(self, group: str) -> list[LogLine]:
        """The operations in a group's room, in the homeserver's order; what an earlier look saw keeps its place."""
        room = self._room(group)
        lines = self._lines.setdefault(group, {})
        pages: list[str] = []
        start = self._last_pages.get(group, [""])[0]
        while room:
            page = self._page(room, start)
            for event in page["chunk"]:
                self._take(lines, event)
            if page["chunk"]:
                pages.append(start)
            if not page["chunk"] or "end" not in page:
                break
            start = page["end"]
        if pages:
            self._last_pages[group] = pages[-_READ_AGAIN:]
        return list(lines.values())

    def events(self, group: str) -> Iterator[dict[str, Any]]:
        """Every event of a group's room as the homeserver has it, the oldest first."""
        room, start = self._room(group), ""
        while room:
            page = self._page(room, start)
            yield from page["chunk"]
            if not page["chunk"] or "end" not in page:
                break
            start = page["end"]

    def probe_path(self, reply_bytes: int) -> str:
        """Where a file of exactly so many bytes can be fetched."""
        if reply_bytes not in self._probes:
            content = random.Random(reply_bytes).randbytes(reply_bytes)
            stored = self._json("POST", "/_matrix/media/v3/upload?filename=probe", content)
            self._probes[reply_bytes] = str(stored["content_uri"]).removeprefix("mxc://")
        return f"/_matrix/client/v1/media/download/{self._probes[reply_bytes]}"

    def probe_request(self, reply_bytes: int, host: str) -> bytes:
        """A harmless HTTP request whose reply has a body of `reply_bytes` (0: the smallest reply there is)."""
        path, token = "/health", ""  # any answer will do, and one with a length
        if reply_bytes:
            path, token = self.probe_path(reply_bytes), f"Authorization: Bearer {self.token}\r\n"
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{token}\r\n".encode()

    def server_version(self) -> str:
        """Of the homeserver; "" where it does not tell its operator."""
        answer = self._request("GET", _VERSION, None)
        return str(msgspec.json.decode(answer.content)["server_version"]) if answer.status_code == 200 else ""

    def background_updates_done(self) -> bool:
        """Whether Synapse has brought its database up to date."""
        status = self._json("GET", "/_synapse/admin/v1/background_updates/status")
        return not status["current_updates"]

    def _page(self, room: str, start: str) -> dict[str, Any]:
        """A page of a room's history: as its administrator, or as one of its members where that cannot be asked."""
        query = urlencode({"dir": "f", "limit": str(_PAGE)} | ({"from": start} if start else {}))
        if self._reads_any_room is None:
            self._reads_any_room = self._request("GET", _VERSION, None).status_code == 200
        if self._reads_any_room:
            return self._json("GET", f"/_synapse/admin/v1/rooms/{quote(room)}/messages?{query}")
        member = f"/_matrix/client/v3/rooms/{quote(room)}/messages?{query}"
        for user in reversed(self._passwords):
            answer = self._request("GET", member, None, self._member_token(user))
            if answer.status_code == 200:
                found: dict[str, Any] = msgspec.json.decode(answer.content)
                return found
        raise ServerGone(f"Nobody whom the harness knows can read the room {room}.")

    def _member_token(self, user: str) -> str:
        if user not in self._tokens:
            who = {"type": "m.id.user", "user": user}
            body = {"type": "m.login.password", "identifier": who, "password": self._passwords[user]}
            found = self._json("POST", "/_matrix/client/v3/login", msgspec.json.encode(body))
            self._tokens[user] = str(found["access_token"])
        return self._tokens[user]

    def _take(self, lines: dict[str, LogLine], event: dict[str, Any]) -> None:
        content = event.get("content", {})
        if event["event_id"] in lines:
            return
        if event.get("type") == ENCRYPTED:
            event_id = str(event["event_id"])
            lines[event_id] = LogLine("", event_id, len(lines) + 1, str(event["sender"]), "", sealed=True)
            return
        if event.get("type") not in (MESSAGE, ENTRY):
            return
        body = str(content.get("body", ""))
        digest = hashlib.sha256(body.encode()).hexdigest()
        event_id = str(event["event_id"])
        lines[event_id] = LogLine(op_id_inside(body), event_id, len(lines) + 1, str(event["sender"]), digest)

    def _room(self, group: str) -> str:
        if group not in self._rooms:
            alias = quote(f"#{group}:{self.server_name}", safe="")
            answer = self._request("GET", f"/_matrix/client/v3/directory/room/{alias}", None)
            if answer.status_code == 404:
                return ""
            self._rooms[group] = str(_read(answer, "GET", "/directory/room")["room_id"])
        return self._rooms[group]

    def _register(self, name: str, password: str = "", *, admin: bool = False) -> dict[str, Any]:
        path = "/_synapse/admin/v1/register"
        nonce = self._nonce(path)
        password = password or secrets.token_hex(12)
        parts = [nonce, name, password, "admin" if admin else "notadmin"]
        mac = hmac.new(self._secret.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        return self._json("POST", path, msgspec.json.encode(body))

    def _nonce(self, path: str) -> str:
        """The first thing that is asked of a homeserver, which may turn out to be something else."""
        answer = self._request("GET", path, None)
        try:
            return str(msgspec.json.decode(answer.content)["nonce"])
        except (msgspec.DecodeError, KeyError, TypeError):
            raise ServerGone(
                f"The server at {self._client.base_url} answered GET {path} with {answer.status_code}: this is no "
                "Synapse with registration by a shared secret, or its administration cannot be reached. It said: "
                f"{_line(answer.text)}"
            ) from None

    def _json(self, method: str, path: str, content: bytes | None = None) -> dict[str, Any]:
        return _read(self._request(method, path, content), method, path)

    def _request(self, method: str, path: str, content: bytes | None, token: str = "") -> httpx.Response:
        """An answer, whatever it is; a homeserver that asks to be left alone for a while is."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            answer = self._once(method, path, content, token)
            if answer.status_code != 429:
                return answer
            wait_s = _wait_s(answer)
            if time.monotonic() + wait_s > until:
                raise ServerGone(
                    f"The homeserver at {self._client.base_url} limits how often it is asked: {_told(method, path)} "
                    f"was answered with 429 and {wait_s:g} s to wait. Raise its limits (rc_login, rc_message and other "
                    "rc_* in homeserver.yaml)."
                )
            time.sleep(wait_s)

    def _once(self, method: str, path: str, content: bytes | None, token: str) -> httpx.Response:
        token = token or self.token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return self._client.request(method, path, headers=headers, content=content)
        except httpx.TransportError as wrong:
            raise ServerGone(
                f"The homeserver at {self._client.base_url} did not answer {_told(method, path)}: {wrong}"
            ) from None


def _told(method: str, path: str) -> str:
    return f"{method} {path.partition('?')[0]}"


def _wait_s(limited: httpx.Response) -> float:
    """How long a 429 asks to wait."""
    try:
        return max(0.1, float(msgspec.json.decode(limited.content)["retry_after_ms"]) / 1000)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return 1.0


def _read(answer: httpx.Response, method: str, path: str) -> dict[str, Any]:
    """The object in an answer. Raises ServerGone for a no, and for what is no object."""
    said = f"The homeserver answered {_told(method, path)} with {answer.status_code}"
    if answer.status_code >= 400:
        raise ServerGone(f"{said}: {_line(answer.text, 200)}")
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        raise ServerGone(f"{said} and something that is no JSON: {_line(answer.text, 200)}") from None


def _line(text: str, most: int = 80) -> str:
    """The beginning of an answer in one line: it may be a page for browsers."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most]}..."
