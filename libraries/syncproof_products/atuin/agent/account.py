"""A group is an account of Atuin: its name, its password and its key, which all members have of each other."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

import msgspec


def username(group: str) -> str:
    """What the server calls a group; two groups never share one."""
    return f"g{hashlib.sha256(group.encode()).hexdigest()[:30]}"


@dataclass(frozen=True)
class Account:
    """Of one group. key: as Atuin writes a key, 32 bytes as a list in MessagePack and base64."""

    username: str
    password: str
    key: str

    @property
    def email(self) -> str:
        """One that no other account has; nobody writes there."""
        return f"{self.username}@groups.invalid"

    def __repr__(self) -> str:
        return f"Account({self.username!r})"


def account(secret: str, group: str) -> Account:
    """The account of a group, from what its members share."""

    def drawn(what: str) -> bytes:
        return hmac.digest(secret.encode(), f"{what} of {group}".encode(), "sha256")

    key = base64.b64encode(msgspec.msgpack.encode([*drawn("key")])).decode()
    return Account(username(group), drawn("password").hex(), key)
