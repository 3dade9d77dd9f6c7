"""Everything came to rest: nothing pending anywhere, nothing delivered any more."""

from __future__ import annotations

from collections.abc import Mapping

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History


def check(history: History, *, quiet_ns: int, device: str | None = None) -> Verdict:
    """quiet_ns: for how long nothing should have been delivered before everybody was asked what is pending.

    Judged by the last time that they were asked. Half of that must have been quiet, because what was delivered shortly
    before may have come on record behind the question. Unknown if the harness never asked. Where it gave up waiting,
    the note says that nothing came to rest, whatever they answered at that moment.
    """
    del device
    asked = history.notes("pending")
    if not asked:
        return nothing_to_judge("rest", "nobody was asked what is pending")
    last = asked[-1]
    pending, silent = last.fields["asked"], last.fields["silent"]
    assert isinstance(pending, Mapping)
    assert isinstance(silent, (list, tuple))
    kinds = last.fields.get("left", {})
    assert isinstance(kinds, Mapping)
    busy = [
        f"{name} still has {count} things to do{_kinds(kinds.get(name, {}))}"
        for name, count in pending.items()
        if count
    ]
    if last.t_ns - quiet_ns / 2 < history.last_activity_ns <= last.t_ns:
        busy.append("messages are still being delivered")
    if not busy and last.fields.get("rested") is False:
        busy.append("something is still going on")
    faults = [f"expected everything to come to rest; {', '.join(busy)}"] if busy else []
    stopped = {
        name for edges in history.faults.values() if edges[-1].edge != "end" for name in edges[0].target
    }
    unknown = [
        f"nobody asked {name}, whose process runs, what is pending" for name in silent if name not in stopped
    ]
    return judge("rest", faults, (), "everything is at rest", unknown)


def _kinds(left: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{kind}: {number}' for kind, number in left.items())})" if left else ""
