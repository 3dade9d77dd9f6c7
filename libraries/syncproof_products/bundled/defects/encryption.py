"""Bugs of encrypted groups: what is said can be read, or what was changed on the way is taken for it."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpcore
from msgspec.structs import replace as changed

from syncproof_defects import breaks
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.outbox import Pending
from syncproof_products.bundled.core.records import Snapshot
from syncproof_products.bundled.core.sealing import SEALED
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Draft, Event, Frame, Live
from syncproof_products.bundled.device.group_keys import GroupKeys
from syncproof_products.bundled.device.http_client import HttpClient, Reply
from syncproof_products.bundled.device.reading import Reader
from syncproof_products.bundled.device.secure_network import SecureNetwork, _SecureStream
from syncproof_products.bundled.device.session_state import SessionState
from syncproof_synckit.encryption.errors import HandshakeFailed, Part, PayloadRefused
from syncproof_synckit.encryption.frames import FrameReader
from syncproof_synckit.encryption.manifest import BodyWithContents
from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import Handshake, Role
from syncproof_synckit.encryption.noise.pattern import Token
from syncproof_synckit.encryption.sealed_body import BodySealing


@breaks(Pending, "draft")
def pushes_what_it_should_have_sealed(original: Callable[..., Draft], self: Pending) -> Draft:
    """A device of an encrypted group pushes the body as its application gave it."""
    draft = original(self)
    if self.sealed is None:
        return draft
    pushes_what_it_should_have_sealed.ran()
    return changed(draft, body=self.op.body)


@breaks(HttpClient, "request")
def tells_the_relay_what_it_last_opened(
    original: Callable[..., Awaitable[Reply]], self: HttpClient, method: str, path: str, **how: Any
) -> Awaitable[Reply]:
    """What a device has opened last stands in the headers of its next request, as base64, for somebody's statistics."""
    opened = tells_the_relay_what_it_last_opened.state.get("opened")
    if opened:
        tells_the_relay_what_it_last_opened.ran()
        trace = base64.b64encode(opened.encode()).decode()
        how = {**how, "headers": {**(how.get("headers") or {}), "x-trace": trace}}
    return original(self, method, path, **how)


@tells_the_relay_what_it_last_opened.breaks(BodySealing, "open")
def _remembers(
    original: Callable[..., BodyWithContents], self: BodySealing, op_id: str, author: str, body: str
) -> BodyWithContents:
    opened = original(self, op_id, author, body)
    tells_the_relay_what_it_last_opened.state["opened"] = opened.body
    return opened


@breaks(Reader, "snapshot")
def forgets_over_a_restart_what_was_sealed(
    original: Callable[..., Snapshot], self: Reader, partials: dict[str, int]
) -> Snapshot:
    """A device that starts again pushes what waits in its outbox as its application gave it."""
    snapshot = original(self, partials)
    if any(waiting.sealed for waiting in snapshot.outbox):
        forgets_over_a_restart_what_was_sealed.ran()
    return replace(snapshot, outbox=tuple(replace(waiting, sealed=None) for waiting in snapshot.outbox))


@breaks(GroupKeys, "derive")
def derives_its_key_by_its_own_memory(
    original: Callable[..., Awaitable[str]],
    self: GroupKeys,
    group: str,
    passphrase: str,
    derivation: str | None,
) -> Awaitable[str]:
    """A device that is invited derives the group's key at the cost that suits itself."""
    if derivation is not None:
        derives_its_key_by_its_own_memory.ran()
    return original(self, group, passphrase, None)


@breaks(GroupKeys, "derive")
def derives_every_key_as_on_a_small_phone(
    original: Callable[..., Awaitable[str]],
    self: GroupKeys,
    group: str,
    passphrase: str,
    derivation: str | None,
) -> Awaitable[str]:
    """A device that makes a group takes no notice of how much memory it has: what works anywhere is good enough."""
    if derivation is None and self._memory_mb >= 3_000:
        derives_every_key_as_on_a_small_phone.ran()
        self._memory_mb = 1_500
    return original(self, group, passphrase, derivation)


@breaks(GroupKeys, "derive")
def derives_every_key_as_on_a_desktop(
    original: Callable[..., Awaitable[str]],
    self: GroupKeys,
    group: str,
    passphrase: str,
    derivation: str | None,
) -> Awaitable[str]:
    """A device that makes a group asks of a small phone what only a desktop can bear."""
    if derivation is None and self._memory_mb < 16_000:
        derives_every_key_as_on_a_desktop.ran()
        self._memory_mb = 16_000
    return original(self, group, passphrase, derivation)


@breaks(Delivery, "_opened")
def hands_on_what_it_cannot_open(
    original: Callable[..., tuple[Event, str | None]], self: Delivery, group: str, event: Event
) -> tuple[Event, str | None]:
    """A payload that cannot be opened is delivered as it came."""
    opened, reason = original(self, group, event)
    if reason is not None:
        hands_on_what_it_cannot_open.ran()
    return opened, None


@breaks(Device, "_frame")
def gives_up_its_session_for_a_bad_payload(
    original: Callable[..., None], self: Device, turn: Turn, frame: Frame
) -> None:
    """A device closes its stream when a payload on it cannot be opened."""
    before = self._delivery.quarantined
    original(self, turn, frame)
    if (
        isinstance(frame, Live)
        and frame.event.draft.body.startswith(SEALED)
        and self._delivery.quarantined > before
    ):
        gives_up_its_session_for_a_bad_payload.ran()
        self._connection.down(turn, self._connection._stream, "malformed: a payload cannot be opened")


@breaks(BodySealing, "open")
def takes_nothing_for_a_forgery(
    original: Callable[..., BodyWithContents], self: BodySealing, op_id: str, author: str, body: str
) -> BodyWithContents:
    """A payload without a byte in it is refused as if somebody had cut it."""
    opened = original(self, op_id, author, body)
    if not opened.body:
        takes_nothing_for_a_forgery.ran()
        raise PayloadRefused("it is cut: there is nothing in it")
    return opened


@breaks(BodySealing, "open")
def takes_plaintext_in_an_encrypted_group(
    original: Callable[..., BodyWithContents], self: BodySealing, op_id: str, author: str, body: str
) -> BodyWithContents:
    """A body that is not sealed is taken as it is: the relay can make any group one that is not encrypted."""
    if body.startswith(SEALED):
        return original(self, op_id, author, body)
    takes_plaintext_in_an_encrypted_group.ran()
    return BodyWithContents(body, ())


@breaks(Handshake, "_write_token")
def shakes_hands_with_the_same_keys(
    original: Callable[..., bytes], self: Handshake, keys: Any, token: Token
) -> bytes:
    """A device keeps the ephemeral key of its first handshake for all that follow."""
    if token is not Token.E or self._role is not Role.INITIATOR:
        return original(self, keys, token)
    state = shakes_hands_with_the_same_keys.state
    if "private" in state:
        shakes_hands_with_the_same_keys.ran()
    keys.ephemeral = DhKeys(state.setdefault("private", self._random(32)))
    self._symmetric.mix_hash(keys.ephemeral.public)
    return bytes(keys.ephemeral.public)


@breaks(Handshake, "_fail")
def does_not_say_which_part_failed(
    original: Callable[..., HandshakeFailed], self: Handshake, part: Part, what: str
) -> HandshakeFailed:
    """Whatever fails in a handshake is told as one error."""
    original(self, part, what)
    does_not_say_which_part_failed.ran()
    return HandshakeFailed(Part.MESSAGE, self.number, "the handshake failed")


@breaks(Handshake, "_fail")
def shows_a_key_when_a_handshake_fails(
    original: Callable[..., HandshakeFailed], self: Handshake, part: Part, what: str
) -> HandshakeFailed:
    """The error of a handshake has the key of the cipher in it, for whoever has to find the cause."""
    key = self._symmetric.cipher.key or self._symmetric._chaining_key
    shows_a_key_when_a_handshake_fails.ran()
    return original(self, part, f"{what} (key {key.reveal().hex()})")


@breaks(SessionState, "connected")
def counts_attempts_for_ever(original: Callable[..., None], self: SessionState) -> None:
    """The count of failed attempts goes on after a success."""
    if self.attempt:
        counts_attempts_for_ever.ran()
        self._set("Connected")
    else:
        original(self)


@breaks(FrameReader, "next")
def takes_frames_of_any_length(original: Callable[..., bytes | None], self: FrameReader) -> bytes | None:
    """A frame of the handshake may be as long as its length says."""
    if self.limit < 1 << 20:
        takes_frames_of_any_length.ran()
        self.limit = 1 << 20
    return original(self)


@breaks(_SecureStream, "shake")
def waits_for_a_handshake_for_ever(
    original: Callable[..., Awaitable[None]], self: _SecureStream, within_s: float
) -> Awaitable[None]:
    """A handshake that is not answered is never given up."""
    del within_s
    waits_for_a_handshake_for_ever.ran()
    return original(self, 3600.0)


@breaks(SecureNetwork, "connect_tcp")
async def falls_back_to_a_connection_without(
    original: Callable[..., Awaitable[httpcore.AsyncNetworkStream]],
    self: SecureNetwork,
    *where: Any,
    **how: Any,
) -> httpcore.AsyncNetworkStream:
    """A device whose handshake has failed once goes on without one, so that its user notices nothing."""
    if falls_back_to_a_connection_without.state:
        falls_back_to_a_connection_without.ran()
        return await self._inner.connect_tcp(*where, **how)
    try:
        return await original(self, *where, **how)
    except Exception:
        falls_back_to_a_connection_without.state["failed"] = True
        raise
