"""When the server takes no request: a client asks too often, or requests keep failing."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

#: Clients whose windows are kept; of more, those that asked longest ago are forgotten.
_CLIENTS = 10_000


class RateLimit:
    """So many requests of one client within a window that begins with its first one. Times in seconds.

    most: 0 for no limit.
    """

    def __init__(self, most: int, window_s: float) -> None:
        self._most, self._window_s = most, window_s
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Count a request. Answers 0 where it is admitted, else the seconds until the client may ask again."""
        if not self._most:
            return 0.0
        began, count = self._windows.get(client, (now, 0))
        if now - began >= self._window_s:
            began, count = now, 0
        if count >= self._most:
            return began + self._window_s - now
        self._windows[client] = began, count + 1
        self._windows.move_to_end(client)
        if len(self._windows) > _CLIENTS:
            self._windows.popitem(last=False)
        return 0.0


class Breaker:
    """Closed: requests pass. Open: none does, until the reset time is over. Half-open: some trials pass.

    failures: in a row, which open it. trials: half of that, at least one; when as many have succeeded it is closed, and
    the first that fails opens it again. Times in seconds.
    """

    def __init__(self, failures: int, reset_s: float) -> None:
        self._most, self._reset_s = failures, reset_s
        self._trials = max(1, failures // 2)
        self.state: Literal["closed", "open", "half_open"] = "closed"
        self._failures, self._begun, self._good, self._until = 0, 0, 0, 0.0

    def admits(self, now: float) -> bool:
        """Whether a request may begin now; one that may has begun."""
        if self.state == "open" and now >= self._until:
            self.state, self._begun, self._good = "half_open", 0, 0
        if self.state == "half_open":
            if self._begun >= self._trials:
                return False
            self._begun += 1
        return self.state != "open"

    def ended(self, status: int, now: float) -> None:
        """A request that had begun has ended with this status; 5xx is a failure."""
        if status >= 500:
            self._failures += 1
            if self.state == "half_open" or (self.state == "closed" and self._failures >= self._most):
                self.state, self._until = "open", now + self._reset_s
            return
        self._failures = 0
        if self.state == "half_open":
            self._good += 1
            if self._good >= self._trials:
                self.state = "closed"

    def retry_after_s(self, now: float) -> float:
        """How long a refused client should wait."""
        return max(0.0, self._until - now) if self.state == "open" else self._reset_s / 2
