"""A freshly forked process, from the fork to the program's first line."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn

import msgspec

from syncproof.processes import lifeline, namespaces
from syncproof.processes.messages import Spawn, Wrap

_STANDARD = frozenset((0, 1, 2))


@dataclass(frozen=True)
class Job:
    """What a forked process has to become.

    launcher: its parent's pid. ready, watch: its ends of two pipes.
    """

    request: Spawn | Wrap
    launcher: int
    ready: int
    watch: int


class Report(msgspec.Struct, frozen=True):
    """The one line that a child writes to its launcher: it is ready, or why it could not even start."""

    values: dict[str, object] | None = None
    error: str | None = None


def settle(job: Job) -> None:
    """Bind this process to the launcher's life and hold nothing that is not its own.

    Called right after the fork. Own process group: what a foreign program starts ends with it.
    """
    lifeline.die_with_parent(job.launcher)
    lifeline.die_with_pipe(job.watch)
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _close_all_but(_STANDARD | {job.ready, job.watch})
    _redirect(job.request.log)
    lifeline.set_name(job.request.name)
    gc.enable()


def become(job: Job) -> NoReturn:
    """Run what was asked for until it ends, and end with it.

    Ends without taking the interpreter apart, which costs tens of milliseconds for all that was warmed.
    """
    if isinstance(job.request, Wrap):
        _exec(job, job.request)
    status = 1
    try:
        status = _run(job, job.request)
    except SystemExit as end:
        status = _status(end)
    except BaseException as error:  # noqa: BLE001 - it ends this process, with its traceback in the log
        traceback.print_exception(error.with_traceback(_below_this_package(error.__traceback__)))
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _status(end: SystemExit) -> int:
    """What `sys.exit` makes of its argument."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _below_this_package(trace: TracebackType | None) -> TracebackType | None:
    """The frames of the program: how the launcher came to it tells its reader nothing."""
    own = os.path.dirname(__file__)
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == own:
        trace = trace.tb_next
    return trace


def _close_all_but(kept: frozenset[int]) -> None:
    """Another process's pipe held open here would keep that process alive, or its reader waiting."""
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:
        if number not in kept:
            try:
                os.close(number)
            except OSError:
                continue  # the descriptor of the listing itself


def _redirect(log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _tell(ready: int, report: Report) -> None:
    os.write(ready, msgspec.json.encode(report) + b"\n")
    os.close(ready)


def _exec(job: Job, request: Wrap) -> NoReturn:
    # The pipe has to survive exec: its signal goes with the open file. `ready` closes then, and so tells.
    os.set_inheritable(job.watch, True)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.chdir(request.directory)
        os.execvpe(request.argv[0], request.argv, request.env)
    except OSError as error:
        _tell(job.ready, Report(error=f"cannot run {request.argv[0]}: {error.strerror}"))
        os._exit(127)


def _run(job: Job, request: Spawn) -> int:
    told = False

    def ready(values: Mapping[str, object]) -> None:
        nonlocal told
        if told:
            raise RuntimeError(f"{request.entry} said twice that it is ready")
        told = True
        _tell(job.ready, Report(values=dict(values)))

    namespaces.enter(request.enter)
    # The kernel forgets whose end is ours when a process gets other rights.
    lifeline.die_with_parent(job.launcher)
    if request.defects:
        importlib.import_module("syncproof_defects").apply(request.defects)
    run = _load(request.entry)
    run(request.config, ready)
    return 0


def _load(entry: str) -> Callable[[Mapping[str, object], Callable[[Mapping[str, object]], None]], None]:
    module, _, name = entry.partition(":")
    function = getattr(importlib.import_module(module), name, None)
    if not callable(function):
        raise TypeError(
            f"entry '{entry}' must name a function, like 'syncproof_products.bundled.relay.main:run'"
        )
    return function  # type: ignore[no-any-return]
