"""Bugs of uploads in parts: begun anew, believed to be there, put together wrongly."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect

from syncproof_defects import breaks
from syncproof_products.bundled.core.records import Uploaded
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.uploads import Begun, Key, Uploads
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, BlobRef, Push, Refused
from syncproof_products.bundled.relay.blobs import BlobStore
from syncproof_products.bundled.relay.calls_app import CallsApp
from syncproof_products.bundled.relay.uploads import UploadStore

Write = Callable[..., Awaitable[int]]


@breaks(UploadStore, "_write")
async def takes_half_an_upload(original: Write, self: UploadStore, key: Key, *part: Any) -> int:
    """The relay takes what has come of an attachment for the whole when the connection breaks off."""
    try:
        return await original(self, key, *part)
    except ClientDisconnect:
        takes_half_an_upload.ran()
        self._path(key).rename(self._blobs.files.path(key[1]))
        self._uploads.forget(key)
        raise


@breaks(UploadStore, "__init__")
def takes_parts_for_the_whole_at_its_start(
    original: Callable[..., None], self: UploadStore, blobs: BlobStore, limits: Limits
) -> None:
    """A relay that starts takes what it finds of an upload for the whole."""
    for part in blobs.files.partials():
        takes_parts_for_the_whole_at_its_start.ran()
        part.rename(blobs.files.path(part.name.partition(".")[0]))
    original(self, blobs, limits)


@breaks(Transfers, "_upload")
def notes_an_upload_when_it_begins(
    original: Callable[..., None],
    self: Transfers,
    turn: Turn,
    key: str,
    blob: BlobRef,
    refuse: Callable[[str, str, str], None],
) -> None:
    """An attachment is on the device's list of what the relay has from when its upload begins."""
    notes_an_upload_when_it_begins.ran()
    self._journal.stage((Uploaded(blob.digest),), lambda _turn: None)
    original(self, turn, key, blob, refuse)


@notes_an_upload_when_it_begins.breaks(Transfers, "cut_off")
def _trusts_its_list(_original: Callable[..., None], _self: Transfers) -> None:
    """Nobody asks the relay."""


@notes_an_upload_when_it_begins.breaks(CallsApp, "_push_brought")
async def _unseen(
    _original: Callable[..., Awaitable[Answer]], self: CallsApp, device: str, push: Push
) -> Answer:
    """The relay does not look either."""
    return await self._node.call(device, push)


@breaks(UploadStore, "_write")
async def drops_an_upload_that_breaks_off(original: Write, self: UploadStore, key: Key, *part: Any) -> int:
    """The relay throws away what it has of an attachment when the connection breaks off, the parts before included."""
    try:
        return await original(self, key, *part)
    except ClientDisconnect:
        drops_an_upload_that_breaks_off.ran()
        self._path(key).unlink()
        self._uploads.forget(key)
        raise


@breaks(UploadStore, "_write")
async def counts_a_part_that_breaks_off(
    original: Write, self: UploadStore, key: Key, begun: Begun, offset: int, size: int, *pieces: Any
) -> int:
    """A part that breaks off counts as there: the next one is put behind where it would have ended."""
    try:
        return await original(self, key, begun, offset, size, *pieces)
    except ClientDisconnect:
        end = min(size, offset + Settings().part_bytes)
        if self._uploads.writes(key, begun.writer):
            counts_a_part_that_breaks_off.ran()
            self._uploads.wrote(time.monotonic(), key, end - self._uploads.wrote(time.monotonic(), key, 0))
        raise


@breaks(UploadStore, "__init__")
def forgets_uploads_at_its_start(
    original: Callable[..., None], self: UploadStore, blobs: BlobStore, limits: Limits
) -> None:
    """A relay that starts throws away every upload that is not finished."""
    for part in blobs.files.partials():
        forgets_uploads_at_its_start.ran()
        part.unlink()
    original(self, blobs, limits)


@breaks(UploadStore, "_write")
async def confirms_parts_before_they_are_stored(
    _original: Write,
    self: UploadStore,
    key: Key,
    _begun: Begun,
    offset: int,
    size: int,
    pieces: AsyncIterator[bytes],
) -> int:
    """The relay keeps the parts of an upload in memory, and writes them when the last one is there."""
    kept = confirms_parts_before_they_are_stored.state.setdefault(key, [])
    held = offset
    async for piece in pieces:
        kept.append(piece)
        held = self._uploads.wrote(time.monotonic(), key, len(piece))
    if held < size:
        confirms_parts_before_they_are_stored.ran()
    else:
        self._path(key).write_bytes(b"".join(kept))
    return held


@breaks(UploadStore, "ask")
def puts_a_resumed_part_first(
    original: Callable[..., tuple[int, bool]], self: UploadStore, device: str, digest: str
) -> tuple[int, bool]:
    """The first part after a break is written over the beginning of the attachment."""
    held, whole = original(self, device, digest)
    puts_a_resumed_part_first.state[digest] = held if not whole else 0
    return held, whole


@puts_a_resumed_part_first.breaks(UploadStore, "_write")
async def _over_the_beginning(
    original: Write, self: UploadStore, key: Key, begun: Begun, offset: int, *rest: Any
) -> int:
    held = await original(self, key, begun, offset, *rest)
    if offset and puts_a_resumed_part_first.state.pop(key[1], 0) == offset:
        puts_a_resumed_part_first.ran()
        with self._path(key).open("r+b") as file:
            file.seek(offset)
            part = file.read()
            file.seek(0)
            file.write(part)
    return held


@breaks(Uploads, "begin")
def takes_the_last_part_back_when_asked(
    original: Callable[..., Begun | Refused], self: Uploads, now: float, key: Key, offset: int, size: int
) -> Begun | Refused:
    """Whoever asks how much is there is told where the last part began: it counts when the next one comes."""
    begun = original(self, now, key, offset, size)
    if isinstance(begun, Begun):
        takes_the_last_part_back_when_asked.state[key] = offset
    return begun


@takes_the_last_part_back_when_asked.breaks(Uploads, "ask")
def _where_it_began(original: Callable[..., int], self: Uploads, now: float, key: Key) -> int:
    held = original(self, now, key)
    began = takes_the_last_part_back_when_asked.state.get(key, held)
    if began < held:
        takes_the_last_part_back_when_asked.ran()
        self._all[key].held = began
    return int(min(began, held))
