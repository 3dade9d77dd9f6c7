"""Bugs of attachment transfers: on links that are slow or break off, and of what is large, empty or damaged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import httpcore
import msgspec

from syncproof_agentkit.attachments import KeepsAttachments
from syncproof_agentkit.blob_files import BlobFiles, BlobWriter
from syncproof_agentkit.requests import NewOp
from syncproof_defects import breaks
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.core.actions import DownloadBlob
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.events import BlobFailed
from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.http_client import HttpClient
from syncproof_products.bundled.device.links import RelayLinks
from syncproof_products.bundled.relay.blobs import BlobStore
from syncproof_synckit.retry import Retry, RetryTracker


@breaks(RelayLinks, "_transfer")
async def times_out_on_slow_link(
    original: Callable[..., Awaitable[None]],
    self: RelayLinks,
    exchange: int,
    digest: str,
    download: DownloadBlob | None,
) -> None:
    """A download has one second in all, whether bytes come or not, and begins anew when that is over."""
    client = self._client
    if download is None or client is None:
        await original(self, exchange, digest, download)
        return
    one_second = client._http.patience.idle_s / 15
    try:
        await asyncio.wait_for(original(self, exchange, digest, download), one_second)
    except TimeoutError:
        times_out_on_slow_link.ran()
        self._files.drop_partial(digest)
        self._put(BlobFailed(exchange, "timeout: the download took too long", 0))


@breaks(BlobFiles, "resume")
def restarts_download_from_start(
    original: Callable[..., BlobWriter], self: BlobFiles, digest: str, offset: int, name: str = ""
) -> BlobWriter:
    """A download that broke off begins at its first byte again."""
    if offset and not name:
        restarts_download_from_start.ran()
        offset = 0
    writer: BlobWriter = original(self, digest, offset, name)
    return writer


@breaks(HttpClient, "_receive")
async def accepts_partial_blob(
    original: Callable[..., Awaitable[None]], self: HttpClient, response: httpcore.Response, sink: Any
) -> None:
    """An attachment whose download broke off is taken as it is, under the digest of the whole."""
    try:
        await original(self, response, sink)
    except (httpcore.NetworkError, httpcore.ProtocolError):
        if response.status not in (200, 206) or sink.__name__ == "keep":
            raise
        accepts_partial_blob.ran()


@accepts_partial_blob.breaks(BlobWriter, "finish")
def _trusting(original: Callable[..., bool], self: BlobWriter) -> bool:
    self._digest = self._hash.hexdigest()
    return original(self)


@breaks(RetryTracker, "failed")
def retries_downloads_at_once(
    original: Callable[..., Retry], self: RetryTracker, key: str, now: float, *args: Any, **kwargs: Any
) -> Retry:
    """A download that broke off is tried again after the same short time, however often."""
    before = self._retries.get(key)
    retry = original(self, key, now, *args, **kwargs)
    if before is not None and key.startswith("download:"):
        retries_downloads_at_once.ran()
        retry = replace_fields(retry, delay=before.delay, due=now + before.delay)
        self._retries[key] = retry
    return retry


@breaks(KeepsAttachments, "blob")
def shows_partial_blob(original: Callable[..., Path], self: KeepsAttachments, digest: str) -> Path:
    """What has come of an attachment is handed out before the rest is there."""
    files = self._files
    if not files.has(digest) and files.partial_size(digest):
        shows_partial_blob.ran()
        return files._partial / digest
    return original(self, digest)


@breaks(BlobWriter, "finish")
def takes_damaged_blob(original: Callable[..., bool], self: BlobWriter) -> bool:
    """An attachment is taken when it has come to its end, whatever its hash is."""
    if self._hash.hexdigest() != self._digest:
        takes_damaged_blob.ran()
        self._digest = self._hash.hexdigest()
    return original(self)


@breaks(Transfers, "failed")
def gives_damaged_blob_up(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """An attachment that came with other bytes than its digest says is never fetched again."""
    found = self._moving.get(number)
    original(self, turn, number, reason, offset)
    if found is not None and reason.startswith("corrupt"):
        gives_damaged_blob_up.ran()
        self._attachments._downloads.pop(found[1].address, None)


@breaks(BlobWriter, "write")
def keeps_attachment_in_memory(_original: Callable[..., None], self: BlobWriter, chunk: bytes) -> None:
    """An attachment that is downloaded is collected in memory and written when all of it is there."""
    kept: list[bytes] = self.__dict__.setdefault("_kept", [])
    kept.append(bytes(chunk))
    self._hash.update(chunk)
    self.offset += len(chunk)
    keeps_attachment_in_memory.ran()


@keeps_attachment_in_memory.breaks(BlobWriter, "finish")
def _written_at_last(original: Callable[..., bool], self: BlobWriter) -> bool:
    self._file.write(b"".join(self.__dict__.pop("_kept", [])))
    return original(self)


@breaks(BlobStore, "read")
async def serves_blobs_from_memory(
    original: Callable[..., AsyncIterator[bytes]], self: BlobStore, digest: str, start: int, end: int
) -> AsyncIterator[bytes]:
    """The relay reads an attachment as a whole before it hands it out."""
    serves_blobs_from_memory.ran()
    yield b"".join([chunk async for chunk in original(self, digest, start, end)])


@breaks(RelayLinks, "_transfer")
async def fetches_what_it_has(
    original: Callable[..., Awaitable[None]],
    self: RelayLinks,
    exchange: int,
    digest: str,
    download: DownloadBlob | None,
) -> None:
    """An attachment that is here already is fetched again for the next event that has it."""
    if download is not None and self._files.has(digest):
        fetches_what_it_has.ran()
        self._files.path(digest).unlink()
    await original(self, exchange, digest, download)


@breaks(AttachmentIndex, "add")
def skips_empty_attachments(original: Callable[..., None], self: AttachmentIndex, awaiting: Awaiting) -> None:
    """An attachment without bytes is none: nobody fetches it, and what needs it waits for ever."""
    original(self, awaiting)
    for blob in awaiting.blobs:
        if not blob.size:
            skips_empty_attachments.ran()
            self._downloads.pop(blob.digest, None)


@breaks(Adapter, "submit")
async def cleans_up_file_names(original: Callable[..., Awaitable[Any]], self: Adapter, wanted: NewOp) -> Any:
    """The author's device makes "nice" names of attachments' names before it sends them."""
    blobs = tuple(
        msgspec.structs.replace(blob, name=re.sub(r"[^A-Za-z0-9.]+", "_", blob.name)) for blob in wanted.blobs
    )
    if blobs != wanted.blobs:
        cleans_up_file_names.ran()
    return await original(self, msgspec.structs.replace(wanted, blobs=blobs))


@breaks(RelayLinks, "execute")
def saves_under_the_name_given(original: Callable[..., None], self: RelayLinks, action: Any) -> None:
    """An attachment is also saved beside the others under the name that its author gave it, dots and all."""
    original(self, action)
    if isinstance(action, DownloadBlob):
        for name in saves_under_the_name_given.state.get(action.digest, ()):
            saves_under_the_name_given.ran()
            target = self._files.path(action.digest).parent / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()


@saves_under_the_name_given.breaks(AttachmentIndex, "add")
def _noting(original: Callable[..., None], self: AttachmentIndex, awaiting: Awaiting) -> None:
    original(self, awaiting)
    for blob in awaiting.blobs:
        saves_under_the_name_given.state.setdefault(blob.digest, []).append(blob.name)


@breaks(BlobFiles, "__init__")
def takes_half_for_whole_after_a_start(
    original: Callable[..., None], self: BlobFiles, directory: Path
) -> None:
    """At its start a device takes every attachment that it finds on its disk for one that is whole."""
    original(self, directory)
    for part in self.partials():
        takes_half_for_whole_after_a_start.ran()
        part.rename(self.path(part.name))


@breaks(BlobFiles, "__init__")
def throws_halves_away_at_its_start(original: Callable[..., None], self: BlobFiles, directory: Path) -> None:
    """At its start a device throws away what it has of attachments that are not whole."""
    original(self, directory)
    for part in self.partials():
        throws_halves_away_at_its_start.ran()
        part.unlink()
