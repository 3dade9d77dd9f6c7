from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Fault, Retry

Act = Callable[[Story], None]


def _edge(edge: str, kind: str = "full_disk", target: str = "Bob") -> Act:
    return lambda story: _add(story, edge, kind, target)


def _add(story: Story, edge: str, kind: str, target: str) -> None:
    story.add(Fault, fault_id=f"{kind} of {target}", kind=kind, edge=edge, target=(target,))


def _retries(what: str = "commit", device: str = "Bob") -> Act:
    return lambda story: _retry(story, what, device)


def _retry(story: Story, what: str, device: str) -> None:
    story.add(Retry, device=device, source=device, what=what, attempt=1, delay_ms=1.0, due_ns=story.now)


FULL, ROOM = _edge("start"), _edge("end")

CASES = (
    unknown("empty", empty, "no device had a full disk"),
    unknown("another fault", told(_edge("start", "cut"), _edge("end", "cut"))),
    unknown("the relay's", told(_edge("start", target="relay"), _edge("end", target="relay"))),
    good("told", told(FULL, _retries(), ROOM), "1 full disk, each told"),
    good("told, and never ended", told(FULL, _retries())),
    bad("nothing said", told(FULL, ROOM), "Bob said nothing of a commit"),
    bad("said before", told(_retries(), FULL, ROOM)),
    bad("said afterwards", told(FULL, ROOM, _retries())),
    bad("something else was tried again", told(FULL, _retries("connect"), ROOM)),
    bad("somebody else said it", told(FULL, _retries(device="Alice"), ROOM)),
    bad("one of two", told(FULL, _edge("start", target="Alice"), _retries()), "Alice said nothing"),
    good("the other one is judged", told(FULL, _edge("start", target="Alice"), _retries()), device="Bob"),
    unknown("nobody's disk", exchange),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not full:", "if False:"),
    ('if edges[0].kind == "full_disk"', ""),
    ("if name in history.devices and", "if"),
    ("and device in (None, name)", ""),
    ("retry.what == COMMIT and", ""),
    ("since <= retry.t_ns <= until", "retry.t_ns <= until"),
    ("since <= retry.t_ns <= until", "since <= retry.t_ns"),
    ("history.of(Retry, name)", "history.of(Retry)"),
)
