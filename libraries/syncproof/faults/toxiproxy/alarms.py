"""Timers for the data path: exact to some 50 microseconds, where those of an event loop round to milliseconds."""

from __future__ import annotations

import contextlib
import ctypes
import heapq
import itertools
import os
import struct
import sys
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

_ABSOLUTE: Final = 1
_FORGET_FROM: Final = 64


class Alarm:
    """One timer that was set."""

    __slots__ = ("_alarms", "_callback", "due")

    def __init__(self, alarms: Alarms, due: int, callback: Callable[[], None]) -> None:
        self._alarms = alarms
        self._callback: Callable[[], None] | None = callback
        self.due = due
        """When it goes off, in ns of CLOCK_MONOTONIC."""

    @property
    def cancelled(self) -> bool:
        """Whether it goes off no more."""
        return self._callback is None

    def cancel(self) -> None:
        """It is not to go off."""
        if self._callback is not None:
            self._callback = None
            self._alarms.count_cancelled()

    def go_off(self) -> None:
        """It is due."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class Alarms:
    """All timers of a server, behind one of the kernel (timerfd) that wakes its event loop."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[int, int, Alarm]] = []
        self._cancelled = 0
        self._numbers = itertools.count()
        self._armed = 0
        """What the kernel waits for; 0 for nothing."""
        self._fd: int | None = None
        if sys.platform == "linux":
            self._libc = ctypes.CDLL(None, use_errno=True)
            # TFD_NONBLOCK and TFD_CLOEXEC are those of open().
            self._fd = self._libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
            if self._fd < 0:
                raise OSError(ctypes.get_errno(), "timerfd_create failed")
            loop.add_reader(self._fd, self._woken)

    def set(self, due: int, callback: Callable[[], None]) -> Alarm:
        """Call `callback` once, at `due` or as soon as possible after it."""
        alarm = Alarm(self, due, callback)
        heapq.heappush(self._waiting, (due, next(self._numbers), alarm))
        self._arm()
        return alarm

    def count_cancelled(self) -> None:
        """An alarm of these was cancelled; they are forgotten when they are most of what waits."""
        self._cancelled += 1
        if self._cancelled > max(_FORGET_FROM, len(self._waiting) // 2):
            self._waiting = [entry for entry in self._waiting if not entry[2].cancelled]
            heapq.heapify(self._waiting)
            self._cancelled = 0

    def close(self) -> None:
        """None goes off any more."""
        self._waiting.clear()
        if self._fd is not None:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None

    def _arm(self) -> None:
        due = self._waiting[0][0]
        if self._armed and self._armed <= due:
            return
        self._armed = due
        if self._fd is None:
            self._loop.call_later(max(0, due - time.monotonic_ns()) / 1e9, self._woken)
        else:
            # struct itimerspec: interval, then the first expiry; an expiry of 0 would disarm it.
            moment = struct.pack("qqqq", 0, 0, *divmod(max(1, due), 1_000_000_000))
            self._libc.timerfd_settime(self._fd, _ABSOLUTE, moment, None)

    def _woken(self) -> None:
        if self._fd is not None:
            # It was set anew after it had woken the loop: then there is nothing to read.
            with contextlib.suppress(BlockingIOError):
                os.read(self._fd, 8)
        self._armed = 0
        now = time.monotonic_ns()
        try:
            while self._waiting and self._waiting[0][0] <= now:
                alarm = heapq.heappop(self._waiting)[2]
                self._cancelled -= alarm.cancelled
                alarm.go_off()
        finally:  # also those behind one that failed
            if self._waiting:
                self._arm()
