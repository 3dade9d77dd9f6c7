"""The launcher's own process: one thread, one loop, no event loop library, so that forking from it is safe.

`python -m syncproof.processes.server CONTROL LIFELINE OWNER` is started by `Launcher.start` and by nothing
else. CONTROL is its end of the socket pair to the run, LIFELINE the reading end of a pipe whose other end
only the run has, OWNER the run's pid. It ends, and everything it started with it, when the run does,
however the run ends.
"""

from __future__ import annotations

import errno
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from syncproof.processes import lifeline
from syncproof.processes.child import Job, Report, become, settle
from syncproof.processes.messages import (
    Answer,
    Await,
    Close,
    Closed,
    Failed,
    Ready,
    Setup,
    Signal,
    Spawn,
    Status,
    Wrap,
    decode_request,
    encode,
)
from syncproof.processes.warm import warm


@dataclass
class Waiter:
    """A request that is answered when a process has ended, or at its deadline (on the monotonic clock)."""

    id: int
    deadline: float


@dataclass
class Child:
    """What the launcher holds of a process.

    watch: the end of its pipe that must stay open for it to live. ready: reading end of the pipe in which
    it says that it is ready. answered: the request that started it has its answer, which is due at the
    deadline at the latest.
    """

    request: Spawn | Wrap
    pid: int
    watch: int
    ready: int | None
    deadline: float
    said: bytearray = field(default_factory=bytearray)
    answered: bool = False
    exit_status: int | None = None
    waiters: list[Waiter] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Not yet reaped."""
        return self.exit_status is None


class Server:
    """Forks, reaps and answers."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._buffer = bytearray()
        self._children: dict[int, Child] = {}
        self._closing: Waiter | None = None
        self._killed: list[str] = []
        self._finished = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._read_control)
        self._wake_reading, self._wake_writing = os.pipe()
        os.set_blocking(self._wake_reading, False)
        os.set_blocking(self._wake_writing, False)
        self._selector.register(self._wake_reading, selectors.EVENT_READ, self._woken)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wake_writing, warn_on_full_buffer=False)

    def serve(self) -> Job | None:
        """Answer requests until closed (None).

        In a forked process: returns with the job that it has to do.
        """
        while not self._finished:
            for key, _ in self._selector.select(self._until_next_deadline()):
                handle: Callable[[], Job | None] = key.data
                job = handle()
                if job is not None:
                    return job
            self._reap()
            self._keep_deadlines()
        return None

    # -- requests --------------------------------------------------------------------------------------------

    def _read_control(self) -> Job | None:
        chunk = self._control.recv(65536)
        if not chunk:
            # The run is gone or has dropped its end: nobody is left to ask for anything.
            self._kill_all()
            self._finished = True
            return None
        self._buffer += chunk
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            job = self._handle(line)
            if job is not None:
                return job
        return None

    def _handle(self, line: bytes) -> Job | None:
        request = decode_request(line)
        match request:
            case Setup():
                sys.path[:] = request.path
                warm(request.warm)
                gc.freeze()
            case Spawn() | Wrap():
                return self._fork(request)
            case Signal():
                self._reap()
                child = self._children[request.key]
                if child.running:
                    self._signal(child, request.signal)
                self._answer(Status(request.id, child.exit_status))
            case Await():
                self._reap()
                child = self._children[request.key]
                if not child.running or request.within_s <= 0:
                    self._answer(Status(request.id, child.exit_status))
                else:
                    child.waiters.append(Waiter(request.id, time.monotonic() + request.within_s))
            case Close():
                self._closing = Waiter(request.id, time.monotonic() + request.within_s)
                for child in self._running():
                    self._signal(child, signal.SIGTERM)
                    self._signal(child, signal.SIGCONT)
        return None

    def _answer(self, answer: Answer) -> None:
        try:
            self._control.sendall(encode(answer))
        except BrokenPipeError:
            # The run went away while this was on its way; reading from it will say so next.
            return

    # -- processes -------------------------------------------------------------------------------------------

    def _fork(self, request: Spawn | Wrap) -> Job | None:
        ready_reading, ready_writing = os.pipe()
        watch_reading, watch_writing = os.pipe()
        launcher = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            for descriptor in (ready_reading, ready_writing, watch_reading, watch_writing):
                os.close(descriptor)
            self._answer(Failed(request.id, f"cannot start another process: {error.strerror}"))
            return None
        if pid == 0:
            return Job(request, launcher, ready_writing, watch_reading)
        os.close(ready_writing)
        os.close(watch_reading)
        deadline = time.monotonic() + request.within_s
        child = self._children[request.id] = Child(request, pid, watch_writing, ready_reading, deadline)
        os.set_blocking(ready_reading, False)
        self._selector.register(ready_reading, selectors.EVENT_READ, lambda: self._read_ready(child))
        return None

    def _read_ready(self, child: Child) -> None:
        if child.ready is None:
            return
        try:
            chunk = os.read(child.ready, 65536)
        except BlockingIOError:
            return
        child.said += chunk
        if chunk and not child.said.endswith(b"\n"):
            return
        self._forget_ready(child)
        if child.said:
            report = msgspec.json.decode(bytes(child.said), type=Report)
            self._answer_start(child, report)
        elif isinstance(child.request, Wrap):
            # Closed without a word: exec has happened.
            self._answer_start(child, Report(values={}))
        # Else it is ending before it was ready; the answer wants the exit status and so waits for that.

    def _answer_start(self, child: Child, report: Report) -> None:
        child.answered = True
        if report.error is not None:
            self._answer(Failed(child.request.id, report.error))
        else:
            self._answer(Ready(child.request.id, child.pid, report.values or {}))

    def _forget_ready(self, child: Child) -> None:
        if child.ready is not None:
            self._selector.unregister(child.ready)
            os.close(child.ready)
            child.ready = None

    def _woken(self) -> None:
        try:
            while os.read(self._wake_reading, 4096):
                pass
        except BlockingIOError:
            return

    def _reap(self) -> None:
        for child in self._running():
            ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                continue
            # While the zombie stands its pid is still its group's, so this can hit nobody else.
            self._kill_group(child)
            _, status = os.waitpid(child.pid, 0)
            child.exit_status = os.waitstatus_to_exitcode(status)
            os.close(child.watch)
            self._ended(child)

    def _ended(self, child: Child) -> None:
        self._read_ready(child)  # it may have spoken just before it ended
        self._forget_ready(child)
        if not child.answered:
            child.answered = True
            self._answer(Failed(child.request.id, "ended before it was ready", child.exit_status))
        for waiter in child.waiters:
            self._answer(Status(waiter.id, child.exit_status))
        child.waiters.clear()

    @staticmethod
    def _signal(child: Child, number: int) -> None:
        """To a foreign program with all that it has started: `npm start` is a parent that does nothing itself."""
        if (
            isinstance(child.request, Wrap) and child.answered
        ):  # its group is there since before it was executed
            os.killpg(child.pid, number)
        else:
            os.kill(child.pid, number)

    @staticmethod
    def _kill_group(child: Child) -> None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # it ended before it had made its group
        except OSError as error:
            if error.errno != errno.EPERM:
                raise

    def _running(self) -> list[Child]:
        return [child for child in self._children.values() if child.running]

    def _kill_all(self) -> None:
        for child in self._running():
            os.kill(child.pid, signal.SIGKILL)

    # -- deadlines -------------------------------------------------------------------------------------------

    def _until_next_deadline(self) -> float | None:
        due = [waiter.deadline for child in self._running() for waiter in child.waiters]
        due += [child.deadline for child in self._running() if not child.answered]
        if self._closing is not None:
            due.append(self._closing.deadline if self._running() else 0.0)
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _keep_deadlines(self) -> None:
        now = time.monotonic()
        for child in self._running():
            if not child.answered and child.deadline <= now:
                child.answered = True
                self._forget_ready(child)
                os.kill(child.pid, signal.SIGKILL)
                self._answer(Failed(child.request.id, f"was not ready within {child.request.within_s:g} s"))
            for waiter in [waiter for waiter in child.waiters if waiter.deadline <= now]:
                child.waiters.remove(waiter)
                self._answer(Status(waiter.id, None))
        self._keep_closing(now)

    def _keep_closing(self, now: float) -> None:
        if self._closing is None:
            return
        if not self._running():
            self._answer(Closed(self._closing.id, self._killed))
            self._finished = True
        elif self._closing.deadline <= now:
            self._killed = [child.request.name for child in self._running()]
            self._kill_all()
            self._closing = Waiter(self._closing.id, now + 60.0)

    def abandon(self) -> None:
        """In a forked process: let go of everything that is the launcher's."""
        self._selector.close()
        self._control.close()


def main(arguments: list[str]) -> None:
    """The launcher's process and, after a fork, each of its programs (which end in here)."""
    control, life, owner = (int(argument) for argument in arguments)
    lifeline.die_with_parent(owner)
    lifeline.die_with_pipe(life)
    lifeline.set_name("syncproof")
    gc.disable()
    server = Server(socket.socket(fileno=control))
    job = server.serve()
    if job is not None:
        server.abandon()
        settle(job)
        become(job)


if __name__ == "__main__":
    main(sys.argv[1:])
