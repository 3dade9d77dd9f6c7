"""What is judged of the requests of clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Retry
from syncproof.workloads.tasks.records import TaskBatch, TaskRequest

#: Attempts that a request must have come to before its pauses can be said to grow.
GROWN = 4
#: By how much a timer may be early.
EARLY_NS = 2_000_000


def request_time(history: History, *, device: str | None = None, least_ms: int, most_ms: int) -> Verdict:
    """The last request that a client had answered took so long, from its first attempt on.

    least_ms, most_ms: the bounds, which belong to it.
    """
    done = [line for line in history.of(TaskRequest) if line.done and device in (None, line.device)]
    if not done:
        return nothing_to_judge("request_time", "no request was answered")
    last = done[-1]
    first = next(
        line for line in history.of(TaskRequest) if (line.device, line.key) == (last.device, last.key)
    )
    took = (last.began_ns - first.began_ns) / 1e6 + last.elapsed_ms
    faults = []
    if took < least_ms:
        faults.append(
            f"a request of {last.device} took {took:.0f} ms, and should have taken at least {least_ms} ms"
        )
    if took > most_ms:
        faults.append(
            f"a request of {last.device} took {took:.0f} ms, and should have taken at most {most_ms} ms"
        )
    return judge("request_time", faults, [last.key], f"it took {took:.0f} ms")


def attempts(history: History, *, device: str, least: int) -> Verdict:
    """The last request that a client had answered was sent so many times at least, always under its key."""
    done = [line for line in history.of(TaskRequest, device) if line.done]
    if not done:
        return nothing_to_judge("attempts", "no request was answered")
    last = done[-1]
    sent = [line for line in history.of(TaskRequest, device) if line.key == last.key]
    seen = f"a request of {device} was answered at attempt {last.attempt}"
    faults = [f"{seen}, and should have needed {least}"] if len(sent) < least else []
    return judge("attempts", faults, [last.key], seen)


def conflicts_told(
    history: History, *, device: str, number: int, strategy: str, asked_ns: int, within_ns: int
) -> Verdict:
    """A client was told of so many conflicts by its last batch, each resolved by the strategy, by the deadline."""
    asked = [note.fields["batch"] for note in history.notes("task_batch_asked") if note.device == device]
    if not asked:
        return nothing_to_judge("conflicts_told", f"{device} sent no batch")
    deadline = due(history, asked_ns, within_ns)
    answers = [
        line for line in history.of(TaskBatch, device) if line.batch == asked[-1] and line.t_ns <= deadline
    ]
    if not answers:
        expected = f"expected the answer to {device}'s batch {within(within_ns)}"
        return Verdict("conflicts_told", "fail", expected)
    last = answers[0]
    told = ", ".join(
        f'"{each.id}" (version {each.local_version} against {each.server_version}, {each.strategy})'
        for each in last.conflicts
    )
    wrong = len(last.conflicts) != number or any(each.strategy != strategy for each in last.conflicts)
    expected = f"{last.device} should have been told of {count(number, 'conflict')} resolved {strategy}"
    faults = [f"{expected}, and was told of {told or 'none'}"] if wrong else []
    return judge("conflicts_told", faults, [last.batch], f"{last.device} was told of {told or 'none'}")


def slowed_down(history: History, *, device: str | None = None) -> Verdict:
    """Whoever asks too often is told 429 and when to come again, comes no sooner, and is admitted then."""
    lines = [line for line in history.of(TaskRequest) if device in (None, line.device)]
    if not lines:
        return nothing_to_judge("slowed_down", "no request was made")
    refused = [line for line in lines if line.status == 429]
    if not refused:
        return Verdict("slowed_down", "fail", "no request was answered 429")
    faults: list[str] = []
    for line, following in _followed(lines):
        if line.status != 429:
            continue
        until = line.began_ns + (line.elapsed_ms + line.retry_after_ms) * 1e6
        if not line.retry_after_ms:
            faults.append(f"{line.device} was answered 429 and not told when to come again")
        elif following is None:
            faults.append(f"{line.device} did not come again after 429")
        elif following.began_ns < until - 1e6:
            faults.append(
                f"{line.device} came again {(until - following.began_ns) / 1e6:.0f} ms before its time"
            )
        elif following.status == 429:
            faults.append(f"{line.device} was answered 429 again at the time that the server had told it")
    return judge("slowed_down", faults, (), f"{count(len(refused), 'request')} came again in time")


def request_backoff(
    history: History, *, device: str | None = None, base_ms: int, max_ms: int, jitter_percent: int
) -> Verdict:
    """Requests that fail are sent again after pauses that double up to a limit, and never sooner.

    base_ms, max_ms: the first pause and the limit. jitter_percent: by which part chance moves a pause.
    """
    scheduled = [line for line in history.of(Retry) if line.what == "push" and device in (None, line.device)]
    if max((line.attempt for line in scheduled), default=0) < GROWN:
        return nothing_to_judge("request_backoff", f"no request was sent again {GROWN} times")
    faults: list[str] = []
    for line, failed, following in _put_off(history):
        if line.what != "push" or device not in (None, line.device):
            continue
        usual = min(max_ms, base_ms * 2.0 ** min(line.attempt - 1, 40))
        least, most = usual * (1 - jitter_percent / 100) - 1, usual * (1 + jitter_percent / 100) + 1
        asked_for = failed is not None and failed.retry_after_ms >= line.delay_ms - 1
        if line.delay_ms < least or (line.delay_ms > most and not asked_for):
            faults.append(
                f"{line.device} put attempt {line.attempt + 1} off by {line.delay_ms:.0f} ms, and it should have been "
                f"{least:.0f} to {most:.0f} ms"
            )
        if following is not None and following.began_ns < line.due_ns - EARLY_NS:
            faults.append(
                f"{line.device} sent attempt {following.attempt} {(line.due_ns - following.began_ns) / 1e6:.0f} ms "
                "before it was due"
            )
    return judge(
        "request_backoff", faults, (), f"{count(len(scheduled), 'pause')}, each as long as it should be"
    )


def _followed(lines: Iterable[TaskRequest]) -> Iterator[tuple[TaskRequest, TaskRequest | None]]:
    """Each request with its next attempt, where it was sent again under its key."""
    sent: dict[tuple[str, str], list[TaskRequest]] = {}
    for line in lines:
        sent.setdefault((line.device, line.key), []).append(line)
    for same in sent.values():
        for line, after in zip_longest(same, same[1:]):
            yield line, after if after is not None and after.attempt == line.attempt + 1 else None


def _put_off(history: History) -> Iterator[tuple[Retry, TaskRequest | None, TaskRequest | None]]:
    """Each retry, the request whose failure scheduled it, and the next attempt of that request.

    A retry does not say its key: it comes behind the line of the attempt that failed.
    """
    next_attempt = {id(line): after for line, after in _followed(history.of(TaskRequest))}
    latest: dict[tuple[str, int], TaskRequest] = {}
    for line in history.lines:
        if isinstance(line, TaskRequest):
            latest[line.device, line.attempt] = line
        elif isinstance(line, Retry):
            failed = latest.get((line.device, line.attempt))
            yield line, failed, next_attempt[id(failed)] if failed is not None else None


LIVENESS = {
    "request_time": request_time,
    "attempts": attempts,
    "conflicts_told": conflicts_told,
    "slowed_down": slowed_down,
    "request_backoff": request_backoff,
}
