"""What is judged of the circuit breaker in front of a server, by the answers that clients had."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.tasks.records import TaskRequest

#: What an open breaker answers.
_REFUSED = 503


@dataclass
class _Breaker:
    """A breaker as it ought to be, told of one answer after the other. since: it had opened then (ns), or later."""

    failures: int
    reset_ns: int
    state: str = "closed"
    failed: int = 0
    good: int = 0
    since: int = 0
    opened: int = 0
    closed: int = 0
    faults: list[str] = field(default_factory=list)

    def answered(self, line: TaskRequest) -> None:
        """The next answer."""
        ended = line.began_ns + round(line.elapsed_ms * 1e6)
        if self.state == "open" and line.status != _REFUSED and ended >= self.since + self.reset_ns:
            self.state, self.good = "half_open", 0
        if self.state == "open":
            self._while_open(line)
        elif line.status == _REFUSED:
            self._refused(line)
        elif line.status >= 500:
            self._failed(line)
        else:
            self._succeeded()

    def _while_open(self, line: TaskRequest) -> None:
        if line.status != _REFUSED:
            self.faults.append(
                f"a request of {line.device} was answered {line.status} while the breaker had to be open"
            )
        elif not line.retry_after_ms:
            self.faults.append(f"{line.device} was refused and not told when to come again")

    def _refused(self, line: TaskRequest) -> None:
        if self.state == "closed":  # half-open, as many as there are trials may be under way
            self.faults.append(
                f"a request of {line.device} was refused behind {count(self.failed, 'failure')} in a row, and it takes "
                f"{self.failures}"
            )

    def _failed(self, line: TaskRequest) -> None:
        self.failed += 1
        if self.state == "half_open" or self.failed >= self.failures:
            self.state, self.opened = "open", self.opened + 1
            self.since = line.began_ns

    def _succeeded(self) -> None:
        self.failed = 0
        if self.state == "half_open":
            self.good += 1
            if self.good >= max(1, self.failures // 2):
                self.state, self.closed = "closed", self.closed + 1


def server_breaker(history: History, *, failures: int, reset_ms: int, device: str | None = None) -> Verdict:
    """The server's circuit breaker opened after so many failures, refused, tried again, and closed.

    A failure is an answer of 5xx. Behind the last of so many in a row every request is answered 503, with the time to
    come again, until its pause is over; one trial that fails opens it again, and half as
    many good ones as failures that open it close it. It must have opened and closed once at least.

    failures, reset_ms: as the server is set. device: judge the answers of this client alone.
    """
    lines = [line for line in history.of(TaskRequest) if line.status and device in (None, line.device)]
    if not lines:
        return nothing_to_judge("server_breaker", "no request was answered")
    if not any(line.status >= 500 for line in lines):
        return nothing_to_judge("server_breaker", "no request failed")
    breaker = _Breaker(failures, reset_ms * 1_000_000)
    for line in sorted(lines, key=lambda line: line.began_ns + line.elapsed_ms * 1e6):
        breaker.answered(line)
    faults = breaker.faults
    if not breaker.opened:
        faults.append(
            f"the breaker had no reason to open: there were never {count(failures, 'failure')} in a row"
        )
    elif not breaker.closed:
        faults.append("the breaker opened and did not close again")
    told = f"it opened {count(breaker.opened, 'time')} and closed {count(breaker.closed, 'time')}"
    return judge("server_breaker", faults, [line.key for line in lines if line.status == _REFUSED], told)


LIVENESS = {"server_breaker": server_breaker}
