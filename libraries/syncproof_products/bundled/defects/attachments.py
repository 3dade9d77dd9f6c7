"""Bugs of attachment transfers: on links that are slow or break off, and of what is large, empty or damaged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import msgspec

from syncproof_agentkit.requests import NewOp
from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.core.actions import DownloadBlob
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.events import BlobFailed
from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.blob_files import BlobFiles, BlobWriter
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import HttpConnection
from syncproof_products.bundled.device.links import RelayLinks
from syncproof_products.bundled.relay.blobs import BlobStore
from syncproof_synckit.retry import Retry, RetryTracker

Transfer = Callable[[RelayLinks, int, str, DownloadBlob | None], Awaitable[None]]


@defect
def times_out_on_slow_link(ran: Ran) -> None:
    """A download has one second in all, whether bytes come or not, and begins anew when that is over."""

    def broken(original: Transfer) -> Transfer:
        async def transfer(
            self: RelayLinks, exchange: int, digest: str, download: DownloadBlob | None
        ) -> None:
            client = self._client
            if download is None or client is None:
                await original(self, exchange, digest, download)
                return
            one_second = client._http.patience.idle_s / 15
            try:
                await asyncio.wait_for(original(self, exchange, digest, download), one_second)
            except TimeoutError:
                ran()
                self._files.drop_partial(digest)
                self._put(BlobFailed(exchange, "timeout: the download took too long", 0))

        return transfer

    replace(RelayLinks, "_transfer", broken)


@defect
def restarts_download_from_start(ran: Ran) -> None:
    """A download that broke off begins at its first byte again."""

    def broken(original: Any) -> Callable[[BlobFiles, str, int], BlobWriter]:
        def resume(self: BlobFiles, digest: str, offset: int) -> BlobWriter:
            if offset:
                ran()
            writer: BlobWriter = original(self, digest, 0)
            return writer

        return resume

    replace(BlobFiles, "resume", broken)


@defect
def accepts_partial_blob(ran: Ran) -> None:
    """An attachment whose download broke off is taken as it is, under the digest of the whole."""

    def satisfied(
        original: Callable[[HttpConnection, LinkError], None],
    ) -> Callable[[HttpConnection, LinkError], None]:
        def lost(self: HttpConnection, error: LinkError) -> None:
            if self._sink is not None and self._done is not None and not self._done.done():
                ran()
                self._done.set_result(self._reply)
            original(self, error)

        return lost

    def trusting(original: Callable[[BlobWriter], None]) -> Callable[[BlobWriter], None]:
        def finish(self: BlobWriter) -> None:
            self._digest = self._hash.hexdigest()
            original(self)

        return finish

    replace(HttpConnection, "lost", satisfied)
    replace(BlobWriter, "finish", trusting)


@defect
def retries_downloads_at_once(ran: Ran) -> None:
    """A download that broke off is tried again after the same short time, however often."""

    def broken(original: Callable[..., Retry]) -> Callable[..., Retry]:
        def failed(self: RetryTracker, key: str, now: float, *args: Any, **kwargs: Any) -> Retry:
            before = self._retries.get(key)
            retry = original(self, key, now, *args, **kwargs)
            if before is not None and key.startswith("download:"):
                ran()
                retry = replace_fields(retry, delay=before.delay, due=now + before.delay)
                self._retries[key] = retry
            return retry

        return failed

    replace(RetryTracker, "failed", broken)


@defect
def shows_partial_blob(ran: Ran) -> None:
    """What has come of an attachment is handed out before the rest is there."""

    def broken(original: Callable[[Adapter, str], Path]) -> Callable[[Adapter, str], Path]:
        def blob(self: Adapter, digest: str) -> Path:
            files = self.device.files
            if not files.has(digest) and files.partial_size(digest):
                ran()
                return files._partial / digest
            return original(self, digest)

        return blob

    replace(Adapter, "blob", broken)


@defect
def takes_damaged_blob(ran: Ran) -> None:
    """An attachment is taken when it has come to its end, whatever its hash is."""

    def broken(original: Callable[[BlobWriter], None]) -> Callable[[BlobWriter], None]:
        def finish(self: BlobWriter) -> None:
            if self._hash.hexdigest() != self._digest:
                ran()
                self._digest = self._hash.hexdigest()
            original(self)

        return finish

    replace(BlobWriter, "finish", broken)


@defect
def gives_damaged_blob_up(ran: Ran) -> None:
    """An attachment that came with other bytes than its digest says is never fetched again."""

    def broken(original: Callable[..., None]) -> Callable[..., None]:
        def failed(self: Transfers, turn: Turn, number: int, reason: str, offset: int) -> None:
            found = self._moving.get(number)
            original(self, turn, number, reason, offset)
            if found is not None and reason.startswith("corrupt"):
                ran()
                self._attachments._downloads.pop(found[1].digest, None)

        return failed

    replace(Transfers, "failed", broken)


@defect
def keeps_attachment_in_memory(ran: Ran) -> None:
    """An attachment that is downloaded is collected in memory and written when all of it is there."""

    def writing(original: Callable[[BlobWriter, bytes], None]) -> Callable[[BlobWriter, bytes], None]:
        def write(self: BlobWriter, chunk: bytes) -> None:
            kept: list[bytes] = self.__dict__.setdefault("_kept", [])
            kept.append(bytes(chunk))
            self._hash.update(chunk)
            self.offset += len(chunk)
            ran()

        del original
        return write

    def finishing(original: Callable[[BlobWriter], None]) -> Callable[[BlobWriter], None]:
        def finish(self: BlobWriter) -> None:
            self._file.write(b"".join(self.__dict__.pop("_kept", [])))
            original(self)

        return finish

    replace(BlobWriter, "write", writing)
    replace(BlobWriter, "finish", finishing)


@defect
def serves_blobs_from_memory(ran: Ran) -> None:
    """The relay reads an attachment as a whole before it hands it out."""

    def broken(original: Any) -> Any:
        async def read(self: BlobStore, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
            ran()
            yield b"".join([chunk async for chunk in original(self, digest, start, end)])

        return read

    replace(BlobStore, "read", broken)


@defect
def fetches_what_it_has(ran: Ran) -> None:
    """An attachment that is here already is fetched again for the next event that has it."""

    def broken(original: Transfer) -> Transfer:
        async def transfer(
            self: RelayLinks, exchange: int, digest: str, download: DownloadBlob | None
        ) -> None:
            if download is not None and self._files.has(digest):
                ran()
                self._files.path(digest).unlink()
            await original(self, exchange, digest, download)

        return transfer

    replace(RelayLinks, "_transfer", broken)


@defect
def skips_empty_attachments(ran: Ran) -> None:
    """An attachment without bytes is none: nobody fetches it, and what needs it waits for ever."""

    def broken(original: Callable[..., None]) -> Callable[..., None]:
        def add(self: AttachmentIndex, awaiting: Awaiting, partials: Mapping[str, int] | None = None) -> None:
            original(self, awaiting, partials)
            for blob in awaiting.blobs:
                if not blob.size:
                    ran()
                    self._downloads.pop(blob.digest, None)

        return add

    replace(AttachmentIndex, "add", broken)


@defect
def cleans_up_file_names(ran: Ran) -> None:
    """The author's device makes "nice" names of attachments' names before it sends them."""

    def broken(original: Callable[..., Any]) -> Callable[..., Any]:
        async def submit(self: Adapter, wanted: NewOp) -> Any:
            blobs = tuple(
                msgspec.structs.replace(blob, name=re.sub(r"[^A-Za-z0-9.]+", "_", blob.name))
                for blob in wanted.blobs
            )
            if blobs != wanted.blobs:
                ran()
            return await original(self, msgspec.structs.replace(wanted, blobs=blobs))

        return submit

    replace(Adapter, "submit", broken)


@defect
def saves_under_the_name_given(ran: Ran) -> None:
    """An attachment is also saved beside the others under the name that its author gave it, dots and all."""

    def broken(original: Callable[..., None]) -> Callable[..., None]:
        def execute(self: RelayLinks, action: Any) -> None:
            original(self, action)
            if isinstance(action, DownloadBlob):
                for name in _names.get(action.digest, ()):
                    ran()
                    target = self._files.path(action.digest).parent / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.touch()

        return execute

    def noting(original: Callable[..., None]) -> Callable[..., None]:
        def add(self: AttachmentIndex, awaiting: Awaiting, partials: Mapping[str, int] | None = None) -> None:
            original(self, awaiting, partials)
            for blob in awaiting.blobs:
                _names.setdefault(blob.digest, []).append(blob.name)

        return add

    _names: dict[str, list[str]] = {}
    replace(RelayLinks, "execute", broken)
    replace(AttachmentIndex, "add", noting)


@defect
def takes_half_for_whole_after_a_start(ran: Ran) -> None:
    """At its start a device takes every attachment that it finds on its disk for one that is whole."""

    def broken(original: Callable[[BlobFiles, Path], None]) -> Callable[[BlobFiles, Path], None]:
        def init(self: BlobFiles, directory: Path) -> None:
            original(self, directory)
            for part in self.partials():
                ran()
                part.rename(self.path(part.name))

        return init

    replace(BlobFiles, "__init__", broken)


@defect
def throws_halves_away_at_its_start(ran: Ran) -> None:
    """At its start a device throws away what it has of attachments that are not whole."""

    def broken(original: Callable[[BlobFiles, Path], None]) -> Callable[[BlobFiles, Path], None]:
        def init(self: BlobFiles, directory: Path) -> None:
            original(self, directory)
            for part in self.partials():
                ran()
                part.unlink()

        return init

    replace(BlobFiles, "__init__", broken)
