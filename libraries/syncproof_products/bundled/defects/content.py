"""Bugs of what is sealed beside messages: opened without a look, taken in part, lost, or given up too soon."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from syncproof_agentkit.blob_files import BlobWriter
from syncproof_defects import breaks
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import BlobRef, Event
from syncproof_products.bundled.device.contents import Contents, is_large
from syncproof_products.bundled.device.group_sealing import refer, referred
from syncproof_synckit.encryption.envelope import open_, unpack
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.manifest import BodyWithContents
from syncproof_synckit.encryption.payload import TAG_BYTES
from syncproof_synckit.encryption.sealed_body import BodySealing


@breaks(Contents, "open")
def hands_out_what_it_cannot_open(original: Callable[..., None], self: Contents, blob: StoredBlob) -> None:
    """What has come of a sealed attachment is handed out as it is, where it cannot be opened."""
    came = self.incoming.path(blob.address).read_bytes()
    try:
        original(self, blob)
    except PayloadRefused:
        hands_out_what_it_cannot_open.ran()
        self._plain.path(blob.digest).write_bytes(came)


@hands_out_what_it_cannot_open.breaks(BlobWriter, "finish")
def _of_any_hash(original: Callable[..., bool], self: BlobWriter) -> bool:
    if _is_sealed(self._final):
        self._digest = self._hash.hexdigest()
    return original(self)


def _is_sealed(path: Path) -> bool:
    return "incoming" in path.parts


@breaks(Contents, "_seal")
def brings_attachments_as_they_are(
    original: Callable[..., StoredBlob], self: Contents, group: str, blob: BlobRef, plaintext: bytes
) -> StoredBlob:
    """The relay of an encrypted group gets attachments as the application has them."""
    sealed = original(self, group, blob, plaintext)
    brings_attachments_as_they_are.ran()
    self.outgoing.path(blob.digest).write_bytes(plaintext)
    named, content = referred(sealed.reference)
    as_it_is = replace(content, content_size=blob.size - TAG_BYTES, encrypted_size=blob.size)
    return replace(sealed, address=blob.digest, stored_bytes=blob.size, reference=refer(named, as_it_is))


@brings_attachments_as_they_are.breaks(Contents, "open")
def _as_it_came(_original: Callable[..., None], self: Contents, blob: StoredBlob) -> None:
    self.incoming.path(blob.address).rename(self._plain.path(blob.digest))


@breaks(Contents, "_seal")
def seals_a_content_once(
    original: Callable[..., StoredBlob], self: Contents, group: str, blob: BlobRef, plaintext: bytes
) -> StoredBlob:
    """What was sealed before goes to the relay again as it was, which saves room and tells that it is the same."""
    known: dict[str, StoredBlob] = seals_a_content_once.state
    if blob.digest in known:
        seals_a_content_once.ran()
        return known[blob.digest]
    known[blob.digest] = original(self, group, blob, plaintext)
    return known[blob.digest]


@seals_a_content_once.breaks(Contents, "tidy")
def _keeping_all(_original: Callable[..., None], _self: Contents, _needed: object) -> None:
    """What was sealed may be needed again."""


@breaks(Exchanges, "ended")
def takes_a_forgery_for_damage(
    _original: Callable[..., None], self: Exchanges, turn: Turn, number: int, reason: str
) -> None:
    """A content that is not what was sealed is fetched again and again, in the hope that it gets better."""
    takes_a_forgery_for_damage.ran()
    self.failed(turn, number, reason)


@takes_a_forgery_for_damage.breaks(AttachmentIndex, "refused")
def _still_wanted(
    _original: Callable[..., list[Awaiting]], _self: AttachmentIndex, _address: str
) -> list[Awaiting]:
    """It is still missing."""
    return []


@breaks(AttachmentIndex, "arrived")
def presents_a_collection_in_part(
    original: Callable[..., list[Awaiting]], self: AttachmentIndex, address: str
) -> list[Awaiting]:
    """An entry with several attachments is complete when one of them is there."""
    download = self._downloads.get(address)
    waiting = [self._awaiting[key] for key in (download.waiting if download else ()) if key in self._awaiting]
    complete = original(self, address)
    early = [each for each in waiting if each not in complete]
    if early:
        presents_a_collection_in_part.ran()
    return [*complete, *early]


@breaks(BodySealing, "open")
def takes_a_manifest_unsigned(
    original: Callable[..., BodyWithContents], self: BodySealing, op_id: str, author: str, body: str
) -> BodyWithContents:
    """A device does not look whether a manifest is what its author has signed."""
    try:
        return original(self, op_id, author, body)
    except PayloadRefused as refused:
        if "manifest" not in str(refused):
            raise
        takes_a_manifest_unsigned.ran()
        envelope = unpack(base64.b64decode(msgspec.json.decode(body)["sealed"]))
        plaintext = open_(self._key.encryption, envelope, op_id.encode())
        return msgspec.msgpack.decode(plaintext, type=BodyWithContents)


@breaks(Contents, "seal")
def keeps_large_messages_in_the_log(
    original: Callable[..., tuple[StoredBlob, ...]],
    self: Contents,
    group: str,
    body: str,
    blobs: Sequence[BlobRef],
) -> tuple[StoredBlob, ...]:
    """A message is sealed into its event, however large it is."""
    if is_large(body):
        keeps_large_messages_in_the_log.ran()
    return original(self, group, "", blobs)


@breaks(Receiver, "_ready")
def passes_a_message_that_is_on_its_way(
    original: Callable[..., Sequence[Event]], self: Receiver, room: Room, events: Sequence[Event]
) -> Sequence[Event]:
    """What comes behind a message whose body is still on its way is delivered, and that message is not."""
    ready = original(self, room, events)
    if len(ready) < len(events):
        passes_a_message_that_is_on_its_way.ran()
    return events
