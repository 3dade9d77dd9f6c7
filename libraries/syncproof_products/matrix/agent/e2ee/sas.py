"""One verification of a device by short authentication string, `m.sas.v1`: what is said when, and what it proves.

asking                              asked
request              ->
                     <-  ready
start                ->
                     <-  accept (commitment to its key)
key                  ->
                     <-  key (checked against the commitment)
both show seven emoji; each person says whether they are the same
mac                  ->  <-  mac (the device keys, authenticated)
done                 ->  <-  done
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import vodozemac

from syncproof_products.matrix.agent.e2ee.signing import canonical
from syncproof_synckit.emoji import EMOJI

State = Literal["waiting", "compare", "confirmed", "verified", "cancelled"]
Content = dict[str, Any]

PREFIX = "m.key.verification."
METHOD = "m.sas.v1"
_AGREEMENT, _HASH, _MAC = "curve25519-hkdf-sha256", "sha256", "hkdf-hmac-sha256.v2"
#: What a message may follow, by who gets it; `cancel` and `done` may always come.
_ASKING, _ASKED = {"ready": "request", "accept": "start", "key": "accept"}, {"start": "ready", "key": "start"}


@dataclass(frozen=True)
class Party:
    """One side: a user's device, by its signing key."""

    user: str
    device: str
    ed25519: str


class Sas:
    """One side of one verification. `send` holds what is to be said next, in order: kind and content.

    peer: whose devices are asked; which of them it is, is known when it is `ready`. devices: its devices' signing keys.
    """

    def __init__(self, number: str, own: Party, peer: str, devices: Mapping[str, str], *, asks: bool) -> None:
        self.number, self.own, self.peer, self._devices = number, own, peer, dict(devices)
        self.asks = asks
        self.peer_device = ""
        self.state: State = "waiting"
        self.reason = ""
        self.emoji: tuple[str, ...] = ()
        self.send: list[tuple[str, Content]] = []
        self._sas = vodozemac.Sas()
        self._public = self._sas.public_key.to_base64()
        self._agreed: vodozemac.EstablishedSas | None = None
        self._start: Content = {}
        self._commitment = ""
        self._last = ""
        self._peer_proved = False

    # -- what the edge and the person say

    def request(self, timestamp_ms: int) -> None:
        """Ask all devices of the peer."""
        self._last = "request"
        self._say("request", from_device=self.own.device, methods=[METHOD], timestamp=timestamp_ms)

    def accept(self, request: Mapping[str, Any]) -> None:
        """Be ready, if it can be done as the other one asks."""
        self.peer_device = str(request.get("from_device", ""))
        if METHOD not in request.get("methods", ()):
            self.cancel("m.unknown_method", "nothing that both can do")
        elif self.peer_device not in self._devices:
            self.cancel("m.key_mismatch", "nobody knows the asking device")
        else:
            self._last = "ready"
            self._say("ready", from_device=self.own.device, methods=[METHOD])

    def confirm(self) -> bool:
        """The person says that both show the same. Whether there was anything to compare."""
        if self.state != "compare" or self._agreed is None:
            return False
        name = f"ed25519:{self.own.device}"
        keys = self._agreed.calculate_mac(name, self._info(self.own, self._other, "KEY_IDS"))
        proof = self._agreed.calculate_mac(self.own.ed25519, self._info(self.own, self._other, name))
        self._say("mac", keys=keys, mac={name: proof})
        self.state = "confirmed"
        self._finish()
        return True

    def cancel(self, code: str, reason: str) -> None:
        """Give up, and say so."""
        if self.state not in ("verified", "cancelled"):
            self._say("cancel", code=code, reason=reason)
            self.state, self.reason = "cancelled", reason

    # -- what the other side says

    def received(self, kind: str, content: Mapping[str, Any]) -> None:
        """A message of the peer, `kind` without its prefix. What comes twice, or out of turn, ends it."""
        if self.state in ("verified", "cancelled") or kind in ("done", "request"):
            return
        if kind == "ready" and self.peer_device and content.get("from_device") != self.peer_device:
            return  # another device of the peer, and too late
        turn = (_ASKING if self.asks else _ASKED).get(kind)
        if kind == "cancel":
            said = str(content.get("reason", ""))[:200]
            self.state, self.reason = "cancelled", f"{self.peer}: {said}"
        elif kind == "mac" and self.state in ("compare", "confirmed") and not self._peer_proved:
            self._check_macs(content)
        elif turn is None or turn != self._last:
            self.cancel("m.unexpected_message", f"unexpected message {kind[:40]!r}")
        else:
            self._last = kind
            {"ready": self._ready, "start": self._started, "accept": self._accepted, "key": self._agree}[
                kind
            ](content)

    def _ready(self, content: Mapping[str, Any]) -> None:
        self.peer_device = str(content.get("from_device", ""))
        if METHOD not in content.get("methods", ()) or self.peer_device not in self._devices:
            self.cancel("m.unknown_method", "nothing that both can do, or nobody knows the other device")
            return
        self._last = "start"
        self._start = self._say(
            "start",
            from_device=self.own.device,
            method=METHOD,
            key_agreement_protocols=[_AGREEMENT],
            hashes=[_HASH],
            message_authentication_codes=[_MAC],
            short_authentication_string=["decimal", "emoji"],
        )

    def _started(self, content: Mapping[str, Any]) -> None:
        offered = (
            content.get("method") == METHOD
            and _AGREEMENT in content.get("key_agreement_protocols", ())
            and _HASH in content.get("hashes", ())
            and _MAC in content.get("message_authentication_codes", ())
            and "emoji" in content.get("short_authentication_string", ())
            and content.get("from_device") == self.peer_device
        )
        if not offered:
            self.cancel("m.unknown_method", "nothing that both can do")
            return
        self._start = dict(content)
        self._say(
            "accept",
            method=METHOD,
            key_agreement_protocol=_AGREEMENT,
            hash=_HASH,
            message_authentication_code=_MAC,
            short_authentication_string=["emoji"],
            commitment=self._committed(self._public),
        )

    def _accepted(self, content: Mapping[str, Any]) -> None:
        chosen = ("key_agreement_protocol", "hash", "message_authentication_code")
        shows = content.get("short_authentication_string", ())
        if tuple(content.get(name) for name in chosen) != (_AGREEMENT, _HASH, _MAC) or "emoji" not in shows:
            self.cancel("m.unknown_method", "it chose what was not offered")
            return
        self._commitment = str(content.get("commitment", ""))
        self._say("key", key=self._public)

    def _agree(self, content: Mapping[str, Any]) -> None:
        key = str(content.get("key", ""))
        if self.asks and not hmac.compare_digest(self._committed(key), self._commitment):
            self.cancel("m.mismatched_commitment", "the key is not the one that was committed to")
            return
        try:
            self._agreed = self._sas.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(key))
        except ValueError:
            self.cancel("m.invalid_message", "the key is none")
            return
        if not self.asks:
            self._say("key", key=self._public)
        self.emoji = tuple(EMOJI[k] for k in self._agreed.bytes(self._sas_info(key)).emoji_indices)
        self.state = "compare"

    def _check_macs(self, content: Mapping[str, Any]) -> None:
        """The peer authenticates its keys with what both have agreed on: they must be those that are known here."""
        assert self._agreed is not None
        macs = content.get("mac")
        named = f"ed25519:{self.peer_device}"
        if not isinstance(macs, dict) or named not in macs:
            self.cancel("m.key_mismatch", "the device's key is not authenticated")
            return
        try:
            names = ",".join(sorted(macs))
            self._agreed.verify_mac(
                names, self._info(self._other, self.own, "KEY_IDS"), str(content.get("keys", ""))
            )
            self._agreed.verify_mac(
                self._other.ed25519, self._info(self._other, self.own, named), str(macs[named])
            )
        except ValueError:
            self.cancel("m.key_mismatch", "the device's key is not authenticated")
            return
        self._peer_proved = True
        self._finish()

    def _finish(self) -> None:
        if self.state == "confirmed" and self._peer_proved:
            self.state = "verified"
            self._say("done")

    @property
    def others(self) -> list[str]:
        """Devices of the peer that were asked, and that it is not."""
        return [device for device in self._devices if device != self.peer_device]

    @property
    def _other(self) -> Party:
        return Party(self.peer, self.peer_device, self._devices[self.peer_device])

    def _sas_info(self, key: str) -> str:
        own, other = (self.own, self._public), (self._other, key)
        sides: Sequence[tuple[Party, str]] = (own, other) if self.asks else (other, own)
        parts = [f"{party.user}|{party.device}|{public}" for party, public in sides]
        return "|".join(["MATRIX_KEY_VERIFICATION_SAS", *parts, self.number])

    def _info(self, sender: Party, receiver: Party, what: str) -> str:
        parties = f"{sender.user}{sender.device}{receiver.user}{receiver.device}"
        return f"MATRIX_KEY_VERIFICATION_MAC{parties}{self.number}{what}"

    def _committed(self, key: str) -> str:
        digest = hashlib.sha256((key + canonical(self._start)).encode()).digest()
        return base64.b64encode(digest).decode().rstrip("=")

    def _say(self, kind: str, **fields: Any) -> Content:
        content = {**fields, "transaction_id": self.number}
        self.send.append((kind, content))
        return content
