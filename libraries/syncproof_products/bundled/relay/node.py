"""Drives the relay core: gives it events one at a time and executes what it asks for."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from syncproof_products.bundled.core.relay.actions import (
    Answered,
    CloseStream,
    Commit,
    LookUp,
    ReadPage,
    RelayAction,
    SendFrame,
    Wake,
)
from syncproof_products.bundled.core.relay.events import (
    CallReceived,
    CommitFailed,
    Committed,
    ExportWanted,
    FramesSent,
    LookedUp,
    PageRead,
    ReadFailed,
    RelayEvent,
    Subscribed,
    Tick,
    Unsubscribed,
)
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.wire import Answer, Call, Frame
from syncproof_products.bundled.relay.database import connect, find_operations, is_referenced, read_page
from syncproof_products.bundled.relay.writer import Done, Job, Writer
from syncproof_products.bundled.wire_json import WireError


class FrameSink(Protocol):
    """Where the frames of one live stream go."""

    def put(self, frame: Frame) -> None:
        """Queue a frame."""

    def close(self, reason: str) -> None:
        """End the stream."""


class Node:
    """The core, its storage and its clock, on one event loop.

    clock: seconds that never go back. fatal: called if the core itself fails, which must be the end.
    """

    def __init__(
        self,
        core: Relay,
        database: Path,
        writing: sqlite3.Connection,
        *,
        clock: Callable[[], float],
        rng: random.Random,
        group_commit: int,
        fatal: Callable[[Exception], None],
    ) -> None:
        self._core = core
        self._clock = clock
        self._rng = rng
        self._fatal = fatal
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[RelayEvent] = deque()
        self._busy = False
        self._last_id = 0
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._sinks: dict[int, FrameSink] = {}
        self._waits: dict[Job, asyncio.Future[str | None]] = {}
        self._wake: asyncio.TimerHandle | None = None
        self._looking_up = connect(database)
        self._paging = connect(database)
        self._pager = ThreadPoolExecutor(1, "relay-reader")
        self._writer = Writer(writing, group_commit, self._written)
        self.storage_error: str | None = None

    def metrics(self) -> dict[str, int]:
        """The core's counters and the storage's."""
        return {
            **self._core.metrics(),
            "fsyncs": self._writer.transactions,
            "bytes_stored": self._writer.bytes_stored,
        }

    async def call(self, device: str, call: Call) -> Answer:
        """The relay's answer to a device."""
        return await self._ask(lambda request_id: CallReceived(request_id, device, call))

    async def export(self, room: str, after: int, limit: int) -> Answer:
        """A page of any room, for the operator."""
        return await self._ask(lambda request_id: ExportWanted(request_id, room, after, limit))

    def subscribe(self, device: str, sink: FrameSink) -> int:
        """Open a live stream into that sink; answers its id."""
        self._last_id += 1
        self._sinks[self._last_id] = sink
        self._dispatch(Subscribed(self._last_id, device))
        return self._last_id

    def unsubscribe(self, stream_id: int) -> None:
        """A live stream has ended."""
        self._sinks.pop(stream_id, None)
        self._dispatch(Unsubscribed(stream_id))

    def frames_sent(self, stream_id: int, count: int) -> None:
        """The link took the oldest frames of a stream."""
        self._dispatch(FramesSent(stream_id, count))

    async def store(self, job: Job) -> str | None:
        """Have the writer store what is not the core's; why it failed, or None once it is durable."""
        done: asyncio.Future[str | None] = self._loop.create_future()
        self._waits[job] = done
        self._writer.submit(job)
        return await done

    def is_referenced(self, digest: str) -> bool:
        """Whether any event refers to a blob. Raises sqlite3.Error."""
        return is_referenced(self._looking_up, digest)

    async def stop(self) -> None:
        """Make durable what was handed over, then let go of the storage."""
        if self._wake is not None:
            self._wake.cancel()
        await asyncio.to_thread(self._writer.stop)
        await asyncio.to_thread(self._pager.shutdown)
        self._looking_up.close()
        self._paging.close()

    async def _ask(self, event: Callable[[int], RelayEvent]) -> Answer:
        self._last_id += 1
        request_id = self._last_id
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[request_id] = answer
        self._dispatch(event(request_id))
        try:
            return await answer
        finally:
            self._answers.pop(request_id, None)

    def _dispatch(self, event: RelayEvent) -> None:
        self._inbox.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._inbox:
                for action in self._core.step(self._clock(), self._rng, self._inbox.popleft()):
                    self._execute(action)
        except Exception as error:  # noqa: BLE001 - a core that failed may not go on, whatever it was
            self._fatal(error)
        finally:
            self._busy = False

    def _execute(self, action: RelayAction) -> None:
        match action:
            case SendFrame():
                sink = self._sinks.get(action.stream_id)
                if sink is not None:
                    sink.put(action.frame)
            case Answered():
                answer = self._answers.get(action.request_id)
                if answer is not None and not answer.done():
                    answer.set_result(action.answer)
            case Commit():
                self._writer.submit(action)
            case LookUp():
                self._inbox.append(self._look_up(action))
            case ReadPage():
                reading = self._loop.run_in_executor(self._pager, self._read_page, action)
                reading.add_done_callback(lambda done: self._dispatch(done.result()))
            case CloseStream():
                sink = self._sinks.pop(action.stream_id, None)
                if sink is not None:
                    sink.close(action.reason)
            case Wake():
                if self._wake is not None:
                    self._wake.cancel()
                delay = max(0.0, action.at - self._clock())
                self._wake = self._loop.call_later(delay, self._dispatch, Tick())

    def _look_up(self, action: LookUp) -> LookedUp | ReadFailed:
        try:
            return LookedUp(
                action.request_id, find_operations(self._looking_up, action.author, action.op_ids)
            )
        except (sqlite3.Error, WireError) as error:
            return ReadFailed(action.request_id, str(error))

    def _read_page(self, action: ReadPage) -> PageRead | ReadFailed:
        try:
            page = read_page(
                self._paging, action.room, action.after, action.upto, action.limit, action.max_bytes
            )
        except (sqlite3.Error, WireError) as error:
            return ReadFailed(action.request_id, str(error))
        return PageRead(action.request_id, page)

    def _written(self, group: list[Done]) -> None:
        self._loop.call_soon_threadsafe(self._take_written, group)

    def _take_written(self, group: list[Done]) -> None:
        self.storage_error = group[-1].error
        for done in group:
            if isinstance(done.job, Commit):
                if done.error is None:
                    self._dispatch(Committed(done.job.batch_id))
                else:
                    self._dispatch(CommitFailed(done.job.batch_id, done.error))
                continue
            waiting = self._waits.pop(done.job, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(done.error)
