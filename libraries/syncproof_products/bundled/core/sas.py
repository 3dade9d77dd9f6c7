"""Two devices verify each other by a short authentication string, as Matrix's `m.sas.v1` does.

The one that is asked commits to its key before it sees the other's, so that whoever sits between them cannot
try keys until the strings agree. Both derive the string from the secret that they share; two people compare it;
only then each sends its identity key, authenticated with that secret. One `Sas` is one side of one verification.

    asking                         asked
    start            ->
                     <-  accept (commitment to its key)
    key              ->
                     <-  key (checked against the commitment)
    both show the string; each person says whether it is the same
    mac              ->  <-  mac (identity key, authenticated)
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from syncproof_synckit.emoji import EMOJI

State = Literal["waiting", "compare", "confirmed", "verified", "cancelled"]
Message = dict[str, str]

_SHOWN = 7
_BITS = 6
_SAS_BYTES = 6
_MAC_BYTES = 32


@dataclass(frozen=True, slots=True)
class Primitives:
    """What the edge provides: the core knows no cryptography and no randomness.

    private: a new secret key. public: of a secret key. shared: the secret of a secret key and another's public
    one (raises ValueError for a key that is none). derive: from a secret, for a purpose, so many bytes. mac, digest:
    of bytes. identity: the public key of this device, the same for all its life.
    """

    private: Callable[[], bytes]
    public: Callable[[bytes], bytes]
    shared: Callable[[bytes, bytes], bytes]
    derive: Callable[[bytes, str, int], bytes]
    mac: Callable[[bytes, bytes], bytes]
    digest: Callable[[bytes], bytes]
    identity: Callable[[], bytes]


class Sas:
    """One side. `send` holds what is to be sent to the peer next, in order; whoever sends it takes it out."""

    def __init__(self, own: str, peer: str, number: str, primitives: Primitives, *, asks: bool) -> None:
        self.own, self.peer, self.number = own, peer, number
        self._primitives = primitives
        self._asks = asks
        self._private = primitives.private()
        self._public = primitives.public(self._private)
        self._commitment = ""
        self._start = ""
        self._secret = b""
        self._peer_identity = ""
        self.state: State = "waiting"
        self.reason = ""
        self.emoji: tuple[str, ...] = ()
        #: The peer's identity key (hex), once it is verified.
        self.verified_key = ""
        self.send: list[Message] = []
        if asks:
            self._start = _canonical({"type": "start", "id": number, "from": own})
            self._say("start")

    def received(self, message: Mapping[str, str]) -> None:
        """A message of the peer about this verification."""
        kind = message.get("type", "")
        if self.state in ("verified", "cancelled"):
            return
        if kind == "cancel":
            self._end(f"{self.peer}: {message.get('reason', '')[:200]}")
        elif kind == "start" and not self._asks and not self._start:
            self._start = _canonical({"type": "start", "id": self.number, "from": self.peer})
            self._say("accept", commitment=self._committed(self._public))
        elif kind == "accept" and self._asks and not self._commitment:
            self._commitment = message.get("commitment", "")
            self._say("key", key=self._public.hex())
        elif kind == "key" and not self._secret and (self._commitment or (self._start and not self._asks)):
            self._agree(message.get("key", ""))
        elif kind == "mac" and self.state in ("compare", "confirmed") and not self._peer_identity:
            self._authenticate(message)
        else:
            self.cancel(f"unexpected message {kind[:40]!r}")

    def confirm(self) -> bool:
        """The person says that both show the same. Whether there was anything to compare."""
        if self.state != "compare":
            return False
        key = self._primitives.identity().hex()
        self._say("mac", key=key, mac=self._mac(self.own, self.peer, key))
        self.state = "confirmed"
        self._finish()
        return True

    def cancel(self, reason: str) -> None:
        """Give up, and say so."""
        if self.state not in ("verified", "cancelled"):
            self._say("cancel", reason=reason)
            self._end(reason)

    def _agree(self, key: str) -> None:
        try:
            peers = bytes.fromhex(key)
            if self._asks and not hmac.compare_digest(self._committed(peers), self._commitment):
                self.cancel("the key is not the one that was committed to")
                return
            self._secret = self._primitives.shared(self._private, peers)
        except ValueError:
            self.cancel("the key is none")
            return
        if not self._asks:
            self._say("key", key=self._public.hex())
        first, second = (self._public, peers) if self._asks else (peers, self._public)
        asking, asked = (self.own, self.peer) if self._asks else (self.peer, self.own)
        purpose = f"SAS|{asking}|{first.hex()}|{asked}|{second.hex()}|{self.number}"
        self.emoji = emoji_of(self._primitives.derive(self._secret, purpose, _SAS_BYTES))
        self.state = "compare"

    def _authenticate(self, message: Mapping[str, str]) -> None:
        key = message.get("key", "")
        if not key or not hmac.compare_digest(message.get("mac", ""), self._mac(self.peer, self.own, key)):
            self.cancel("the identity key is not authenticated")
            return
        self._peer_identity = key
        self._finish()

    def _finish(self) -> None:
        if self.state == "confirmed" and self._peer_identity:
            self.state = "verified"
            self.verified_key = self._peer_identity

    def _committed(self, key: bytes) -> str:
        return self._primitives.digest(key + self._start.encode()).hex()

    def _mac(self, sender: str, receiver: str, key: str) -> str:
        secret = self._primitives.derive(self._secret, f"MAC|{sender}|{receiver}|{self.number}", _MAC_BYTES)
        return self._primitives.mac(secret, key.encode()).hex()

    def _end(self, reason: str) -> None:
        self.state = "cancelled"
        self.reason = reason

    def _say(self, kind: str, **fields: str) -> None:
        self.send.append({"type": kind, "id": self.number, **fields})


def emoji_of(data: bytes) -> tuple[str, ...]:
    """Seven of sixty-four, from the first 42 bits."""
    bits = int.from_bytes(data[:_SAS_BYTES], "big")
    width = _SAS_BYTES * 8
    return tuple(EMOJI[bits >> (width - _BITS * (k + 1)) & 63] for k in range(_SHOWN))


def _canonical(message: Message) -> str:
    return json.dumps(message, sort_keys=True, separators=(",", ":"))
