"""Commands with a process group of their own, so that all that one has started ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: A command is asked so often for its output, and whether it has ended. Seconds.
_LOOK_S = 0.1


@dataclass
class _Running:
    name: str
    process: subprocess.Popen[bytes]
    until: float
    rest: bytes = b""

    def tell_lines(self) -> None:
        """Print the whole lines that have come, each with the command's name before it."""
        assert self.process.stdout is not None
        with contextlib.suppress(BlockingIOError):
            while came := os.read(self.process.stdout.fileno(), 65536):
                *lines, self.rest = (self.rest + came).split(b"\n")
                for line in lines:
                    self.tell(line.decode(errors="replace"))

    def tell(self, line: str) -> None:
        print(f"{self.name}: {line}", flush=True)


def side_by_side(
    commands: Mapping[str, Sequence[str]], processes: int, patience_s: float, grace_s: float
) -> dict[str, int]:
    """Run commands, each under a name, and print each line of theirs as it comes; their exit statuses by name.

    processes: how many run at a time. patience_s: seconds after which a command is ended with its group, which then has
    grace_s to tidy up; its status is 1.
    """
    waiting, statuses, running = deque(commands), dict[str, int](), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                name = waiting.popleft()
                running.append(_Running(name, _started(commands[name]), time.monotonic() + patience_s))
            time.sleep(_LOOK_S)
            for each in [*running]:
                status = each.process.poll()
                late = status is None and time.monotonic() > each.until
                if late:
                    end(each.process, grace_s)
                each.tell_lines()
                if late or status is not None:
                    running.remove(each)
                    statuses[each.name] = 1 if late else each.process.returncode
                    if each.rest:
                        each.tell(each.rest.decode(errors="replace"))
                    if late:
                        each.tell(f"FAILURE: it was ended, because it took longer than {patience_s:g} s")
    finally:
        with contextlib.ExitStack() as ending:
            for each in running:
                ending.callback(end, each.process, grace_s)
    return statuses


def end(command: subprocess.Popen[bytes], grace_s: float) -> None:
    """End a command that was started in a session of its own, and by force whoever of its group is left then.

    grace_s: seconds that its whole group has to tidy up, also where the command itself ends at once.
    """
    until = time.monotonic() + grace_s
    # Nobody of its group is left, or nobody whom one may end: apt-get by sudo, say.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(command.pid, signal.SIGTERM)
        while time.monotonic() < until:
            command.poll()  # a process that nobody has waited for still belongs to its group
            os.killpg(command.pid, 0)
            time.sleep(_LOOK_S)
        os.killpg(command.pid, signal.SIGKILL)
    command.wait()


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    return process
