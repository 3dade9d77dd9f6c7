"""One direction of one connection: from the socket it reads, through the toxics, to the socket it writes."""

from __future__ import annotations

import os
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from socket import SHUT_WR, socket
from typing import TYPE_CHECKING, Final

from .alarms import Alarm, Alarms
from .pipes import CAN_SPLICE, PIPE_SIZE, Pipe, PipePool
from .toxics import NEVER, Chain, Mark, Toxic
from .toxics.machine import READ_SIZE

if TYPE_CHECKING:
    from .connection import Connection

_COPY_SIZE: Final = 256 * 1024
_BURST: Final = 8
"""Reads in a row before other connections get their turn."""


class Plumbing:
    """What all links of a server share, so that a link at rest costs next to nothing."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self.pipes = PipePool()
        self.alarms = Alarms(loop)
        self.scratch = memoryview(bytearray(_COPY_SIZE))

    def close(self) -> None:
        """Give back what the kernel holds for it."""
        self.pipes.close()
        self.alarms.close()


class Link:
    """Moves bytes inside the kernel while it has no toxics, and through a `Chain` while it has."""

    __slots__ = (
        "_bulk",
        "_chain",
        "_connection",
        "_ended",
        "_pending",
        "_pipe",
        "_pipe_bytes",
        "_plumbing",
        "_reading",
        "_seed",
        "_source",
        "_target",
        "_timer",
        "_writing",
        "finished",
        "received",
        "sent",
    )

    def __init__(
        self,
        connection: Connection,
        plumbing: Plumbing,
        source: socket,
        target: socket,
        seed: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._plumbing = plumbing
        self._source = source
        self._target = target
        self._seed = seed
        self._chain: Chain | None = None
        self._pipe: Pipe | None = None
        self._pipe_bytes = 0
        self._pending = b""
        self._ended: Mark | None = None
        self._bulk = False
        """Whether so much came the last time that the kernel had better move it by itself."""
        self._reading = False
        self._writing = False
        self._timer: Alarm | None = None
        self.finished = False
        """Nothing more can pass: its end (EOF or close) has reached the target."""
        self.received = 0
        self.sent = 0

    def begin(self, toxics: list[Toxic]) -> None:
        """Start to read, with the toxics that are there at this moment."""
        for toxic in toxics:
            self._own_chain().add(toxic, time.monotonic_ns())
        self._carry_on()

    def add(self, toxic: Toxic) -> None:
        """Put a toxic at the end of the chain."""
        if not self.finished:
            self._own_chain().add(toxic, time.monotonic_ns())
            self._carry_on()

    def update(self, toxic: Toxic) -> None:
        """A toxic has changed."""
        if not self.finished and self._chain is not None:
            self._chain.update(toxic, time.monotonic_ns())
            self._carry_on()

    def remove(self, toxic: Toxic) -> None:
        """Take a toxic out."""
        if not self.finished and self._chain is not None:
            self._chain.remove(toxic, time.monotonic_ns())
            self._carry_on()

    def held(self) -> int:
        """Bytes that were read and have not been written."""
        return self._pipe_bytes + len(self._pending) + (0 if self._chain is None else self._chain.held())

    def busy(self) -> bool:
        """Whether bytes or an end are on their way."""
        return self._ended is not None or self.held() > 0

    def applied(self) -> dict[str, bool]:
        """By toxic: whether it applies to this link."""
        return {} if self._chain is None else self._chain.applied()

    def end(self, mark: Mark) -> None:
        """The source has ended (EOF) or is gone (CLOSE): say so to the target, after what is on its way."""
        if self.finished or (self._ended is not None and mark is Mark.EOF):
            return
        self._ended = mark
        self._ignore_source()
        if self._chain is not None:
            self._chain.feed(time.monotonic_ns(), mark)
        self._carry_on()

    def detach(self) -> None:
        """Let go of sockets, timer and pipe; the sockets are about to be closed."""
        self.finished = True
        self._ignore_source()
        self._ignore_target()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pipe is not None:
            self._plumbing.pipes.give_back(self._pipe, empty=False)
            self._pipe, self._pipe_bytes = None, 0
        self._pending = b""
        self._chain = None

    # Reading

    def _readable(self) -> None:
        if self._chain is not None:
            self._read_chunk(self._chain)
        elif self._bulk:
            self._splice()
        else:
            self._copy()

    def _read_chunk(self, chain: Chain) -> None:
        try:
            chunk = self._source.recv(READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.end(Mark.CLOSE)
            return
        if not chunk:
            self.end(Mark.EOF)
            return
        self.received += len(chunk)
        chain.feed(time.monotonic_ns(), chunk)
        self._pump()

    def _splice(self) -> None:
        source = self._source.fileno()
        for _ in range(_BURST):
            try:
                pipe = self._plumbing.pipes.borrow()
            except OSError:
                self._copy()  # no descriptors left for pipes: slower, but it goes on
                return
            try:
                count = os.splice(source, pipe[1], PIPE_SIZE, flags=os.SPLICE_F_NONBLOCK | os.SPLICE_F_MOVE)
            except (BlockingIOError, InterruptedError):
                self._plumbing.pipes.give_back(pipe, empty=True)
                return
            except OSError:
                self._plumbing.pipes.give_back(pipe, empty=True)
                self.end(Mark.CLOSE)
                return
            if count == 0:
                self._plumbing.pipes.give_back(pipe, empty=True)
                self.end(Mark.EOF)
                return
            self.received += count
            self._pipe, self._pipe_bytes = pipe, count
            if count < READ_SIZE:
                self._bulk = False
            if not self._drain_pipe() or not self._bulk:
                return

    def _drain_pipe(self) -> bool:
        """Write what the pipe holds; False if the target takes no more now, or never again."""
        pipe = self._pipe
        if pipe is None:
            return True
        target = self._target.fileno()
        try:
            while self._pipe_bytes:
                count = os.splice(
                    pipe[0], target, self._pipe_bytes, flags=os.SPLICE_F_NONBLOCK | os.SPLICE_F_MOVE
                )
                self._pipe_bytes -= count
                self.sent += count
        except (BlockingIOError, InterruptedError):
            self._ignore_source()
            self._watch_target()
            return False
        except OSError:
            self._connection.target_lost(self)
            return False
        self._pipe = None
        self._plumbing.pipes.give_back(pipe, empty=True)
        return True

    def _copy(self) -> None:
        """Through one buffer that all links share: quicker than a pipe for the little that most exchanges are."""
        scratch = self._plumbing.scratch
        try:
            count = self._source.recv_into(scratch)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.end(Mark.CLOSE)
            return
        if count == 0:
            self.end(Mark.EOF)
            return
        self.received += count
        self._bulk = CAN_SPLICE and count >= READ_SIZE
        self._send(scratch[:count])

    # Writing

    def _send(self, data: bytes | memoryview) -> bool:
        """Write; False if the target takes no more now (the rest is kept), or never again."""
        try:
            count = self._target.send(data)
        except (BlockingIOError, InterruptedError):
            count = 0
        except OSError:
            self._connection.target_lost(self)
            return False
        self.sent += count
        if count == len(data):
            return True
        self._pending = bytes(data[count:])
        self._ignore_source()
        self._watch_target()
        return False

    def _writable(self) -> None:
        if not self._drain_pipe():
            return
        if self._pending:
            rest, self._pending = self._pending, b""
            if not self._send(rest):
                return
        self._ignore_target()
        self._carry_on()

    def _carry_on(self) -> None:
        """After any change: pass what is due, pass the end when nothing is ahead of it, read on."""
        if self._chain is not None:
            self._pump()
        elif self._writing:
            return
        elif self._ended is not None:
            self._pass_end(self._ended)
        elif not self.finished:
            self._watch_source()

    def _pump(self) -> None:
        """Write all that is due at the end of the chain, then see to what must happen next, and when."""
        chain = self._chain
        if chain is None or self.finished:
            return
        if self._writing:
            return
        now = time.monotonic_ns()
        while (item := chain.pop(now)) is not None:
            if isinstance(item, Mark):
                self._pass_end(item)
                return
            if not self._send(item):
                return
        if chain.transparent:
            self._chain = None
            self._carry_on()
            return
        self._set_timer(chain.next_due(now))
        if self._ended is None and chain.accepts():
            self._watch_source()
        else:
            self._ignore_source()

    def _pass_end(self, mark: Mark) -> None:
        if mark is Mark.EOF and not self._connection.resets:
            self.finished = True
            self._ignore_source()
            try:
                self._target.shutdown(SHUT_WR)
            except OSError:
                self._connection.target_lost(self)
                return
            self._connection.link_finished()
        else:
            self._connection.target_lost(self)

    def _own_chain(self) -> Chain:
        """The chain of this link, made when its first toxic comes."""
        if self._chain is None:
            self._chain = Chain(self._seed())
            if self._pipe is not None:
                # What is in the pipe is ahead of everything that the toxics will see.
                self._pending = os.read(self._pipe[0], self._pipe_bytes)
                self._plumbing.pipes.give_back(self._pipe, empty=True)
                self._pipe, self._pipe_bytes = None, 0
            if self._ended is not None:
                self._chain.feed(time.monotonic_ns(), self._ended)
        return self._chain

    # Waiting

    def _set_timer(self, due: int) -> None:
        if self._timer is not None:
            if self._timer.due <= due < NEVER and not self._timer.cancelled:
                return  # It fires early and is then set again: cheaper than a new timer for each chunk.
            self._timer.cancel()
            self._timer = None
        if due < NEVER:
            self._timer = self._plumbing.alarms.set(due, self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        self._pump()

    def _watch_source(self) -> None:
        if not self._reading:
            self._reading = True
            self._plumbing.loop.add_reader(self._source.fileno(), self._readable)

    def _ignore_source(self) -> None:
        if self._reading:
            self._reading = False
            self._plumbing.loop.remove_reader(self._source.fileno())

    def _watch_target(self) -> None:
        if not self._writing:
            self._writing = True
            self._plumbing.loop.add_writer(self._target.fileno(), self._writable)

    def _ignore_target(self) -> None:
        if self._writing:
            self._writing = False
            self._plumbing.loop.remove_writer(self._target.fileno())
