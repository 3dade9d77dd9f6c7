"""Retries of missing attachments come with growing pauses, and what has failed for too long is let go (plan L-5.1).

Two sources. What the device schedules: the delay before attempt k of a series doubles from base to max, within
its jitter, and no series goes on for much longer than the time to live. What the server's own request log
shows: no attachment is asked for again before the retry that was scheduled for it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syncproof.evidence.checkers.verdict import Verdict, count, nothing_to_judge, requests_unread
from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Request, Retry

#: How far beyond its time to live a series may be seen to go on, as stamps on a busy machine are off.
BEYOND = 1.5

_MS = 1e6
_BLOBS = "/blobs/"
_ROUNDING = 0.01
#: Before this part of its time to live a thing is surely not let go.
_SURELY = 0.9


def check(
    history: History,
    *,
    attempts: int,
    base_ns: int,
    max_ns: int,
    jitter_percent: int,
    ttl_ns: int,
    device: str,
) -> Verdict:
    """attempts: that a series must have reached before its pauses can be said to grow. ttl_ns: when a thing is let go.

    base_ns, max_ns, jitter_percent: the device's backoff. device: whose retries.
    """
    if why := requests_unread(history):
        return Verdict("retry_backoff", "unknown", f"inconclusive: {why}")
    scheduled = [r for r in history.of(Retry, device) if r.what == "download"]
    if max((retry.attempt for retry in scheduled), default=0) < attempts:
        return nothing_to_judge("retry_backoff", f"{device} retried no download {attempts} times")
    wrong = (
        _wrong_delay(scheduled, base_ns, max_ns, jitter_percent / 100)
        or _went_on(scheduled, ttl_ns)
        or _asked_early(scheduled, _asked(history, device), ttl_ns)
    )
    if wrong:
        return Verdict("retry_backoff", "fail", f"{device} {wrong}")
    longest = max(scheduled, key=lambda retry: retry.attempt)
    return Verdict(
        "retry_backoff",
        "pass",
        f"{count(len(scheduled), 'retry', 'retries')}, up to attempt {longest.attempt} after "
        f"{longest.delay_ms:.0f} ms",
    )


def _wrong_delay(scheduled: Sequence[Retry], base_ns: int, max_ns: int, jitter: float) -> str:
    for retry in scheduled:
        nominal = min(max_ns, base_ns * 2.0 ** min(retry.attempt - 1, 40)) / _MS
        least, most = nominal * (1 - jitter), nominal * (1 + jitter)
        if not least * (1 - _ROUNDING) <= retry.delay_ms <= most * (1 + _ROUNDING):
            return (
                f"scheduled retry {retry.attempt} of a download in {retry.delay_ms:.0f} ms; expected "
                f"{least:.0f} to {most:.0f} ms"
            )
    return ""


def _went_on(scheduled: Sequence[Retry], ttl_ns: int) -> str:
    for series in series_of(scheduled).values():
        for one in series:
            lasted = one[-1].t_ns - one[0].t_ns
            if lasted > ttl_ns * BEYOND:
                return (
                    f"went on with a download for {lasted / _MS:.0f} ms, up to attempt {one[-1].attempt}; it has to "
                    f"let go after {ttl_ns / _MS:.0f} ms"
                )
    return ""


def series_of(scheduled: Iterable[Retry]) -> dict[str, list[list[Retry]]]:
    """Retries by what they are about, each in its series: a series begins with attempt 1."""
    found: dict[str, list[list[Retry]]] = {}
    for retry in scheduled:
        series = found.setdefault(retry.about, [])
        if retry.attempt == 1 or not series:
            series.append([])
        series[-1].append(retry)
    return found


def _asked(history: History, device: str) -> dict[str, list[int]]:
    """When a device began to fetch each attachment, by the server's word and by its own."""
    asked: dict[str, list[int]] = {}
    for request in history.of(Request, device):
        if request.method == "GET" and request.path.startswith(_BLOBS):
            asked.setdefault(request.path.removeprefix(_BLOBS), []).append(request.t_ns)
    for step in history.of(Blob, device):
        if step.state == "downloading":
            asked.setdefault(step.digest, []).append(step.t_ns)
    return asked


def _asked_early(scheduled: Sequence[Retry], asked: Mapping[str, Sequence[int]], ttl_ns: int) -> str:
    for about, series in series_of(scheduled).items():
        stamps = iter(sorted(asked.get(about, ())))
        stamp = next(stamps, None)
        for one in series:
            for retry in one:
                while stamp is not None and stamp <= retry.t_ns:
                    stamp = next(stamps, None)
                # What was let go meanwhile may be looked for at any time.
                if stamp is not None and stamp < min(retry.due_ns, one[0].t_ns + ttl_ns * _SURELY):
                    return (
                        f"asked the server for {_BLOBS}{about} {(retry.due_ns - stamp) / _MS:.0f} ms before retry "
                        f"{retry.attempt} of it was due"
                    )
    return ""


LIVENESS = {"retry_backoff": check}
