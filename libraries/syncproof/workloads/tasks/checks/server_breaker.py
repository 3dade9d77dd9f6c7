"""What is judged of the circuit breaker in front of a server, by the answers that clients had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.tasks.records import TaskRequest

#: What an open breaker answers.
_REFUSED = 503


@dataclass
class _Breaker:
    """A breaker as it ought to be, told of one answer after the other.

    reset_ns: how long its pause is. most_ns: after which it must let a request through. since, until: it opened between
    then and then (ns). requests: all of them, also those without an answer.
    """

    failures: int
    reset_ns: int
    most_ns: int
    requests: Sequence[TaskRequest]
    state: str = "closed"
    failed: int = 0
    good: int = 0
    since: int = 0
    until: int = 0
    opened: int = 0
    closed: int = 0
    faults: list[str] = field(default_factory=list)

    def answered(self, line: TaskRequest) -> None:
        """The next answer."""
        ended = _ended(line)
        if line.status == _REFUSED and not line.retry_after_ms:
            self.faults.append(f"{line.device} was refused and not told when to come again")
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
        elif line.began_ns > self.until + self.most_ns and not self._tried_meanwhile(line):
            late_ms = (line.began_ns - self.until - self.reset_ns) / 1e6
            self.faults.append(
                f"a request of {line.device} was refused {late_ms:.0f} ms after the breaker's pause was over"
            )

    def _tried_meanwhile(self, refused: TaskRequest) -> bool:
        """Whether another request may have been under way as a trial."""
        return any(
            line.status != _REFUSED and line.began_ns < _ended(refused) and _ended(line) > refused.began_ns
            for line in self.requests
        )

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
            self.since, self.until = line.began_ns, _ended(line)

    def _succeeded(self) -> None:
        self.failed = 0
        if self.state == "half_open":
            self.good += 1
            if self.good >= max(1, self.failures // 2):
                self.state, self.closed = "closed", self.closed + 1


def server_breaker(
    history: History, *, failures: int, reset_ms: int, slack_ms: int, device: str | None = None
) -> Verdict:
    """The server's circuit breaker opened after so many failures, refused, tried again, and closed.

    A failure is an answer of 5xx. Behind the last of so many in a row every request is answered 503, with the time to
    come again, until its pause is over; the first one after that is let through. One trial that fails opens it again,
    and half as many good ones as failures that open it close it. It must have opened and closed once at least.

    failures, reset_ms: as the server is set. slack_ms: by which its pause may last longer. device: judge the answers of
    this client alone.
    """
    requests = history.of(TaskRequest)
    lines = [line for line in requests if line.status and device in (None, line.device)]
    if not lines:
        return nothing_to_judge("server_breaker", "no request was answered")
    if not any(line.status >= 500 for line in lines):
        return nothing_to_judge("server_breaker", "no request failed")
    breaker = _Breaker(failures, reset_ms * 1_000_000, (reset_ms + slack_ms) * 1_000_000, requests)
    for line in sorted(lines, key=_ended):
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


def _ended(line: TaskRequest) -> int:
    return line.began_ns + round(line.elapsed_ms * 1e6)


LIVENESS = {"server_breaker": server_breaker}
