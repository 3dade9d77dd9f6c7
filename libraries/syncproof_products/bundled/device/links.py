"""The device's connections to its relay, as the core asks for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_products.bundled.core import actions as do
from syncproof_products.bundled.core import events as got
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import Frame
from syncproof_products.bundled.device import transfers
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.contents import Contents
from syncproof_products.bundled.device.live_stream import LiveStream
from syncproof_products.bundled.device.relay_client import RelayClient

_log = logging.getLogger(__name__)

LinkAction = (
    do.OpenStream
    | do.Ping
    | do.CloseStream
    | do.Exchange
    | do.UploadBlob
    | do.AskUpload
    | do.UploadPart
    | do.DownloadBlob
    | do.Cancel
)
NOWHERE = "unreachable: no address of the relay is known"


class RelayLinks:
    """Runs streams, exchanges and transfers; what becomes of them goes to `put` as events for the core."""

    def __init__(
        self,
        files: BlobFiles,
        contents: Contents,
        put: Callable[[got.DeviceEvent], None],
        moved_every_s: float,
    ) -> None:
        self._files = files
        self._contents = contents
        self._put = put
        self._moved_every_s = moved_every_s
        self._client: RelayClient | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stream: LiveStream | None = None
        self._stream_id = 0
        self._opening: asyncio.Task[None] | None = None

    @property
    def client(self) -> RelayClient | None:
        """Whom it speaks to now."""
        return self._client

    def use(self, client: RelayClient | None) -> None:
        """Speak to this relay from now on; what goes on with the one before breaks off."""
        before, self._client = self._client, client
        if before is not None:
            self._start(before.close())

    def execute(self, action: LinkAction) -> None:
        """Begin to do what the core wants."""
        match action:
            case do.OpenStream(stream):
                self._stream_id = stream
                self._opening = self._start(self._open(stream))
            case do.Ping(stream, number):
                if stream == self._stream_id and self._stream is not None:
                    self._start(self._stream.ping(number))
            case do.CloseStream(stream):
                self._close_stream(stream)
            case do.Exchange(exchange, _):
                self._track(exchange, self._exchange(action), got.ExchangeFailed)
            case do.UploadBlob(exchange, digest, _):
                self._track(exchange, self._transfer(exchange, digest, None), got.BlobFailed)
            case do.AskUpload() | do.UploadPart():
                self._track(action.exchange, self._upload_in_parts(action), got.BlobFailed)
            case do.DownloadBlob(exchange, digest):
                self._track(exchange, self._transfer(exchange, digest, action), got.BlobFailed)
            case do.Cancel(exchange):
                task = self._tasks.pop(exchange, None)
                if task is not None:
                    task.cancel()

    async def close(self) -> None:
        """Drop everything."""
        tasks = [*self._tasks.values(), *([self._opening] if self._opening else [])]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._stream is not None:
            self._stream.drop()
        if self._client is not None:
            await self._client.close()

    def _track(
        self,
        exchange: int,
        work: Coroutine[Any, Any, None],
        failed: Callable[[int, str], got.DeviceEvent],
    ) -> None:
        """Run it under this number. However it ends, the core hears of it: nothing is under way for ever.

        failed: makes the event of one that ended without a word: by an error that nobody foresaw, or cancelled by
        somebody else than the core.
        """
        task = self._start(work)
        self._tasks[exchange] = task

        def ended(task: asyncio.Task[None]) -> None:
            if self._tasks.pop(exchange, None) is None:
                return  # given up
            error = None if task.cancelled() else task.exception()
            if task.cancelled() or error is not None:
                self._put(failed(exchange, f"closed: it ended without an answer: {error or 'cancelled'}"))

        task.add_done_callback(ended)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_report)
        return task

    async def _exchange(self, action: do.Exchange) -> None:
        client = self._client
        if client is None:
            self._put(got.ExchangeFailed(action.exchange, NOWHERE))
            return
        try:
            answer = await client.call(action.call)
        except LinkError as error:
            self._put(got.ExchangeFailed(action.exchange, str(error)))
        else:
            self._put(got.Answered(action.exchange, answer))

    async def _transfer(self, exchange: int, digest: str, download: do.DownloadBlob | None) -> None:
        client = self._client
        incoming = self._contents.incoming
        if client is None:
            files = self._files if download is None or download.opens is None else incoming
            kept = files.partial_size(digest) if download is not None else 0
            self._put(got.BlobFailed(exchange, NOWHERE, kept))
        elif download is None:
            await transfers.upload(client, self._brought_from(digest), exchange, digest, self._put)
        elif download.opens is None:
            await transfers.download(client, self._files, download, self._put)
        elif not download.opens.is_body and self._files.has(download.opens.digest):
            incoming.drop_partial(digest)
            self._put(got.BlobDone(exchange))
        else:
            opened = partial(self._contents.open, download.opens)
            put = partial(self._told, download.opens)
            await transfers.download(client, incoming, download, put, opened)

    def _told(self, blob: StoredBlob, event: transfers.BlobEvent) -> None:
        """A body that has expired is no reason to wait for it."""
        if isinstance(event, got.BlobFailed) and event.reason.startswith("expired"):
            self._contents.gone(blob)
        self._put(event)

    def _brought_from(self, digest: str) -> BlobFiles:
        """Where that lies which the relay is to get: what is sealed has a place of its own."""
        outgoing = self._contents.outgoing
        return outgoing if outgoing.has(digest) else self._files

    async def _upload_in_parts(self, action: do.AskUpload | do.UploadPart) -> None:
        client = self._client
        if client is None:
            self._put(got.BlobFailed(action.exchange, NOWHERE))
        elif isinstance(action, do.AskUpload):
            await transfers.ask_upload(client, action.exchange, action.digest, self._put)
        else:
            await transfers.upload_part(client, self._brought_from(action.digest), action, self._put)

    async def _open(self, stream_id: int) -> None:
        client = self._client
        if client is None:
            self._put(got.StreamDown(stream_id, NOWHERE))
            return
        loop = asyncio.get_running_loop()
        told_at = loop.time()

        def on_frame(frame: Frame) -> None:
            nonlocal told_at
            told_at = loop.time()
            self._put(got.FrameGot(stream_id, frame))

        def on_bytes() -> None:
            nonlocal told_at
            if loop.time() - told_at >= self._moved_every_s:
                told_at = loop.time()
                self._put(got.StreamMoved(stream_id))

        def on_pong(number: int) -> None:
            self._put(got.Ponged(stream_id, number))

        def on_down(error: LinkError) -> None:
            if self._stream_id == stream_id:
                self._stream = None
                self._put(got.StreamDown(stream_id, str(error)))

        try:
            self._stream = await client.live(on_frame, on_bytes, on_pong, on_down)
        except LinkError as error:
            self._put(got.StreamDown(stream_id, str(error)))
            return
        self._put(got.StreamUp(stream_id))

    def _close_stream(self, stream_id: int) -> None:
        if stream_id != self._stream_id:
            return
        self._stream_id = 0
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._stream is not None:
            self._stream.drop()
            self._stream = None


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("a link of the device failed in a way nobody foresaw", exc_info=task.exception())
