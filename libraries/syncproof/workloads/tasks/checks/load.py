"""What is judged of clients that ask for much at once, or for long."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from statistics import median

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.order import Order
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.tasks.records import TaskRequest, TaskWatched

_MB = 1e6
#: Measurements without which nobody can say what memory does.
_FEW = 8


def requests_took(history: History, *, device: str, number: int, at_once: int, most_ms: int) -> Verdict:
    """So many requests of a client were done within a time, so many of them under way at once.

    at_once: how many were under way together at one moment at least. most_ms: from when the first began to when the
    last was answered. A request that was sent again counts once, and one that was refused does not.
    """
    lines = history.of(TaskRequest, device)
    done = {line.key for line in lines if line.done and line.status < 400}
    if not done:
        return nothing_to_judge("requests_took", f"no request of {device} was done")
    ends = [line.began_ns + line.elapsed_ms * 1e6 for line in lines]
    took_ms = (max(ends) - min(line.began_ns for line in lines)) / 1e6
    edges = sorted([*((line.began_ns, 1) for line in lines), *((end, -1) for end in ends)])
    most = max(accumulate(step for _, step in edges))
    seen = f"{count(len(done), 'request')} of {device} were done in {took_ms / 1000:.1f} s, {most} at once"
    faults = []
    if len(done) < number:
        faults.append(f"{seen}; expected {number}")
    if took_ms > most_ms:
        faults.append(f"{seen}; expected at most {most_ms / 1000:g} s")
    if most < at_once:
        faults.append(f"{seen}; expected {at_once} at once")
    return judge("requests_took", faults, (), seen)


def few_connections(history: History, *, device: str, most: int, at_once: int) -> Verdict:
    """A client's requests went over few connections, which were used again and again.

    most: connections that its link may have seen from the beginning to the end, by the count of the proxy. at_once:
    requests that must have been wanted at once, without which few connections show nothing.
    """
    counted = history.notes("connections", device)
    if not counted or counted[-1].fields["count"] is None:
        return nothing_to_judge("few_connections", "this Toxiproxy does not count connections")
    shown = requests_took(history, device=device, number=most, at_once=at_once, most_ms=1 << 40)
    if shown.result != "pass":
        return Verdict("few_connections", "unknown", f"inconclusive: {shown.message}")
    seen = int(str(counted[-1].fields["count"]))
    told = f"{device} opened {count(seen, 'connection')}"
    faults = [f"{told}; expected at most {most}"] if seen > most else []
    return judge("few_connections", faults, (), f"{told}: {shown.message}")


def all_watchers_told(
    history: History, *, device: str, number: int, asked_ns: int, within_ns: int, order: Order = "total"
) -> Verdict:
    """Each of a client's further connections was told of every change once, in the client's order, by the deadline.

    number: of these connections. order: what the system promises; where that is `none`, each connection may be told in
    an order of its own. What the client itself was told is judged elsewhere for being in the server's order.
    """
    wanted = [op_id for op_id in history.operations if op_id not in history.refusals]
    if not wanted:
        return nothing_to_judge("all_watchers_told", "nobody asked for a change")
    deadline = due(history, asked_ns, within_ns)
    told: defaultdict[int, list[str]] = defaultdict(list)
    for line in history.of(TaskWatched, device):
        if line.t_ns <= deadline:
            told[line.watcher] += line.op_ids
    expected = (
        f"expected {count(number, 'connection')} of {device} to be told of {count(len(wanted), 'change')}"
    )
    faults: list[str] = []
    missing: list[str] = []
    lacking = [watcher for watcher in range(1, number + 1) if not set(wanted) <= set(told[watcher])]
    if lacking:
        first = set(wanted) - set(told[lacking[0]])
        missing = [op_id for op_id in wanted if op_id in first]
        faults.append(
            f"{expected} {within(within_ns)}; {count(len(lacking), 'connection')} was not, the first of them number "
            f"{lacking[0]}, which lacks {len(first)}"
        )
    twice = [watcher for watcher, op_ids in told.items() if len(set(op_ids)) < len(op_ids)]
    if twice:
        faults.append(f"{count(len(twice), 'connection')} of {device} was told of a change twice")
    own = {op_id: place for place, op_id in enumerate(history.delivered(device))}
    places = ([own[each] for each in op_ids if each in own] for op_ids in told.values())
    askew = [found for found in places if found != sorted(found)]
    if askew and order != "none":
        faults.append(
            f"{count(len(askew), 'connection')} of {device} was told in another order than {device} itself"
        )
    unknown = [] if own.keys() >= set(wanted) else [f"{device} itself was not told of every change"]
    seen = f"{count(number, 'connection')} of {device} were told of {count(len(wanted), 'change')}"
    return judge("all_watchers_told", faults, missing, seen, unknown)


def flat_load(history: History, *, growth_bytes: int, least: int, device: str | None = None) -> Verdict:
    """Under a load that lasts, requests do not begin to fail, and the server's memory does not grow meanwhile.

    growth_bytes: by which the memory of its last quarter may be above that of its second (medians; the first warms up).
    least: requests that there must have been, so that a leak shows. device: of this client alone.
    """
    lines = [line for line in history.of(TaskRequest) if device in (None, line.device)]
    if len(lines) < least:
        return nothing_to_judge("flat_load", f"there were {count(len(lines), 'request')}, less than {least}")
    notes = [note for note in history.notes("server_memory") if note.t_ns <= lines[-1].t_ns]
    measured = [int(str(note.fields["bytes"])) for note in notes]
    if len(measured) < _FEW:
        return nothing_to_judge("flat_load", f"memory was measured {count(len(measured), 'time')}")
    faults: list[str] = []
    for place in range(4):
        part = lines[place * len(lines) // 4 : (place + 1) * len(lines) // 4]
        failed = [line for line in part if not line.done or line.status >= 400]
        if failed:
            faults.append(
                f"{count(len(failed), 'request')} of {len(part)} in quarter {place + 1} failed, the first with "
                f"{failed[0].status or 'no answer'}"
            )
    size = len(measured) // 4
    before, after = median(measured[size : 2 * size]), median(measured[-size:])
    seen = f"the server's memory went from {before / _MB:.1f} MB to {after / _MB:.1f} MB"
    if after - before > growth_bytes:
        faults.append(f"{seen}; it may grow by {growth_bytes / _MB:g} MB")
    return judge("flat_load", faults, (), f"{count(len(lines), 'request')}, none failed; {seen}")


LIVENESS = {
    "requests_took": requests_took,
    "few_connections": few_connections,
    "all_watchers_told": all_watchers_told,
    "flat_load": flat_load,
}
