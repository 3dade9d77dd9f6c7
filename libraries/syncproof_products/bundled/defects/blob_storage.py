"""Bugs of a relay whose storage fails, and of devices that are told so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from syncproof_agentkit.blob_files import NotStoredError
from syncproof_defects import breaks
from syncproof_products.bundled.core.relay.actions import Commit, EventAppended
from syncproof_products.bundled.core.relay.uploads import Begun, Key
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Push, Refused
from syncproof_products.bundled.device import transfers
from syncproof_products.bundled.relay.blobs import BlobStore, StorageAwayError
from syncproof_products.bundled.relay.calls_app import CallsApp
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.quota import Quota, QuotaExceededError
from syncproof_products.bundled.relay.retention import Retention
from syncproof_products.bundled.relay.uploads import UploadStore
from syncproof_products.bundled.relay.writer import Writer


@breaks(UploadStore, "_write")
async def takes_what_it_could_store_for_the_whole(
    original: Callable[..., Awaitable[int]],
    self: UploadStore,
    key: Key,
    begun: Begun,
    offset: int,
    size: int,
    pieces: Any,
) -> int:
    """The relay gives what it could store of an attachment the name of the whole when a write fails, and says so."""
    try:
        return await original(self, key, begun, offset, size, pieces)
    except NotStoredError:
        takes_what_it_could_store_for_the_whole.ran()
        self._path(key).rename(self._blobs.files.path(key[1]))
        return size


@breaks(Transfers, "failed")
def says_only_that_a_transfer_failed(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A device keeps to itself why the relay did not take an attachment."""
    if reason.startswith("rejected"):
        says_only_that_a_transfer_failed.ran()
        reason = "rejected"
    original(self, turn, number, reason, offset)


@breaks(Transfers, "failed")
def pushes_without_what_was_not_stored(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A device takes an attachment that the relay could not store for one that it need not bring again."""
    what, blob = self._moving.get(number, ("", None))
    original(self, turn, number, reason, offset)
    if blob is not None and what == "upload" and reason.startswith("rejected"):
        pushes_without_what_was_not_stored.ran()
        self._sent(blob, turn, None)


@pushes_without_what_was_not_stored.breaks(CallsApp, "_push_brought")
async def _unseen(
    _original: Callable[..., Awaitable[Answer]], self: CallsApp, device: str, push: Push
) -> Answer:
    """The relay does not look either."""
    return await self._node.call(device, push)


@breaks(Transfers, "failed")
def drops_what_the_quota_refuses(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A device forgets a message whose attachment the relay has no room for, and tells nobody."""
    _, blob = self._moving.get(number, ("", None))
    original(self, turn, number, reason, offset)
    if blob is not None and "quota_exceeded" in reason:
        for pending in self._outbox.needing(blob.address):
            drops_what_the_quota_refuses.ran()
            self._outbox.remove(pending.op.op_id)


@breaks(Quota, "admit")
def says_no_figures_of_its_quota(original: Callable[..., None], self: Quota, digest: str, size: int) -> None:
    """The relay says that its quota is used up, and neither how large it is nor how much of it is in use."""
    try:
        original(self, digest, size)
    except QuotaExceededError:
        says_no_figures_of_its_quota.ran()
        raise QuotaExceededError("the relay's quota is used up") from None


@breaks(BlobStore, "size")
def takes_storage_that_is_away_for_empty(
    original: Callable[..., int | None], self: BlobStore, digest: str
) -> int | None:
    """A relay that cannot reach what it stores blobs in says that it has none."""
    try:
        return original(self, digest)
    except StorageAwayError:
        takes_storage_that_is_away_for_empty.ran()
        return None


@breaks(Transfers, "failed")
def skips_what_the_relay_cannot_hand_out(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A device does not ask again for an attachment that the relay could not hand out."""
    what, blob = self._moving.get(number, ("", None))
    original(self, turn, number, reason, offset)
    if blob is not None and what == "download" and reason.startswith("rejected"):
        skips_what_the_relay_cannot_hand_out.ran()
        self._attachments._downloads.pop(blob.address, None)


@breaks(BlobStore, "has_expired")
def forgets_what_has_expired(original: Callable[..., bool], self: BlobStore, digest: str) -> bool:
    """The relay says of what it kept for its time that it has never had it."""
    if original(self, digest):
        forgets_what_has_expired.ran()
    return False


@breaks(Transfers, "failed")
def takes_expired_for_missing(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A device asks for what has expired again and again, as if somebody could still bring it."""
    if reason.startswith("expired"):
        takes_expired_for_missing.ran()
        reason = f"missing{reason.removeprefix('expired')}"
    original(self, turn, number, reason, offset)


@breaks(Node, "is_referenced")
def collects_what_is_referred_to(original: Callable[..., bool], self: Node, digest: str) -> bool:
    """The relay takes away whatever nobody has brought for long, also where a message names it."""
    if original(self, digest):
        collects_what_is_referred_to.ran()
    return False


@breaks(Node, "is_referenced")
def knows_references_since_its_start_alone(original: Callable[..., bool], self: Node, digest: str) -> bool:
    """The relay keeps in memory to what messages refer, and forgets that with its process."""
    if original(self, digest) and digest not in knows_references_since_its_start_alone.state:
        knows_references_since_its_start_alone.ran()
    return digest in knows_references_since_its_start_alone.state


@knows_references_since_its_start_alone.breaks(Writer, "_apply_commit")
def _in_memory(original: Callable[..., int], self: Writer, commit: Commit) -> int:
    for change in commit.changes:
        if isinstance(change, EventAppended):
            for blob in change.event.draft.blobs:
                knows_references_since_its_start_alone.state[blob.digest] = None
    return original(self, commit)


@breaks(Retention, "collect")
def leaves_orphans_after_its_first_start(
    original: Callable[..., None], self: Retention, untouched_s: float
) -> None:
    """The relay takes what it finds at its start for what somebody has just brought."""
    if self._blobs.__dict__.setdefault("found", self._blobs.files.digests()):
        leaves_orphans_after_its_first_start.ran()
    for digest in self._blobs.__dict__["found"]:
        if self._blobs.files.has(digest):
            self._blobs.touch(digest)
    original(self, max(untouched_s, 1.0) if self._blobs.__dict__["found"] else untouched_s)


@leaves_orphans_after_its_first_start.breaks(Retention, "start")
def _finding(original: Callable[..., None], self: Retention) -> None:
    self._blobs.__dict__["found"] = self._blobs.files.digests()
    original(self)


@breaks(transfers, "_reason")
def takes_a_gateways_page_for_a_word_about_an_attachment(
    original: Callable[..., str], refused: Refused
) -> str:
    """A device that is told 502 by a gateway believes that the relay keeps the attachment no longer."""
    if refused.status == 502:
        takes_a_gateways_page_for_a_word_about_an_attachment.ran()
        return f"expired: {refused.status}"
    return original(refused)
