"""Starts real processes for a run, and guarantees that none of them outlives it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from syncproof.processes.connection import Connection
from syncproof.processes.errors import LauncherGone, NotReady, ProcessError
from syncproof.processes.machine import require_loopback
from syncproof.processes.messages import Close, Closed, Failed, Ready, Setup, Spawn, Wrap
from syncproof.processes.process import Process
from syncproof.processes.warm import MODULES

_SERVER = "syncproof.processes.server"
_READY_S = 20.0
_CLOSE_S = 3.0
_SLACK_S = 30.0
_EXIT_S = 5.0
_LOG_LINES = 12
_FULL_BYTES = 65536
_STDERR = 2


class Launcher:
    """One per run (per `robot` process). Not for several threads; use as a context manager or call `close`.

    The launcher is a process of its own in a session of its own: Ctrl-C in the terminal reaches `robot` and
    not it, so that teardowns still have something to tear down.
    """

    def __init__(
        self,
        server: subprocess.Popen[bytes],
        connection: Connection,
        life: int,
        directory: Path,
        slack_s: float = 0.0,
    ) -> None:
        self._server = server
        self._connection = connection
        self._life: int | None = life
        self._directory = directory
        #: Seconds that this machine needs on top of what a program may take to be ready.
        self.slack_s = slack_s
        self._logs: dict[str, int] = {}

    @classmethod
    def start(cls, directory: Path, *, warm: Sequence[str] = MODULES, slack_s: float = 0.0) -> Self:
        """Start the launcher's process. It warms up while the run goes on; the first spawn waits for it.

        directory: where the logs of all processes go (made if absent). warm: modules that it imports before
        its first fork. slack_s: what this machine needs on top of each `ready_within_s`. Raises ProcessError off
        Linux, without a loopback interface, and off the main thread: the kernel ties the launcher to the thread that
        starts it, and any other thread may end before the run does.
        """
        if sys.platform != "linux":
            raise ProcessError(f"Processes are tied to the run by the Linux kernel; this is {sys.platform}.")
        if threading.current_thread() is not threading.main_thread():
            raise ProcessError(
                "Robot Framework runs in a thread here, and what a run starts would end with that thread. Call "
                "robot.run in the main thread, or start robot as a process of its own."
            )
        require_loopback()
        directory.mkdir(parents=True, exist_ok=True)
        _fill_standard_streams()
        ours, theirs = socket.socketpair()
        life_reading, life_writing = os.pipe()
        handed = (theirs.fileno(), life_reading)
        try:
            with (directory / "launcher.log").open("ab") as log:
                server = subprocess.Popen(
                    [sys.executable, "-P", "-m", _SERVER, *map(str, handed), str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=handed,
                    start_new_session=True,
                )
        finally:
            theirs.close()
            os.close(life_reading)
        connection = Connection(ours, lambda: _obituary(server, directory))
        connection.send(Setup([path or os.getcwd() for path in sys.path], list(warm)))
        return cls(server, connection, life_writing, directory.absolute(), slack_s)

    @property
    def pid(self) -> int:
        """Of the launcher's own process."""
        return self._server.pid

    def spawn(
        self,
        name: str,
        entry: str,
        config: Mapping[str, object],
        *,
        defects: Sequence[str] = (),
        enter: Sequence[str] = (),
        ready_within_s: float = _READY_S,
    ) -> Process:
        """Start a program of ours and wait until it says that it is ready.

        name: for logs and `ps`. entry: `module:function` of a `run(config, ready)`. config: JSON values.
        defects: applied in the new process before the program starts. enter: namespaces that it enters before,
        like `/proc/123/ns/net`, in this order. ready_within_s: seconds, else it is killed. Raises NotReady
        with the last lines of its log, LauncherGone.
        """
        key = self._connection.new_id()
        log = self._new_log(name)
        within_s = ready_within_s + self.slack_s
        request = Spawn(key, name, str(log), entry, dict(config), list(defects), within_s, list(enter))
        return self._started(request, log)

    def wrap(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        directory: Path | None = None,
        ready_within_s: float = _READY_S,
    ) -> Process:
        """Run a foreign program under the same guarantees; returns once it was exec'ed (`ready` is empty).

        argv: program and arguments. env: its whole environment (default: the run's). directory: its working
        folder. Raises NotReady if it cannot be executed, LauncherGone. Whether it serves yet, only its own
        interface can say.
        """
        key = self._connection.new_id()
        log = self._new_log(name)
        environment = dict(os.environ if env is None else env)
        folder = str(Path.cwd() if directory is None else directory)
        within_s = ready_within_s + self.slack_s
        return self._started(Wrap(key, name, str(log), list(argv), environment, folder, within_s), log)

    def close(self, within_s: float = _CLOSE_S) -> list[str]:
        """End every process (SIGTERM, after within_s SIGKILL) and the launcher. A second call does nothing.

        Returns the names of those that SIGTERM did not end.
        """
        if self._life is None:
            return []
        killed: list[str] = []
        try:
            request = Close(self._connection.new_id(), within_s)
            answer = self._connection.ask(request, within_s + _SLACK_S)
            if isinstance(answer, Closed):
                killed = answer.killed
        except LauncherGone:
            pass  # then all that it had started has ended too, which is what was asked for
        finally:
            os.close(self._life)
            self._life = None
            self._connection.close()
            self._server.wait(_SLACK_S)
        return killed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_log(self, name: str) -> Path:
        """Bob.log, then Bob-2.log for the second process of that name."""
        stem = re.sub(r"[^\w.-]+", "_", name).lstrip(".") or "process"
        number = self._logs[stem] = self._logs.get(stem, 0) + 1
        return self._directory / (f"{stem}.log" if number == 1 else f"{stem}-{number}.log")

    def _started(self, request: Spawn | Wrap, log: Path) -> Process:
        answer = self._connection.ask(request, request.within_s + _SLACK_S)
        if isinstance(answer, Failed):
            raise NotReady(self._why(request.name, answer, log), answer.exit_status)
        if not isinstance(answer, Ready):
            raise ProcessError(f"The launcher answered a start with {answer!r}")
        return Process(self._connection, request.id, request.name, answer.pid, answer.values, log)

    def _why(self, name: str, answer: Failed, log: Path) -> str:
        status = "" if answer.exit_status is None else f" (exit status {answer.exit_status})"
        return f"'{name}' {answer.reason}{status}.{_last_lines(log)}"


def _fill_standard_streams() -> None:
    """Put /dev/null where a daemon closed descriptors 0 to 2.

    What is handed down would get these numbers else, and a child has its standard streams there.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _obituary(server: subprocess.Popen[bytes], directory: Path) -> str:
    try:
        # Its line closes a moment before its end can be seen.
        ended = server.wait(_EXIT_S)
        if (
            ended == -signal.SIGTERM
        ):  # as pabot does on Ctrl-C: first what a robot has started, then the robot
            return "The run was interrupted: somebody told all that it had started to end (SIGTERM)."
        status = f"exit status {ended}"
    except subprocess.TimeoutExpired:
        status = "it closed its line, but still runs"
    log = _last_lines(directory / "launcher.log")
    return f"The launcher (pid {server.pid}) has ended ({status}), and all with it.{log}"


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    if not lines:
        disk = os.statvfs(log.parent)
        full = disk.f_bavail * disk.f_frsize < _FULL_BYTES or (disk.f_files > 0 and disk.f_favail == 0)
        return f" It has logged nothing ({log})." + (" There is no space left on that disk." if full else "")
    return "\n".join([" The last lines of its log:", *(f"    {line}" for line in lines[-_LOG_LINES:])])
