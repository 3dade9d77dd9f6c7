"""How far the server has each device's records: a small question, asked often, where a sync is a whole process."""

from __future__ import annotations

from typing import TypeVar

import httpx
import msgspec

from syncproof_products.atuin.agent.account import Account
from syncproof_products.atuin.agent.store import Store

#: Of each device, and of each kind of records: the place of the last one.
Index = dict[str, dict[str, int]]

T = TypeVar("T")

_REFUSED = (401, 403)


class NoIndex(Exception):
    """The server has not answered; the message says why."""


class _Session(msgspec.Struct, frozen=True):
    session: str


class _Answer(msgspec.Struct, frozen=True):
    hosts: Index


class Indexes:
    """Asks for one account. Its session with the server is kept: to open one costs the server a password hash."""

    def __init__(self, http: httpx.AsyncClient, account: Account, store: Store) -> None:
        self._http, self._account, self._store = http, account, store
        self._kept = f"session {account.username}"

    async def ask(self) -> Index:
        """How far the server has them now. Raises NoIndex."""
        token = self._store.get(self._kept)
        if not token:
            told = {"username": self._account.username, "password": self._account.password}
            token = (await self._read(_Session, "POST", "/login", json=told)).session
            self._store.put(self._kept, token)
        headers = {"Authorization": f"Token {token}"}
        return (await self._read(_Answer, "GET", "/api/v0/record", headers=headers)).hosts

    async def _read(
        self,
        kind: type[T],
        method: str,
        path: str,
        *,
        json: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        try:
            reply = await self._http.request(method, path, json=json, headers=headers)
        except httpx.TransportError as wrong:
            raise NoIndex(f"{method} {path}: {type(wrong).__name__} {wrong}".strip()) from None
        if reply.status_code in _REFUSED:
            self._store.put(self._kept, "")
        try:
            if reply.is_success:
                return msgspec.json.decode(reply.content, type=kind)
        except msgspec.DecodeError as wrong:
            raise NoIndex(f"{method} {path} was answered with {reply.content[:80]!r}: {wrong}") from None
        raise NoIndex(f"{method} {path} was answered with {reply.status_code}: {reply.text[:80]}")
