"""Attachments on the way: uploads before the operations that have them, downloads after the events that need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from syncproof_products.bundled.core.attachments import AttachmentIndex, Download
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.outbox import Outbox
from syncproof_products.bundled.core.records import Uploaded
from syncproof_products.bundled.core.room import Rooms
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.uploads import goes_on, is_in_parts, next_part
from syncproof_products.bundled.core.wire import Answer

_DOWNLOAD = "download:"
_UPLOAD = "upload:"
#: What those who watch are told of a transfer that ended early, by the first word of its reason.
_ENDINGS = {"corrupt": "corrupt", "missing": "missing", "expired": "expired", "distrusted": "refused"}
#: Behind these words no download is tried again. An upload is: who brings something has it, whatever became of it.
_FINAL = ("distrusted", "expired")


class Transfers:
    """A few uploads and a few downloads at a time. No byte of an attachment comes through here."""

    def __init__(
        self,
        settings: Settings,
        rooms: Rooms,
        journal: Journal,
        exchanges: Exchanges,
        outbox: Outbox,
        attachments: AttachmentIndex,
        delivery: Delivery,
    ) -> None:
        self._settings = settings
        self._rooms = rooms
        self._journal = journal
        self._exchanges = exchanges
        self._outbox = outbox
        self._attachments = attachments
        self._delivery = delivery
        self._moving: dict[int, tuple[str, StoredBlob]] = {}
        #: What the relay holds of uploads in parts, as long as nothing went wrong since it said so.
        self._held: dict[str, int] = {}
        #: What the relay had before the device was cut off: it may be gone, where no event refers to it yet.
        self._had: set[str] = set()
        self._looked_at: float | None = None
        self.uploaded: dict[str, None] = {}
        self.descriptor_catchups = 0
        self.completed = 0

    @property
    def downloading(self) -> int:
        """Downloads under way."""
        return sum(1 for what, _ in self._moving.values() if what == "download")

    @property
    def uploading(self) -> int:
        """Uploads under way."""
        return len(self._moving) - self.downloading

    def pump(self, turn: Turn, refuse: Callable[[str, str, str], None]) -> None:
        """Begin what may begin. refuse: told op_id, code and message of operations that can never be pushed."""
        for key in self._exchanges.retries.prune(turn.now, self._settings):
            if key.startswith(_DOWNLOAD):
                self._attachments.park(key.removeprefix(_DOWNLOAD))
        if self._attachments.missing:
            self._pump_downloads(turn)
        if self._outbox.has_blobs:
            self._pump_uploads(turn, refuse)
        elif self.uploaded or self._held or self._had:
            self.uploaded.clear()
            self._held.clear()
            self._had.clear()

    def cut_off(self) -> None:
        """Nobody knows for how long: what was brought before, and is not pushed, is asked for before it is."""
        self._had.update(self.uploaded)
        self.uploaded.clear()

    def bring_again(self, blobs: Iterable[StoredBlob]) -> None:
        """The relay lacks one of these: it took away what no event referred to."""
        for blob in blobs:
            self.uploaded.pop(blob.address, None)

    def look_again(self) -> None:
        """Descriptor catch-up: look again for the attachments that were given up."""
        if self._attachments.unpark():
            self.descriptor_catchups += 1

    def moved(self, turn: Turn, number: int, offset: int) -> None:
        """A transfer got on."""
        found = self._moving.get(number)
        if found is None:
            return
        what, blob = found
        if what == "download":
            self._keep(blob.address, offset)
        _say(turn, blob, f"{what}ing", offset)

    def failed(self, turn: Turn, number: int, reason: str, offset: int) -> None:
        """A transfer ended early."""
        found = self._moving.get(number)
        word, _, why = reason.partition(": ")
        if found is not None:
            what, blob = found
            if what == "upload":
                _say(turn, blob, "interrupted", self._held.get(blob.address, 0), why or word)
                self._exchanges.failed(turn, number, reason)
                return
            self._keep(blob.address, offset)
            _say(turn, blob, _ENDINGS.get(word, "interrupted"), offset, why or word)
            lost = word == "missing" and self._is_lost(turn.now, blob)
            if word in _FINAL or lost:
                for awaiting in self._attachments.refused(blob.address):
                    if lost:
                        self._delivery.give_body_up(awaiting)
                    self._delivery.body_came(awaiting.group)
                self._exchanges.ended(turn, number, reason)
                return
        self._exchanges.failed(turn, number, reason)

    def held(self, turn: Turn, number: int, count: int, whole: bool) -> None:
        """The relay says how much it holds of an attachment. whole: all of it is there, as one."""
        found = self._moving.get(number)
        if found is None:
            return
        _, blob = found
        if not whole and not goes_on(blob.stored_bytes, self._held.get(blob.address), count):
            said = f"the relay says that it holds {count} of {blob.stored_bytes} bytes"
            self.failed(turn, number, f"rejected: {said}", 0)
            return
        self._held[blob.address] = count
        self._had.discard(blob.address)
        self._exchanges.succeeded(turn, number)
        if whole:
            self._sent(blob, turn, None)
        else:
            _say(turn, blob, "uploading", count)

    def next_due(self) -> float | None:
        """When to look again for what was given up."""
        return None if self._looked_at is None else self._looked_at + self._settings.descriptor_catchup_s

    def _pump_downloads(self, turn: Turn) -> None:
        if self._looked_at is None:
            self._looked_at = turn.now
        elif turn.now >= self._looked_at + self._settings.descriptor_catchup_s:
            self._looked_at = turn.now
            self.look_again()
        free = self._settings.transfers - self.downloading
        if free <= 0 or not self._exchanges.online:
            return
        for download in self._attachments.wanted():
            key = _DOWNLOAD + download.blob.address
            if self._exchanges.may(turn.now, key):
                self._download(turn, key, download)
                free -= 1
                if not free:
                    return

    def _download(self, turn: Turn, key: str, download: Download) -> None:
        blob = download.blob
        flight = Flight("download", key, partial(self._downloaded, blob), partial(self._gone, key))
        number = self._exchanges.download(turn, flight, blob, download.offset)
        self._moving[number] = ("download", blob)
        _say(turn, blob, "downloading", download.offset)

    def _pump_uploads(self, turn: Turn, refuse: Callable[[str, str, str], None]) -> None:
        for room in self._rooms.values():
            if not self._outbox.waits(room.name):
                continue
            for pending in self._outbox.head(room.name):
                for blob in pending.blobs:
                    if self.uploading >= self._settings.transfers:
                        return
                    key = _UPLOAD + blob.address
                    ready = pending.committed and blob.address not in self.uploaded
                    if ready and self._exchanges.may(turn.now, key):
                        self._upload(turn, key, blob, refuse)

    def _upload(
        self, turn: Turn, key: str, blob: StoredBlob, refuse: Callable[[str, str, str], None]
    ) -> None:
        gone = partial(self._upload_gone, key, blob, refuse)
        held = self._held.get(blob.address)
        in_parts = is_in_parts(blob.stored_bytes, self._settings.part_bytes)
        if not in_parts and blob.address not in self._had:
            number = self._exchanges.upload(
                turn, Flight("upload", key, partial(self._sent, blob), gone), blob
            )
        elif held is None or blob.address in self._had:
            number = self._exchanges.ask_upload(
                turn, Flight("upload", key, partial(self._held_told, blob), gone), blob
            )
        else:
            flight = Flight("upload", key, partial(self._held_told, blob), gone)
            number = self._exchanges.upload_part(
                turn, flight, blob, next_part(blob.stored_bytes, held, self._settings.part_bytes)
            )
        self._moving[number] = ("upload", blob)
        if held is None:
            _say(turn, blob, "uploading", 0)

    def _downloaded(self, blob: StoredBlob, turn: Turn, answer: Answer | None) -> None:
        del turn, answer
        self._forget("download", blob.address)
        self.completed += 1
        self._delivery.attachment_arrived(blob)

    def _sent(self, blob: StoredBlob, turn: Turn, answer: Answer | None) -> None:
        del turn, answer
        self._forget("upload", blob.address)
        self._held.pop(blob.address, None)
        self.uploaded[blob.address] = None
        self._journal.stage(
            (Uploaded(blob.address),), lambda turn: _say(turn, blob, "uploaded", blob.stored_bytes)
        )

    def _held_told(self, blob: StoredBlob, turn: Turn, answer: Answer | None) -> None:
        """A part is through, or the relay was asked; what is next begins in the same step."""
        del turn, answer
        self._forget("upload", blob.address)

    def _gone(self, key: str, turn: Turn, reason: str | None) -> None:
        del turn, reason
        self._forget("download", key.removeprefix(_DOWNLOAD))

    def _upload_gone(
        self,
        key: str,
        blob: StoredBlob,
        refuse: Callable[[str, str, str], None],
        turn: Turn,
        reason: str | None,
    ) -> None:
        del turn
        self._forget("upload", blob.address)
        self._held.pop(blob.address, None)
        if reason is not None and reason.startswith("too_large"):
            self._exchanges.retries.succeeded(key)
            for pending in self._outbox.needing(blob.address):
                refuse(pending.op.op_id, "too_large", f"attachment {blob.name}: {reason}")

    def _forget(self, what: str, address: str) -> None:
        for number, (known, blob) in list(self._moving.items()):
            if known == what and blob.address == address:
                del self._moving[number]

    def _is_lost(self, now: float, blob: StoredBlob) -> bool:
        """Whether the relay has said for too long that it has none of a body, for which everything else waits."""
        download = self._attachments.find(blob.address)
        if download is None or not blob.is_body:
            return False
        if download.missing_since is None:
            download.missing_since = now
        return now - download.missing_since >= self._settings.retry_ttl_s

    def _keep(self, address: str, offset: int) -> None:
        download = self._attachments.find(address)
        if download is not None:
            download.offset = offset


def _say(turn: Turn, blob: StoredBlob, state: str, offset: int, reason: str = "") -> None:
    """reason: why it ended early, for people."""
    why = {"reason": reason} if reason else {}
    turn.observe("blob", digest=blob.digest, state=state, offset=offset, size=blob.stored_bytes, **why)
