"""Bugs of attachment transfers on links that are slow or break off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from defects import Ran, defect, replace
from syncstack.core.actions import DownloadBlob
from syncstack.core.events import BlobFailed
from syncstack.device.blob_files import BlobFiles, BlobWriter
from syncstack.device.connection import LinkError
from syncstack.device.http_client import HttpConnection
from syncstack.device.links import RelayLinks

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
