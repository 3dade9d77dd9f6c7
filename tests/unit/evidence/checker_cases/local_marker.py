from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, lines, restarted, told, unknown
from tests.unit.evidence.histories import Story, change, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Marker


def _every(step: int) -> Story:
    """Six messages come one by one; the local marker is kept with each `step`th."""
    story = Story()
    for number in range(1, 7):
        story.send("Alice")
        story.deliver("Bob")
        if number % step == 0:
            story.mark("Bob")
    return story


def _in_one_commit(found: list[Line]) -> list[Line]:
    """Bob's deliveries 1 to 3 and 4 to 6 were committed together."""
    first = {entry.n: entry.t_ns for entry in found if isinstance(entry, Deliver)}
    for n, as_one in ((2, 1), (3, 1), (5, 4), (6, 4)):
        found = change(found, lambda line, n=n: isinstance(line, Deliver) and line.n == n, t_ns=first[as_one])  # type: ignore[misc]
    return found


def _read_again(found: list[Line]) -> list[Line]:
    """Bob's moves were only readings of a marker that stood still."""
    moves = [line for line in found if isinstance(line, Marker)]
    for move in moves:
        found = change(found, lambda line, move=move: line is move, old=move.new)  # type: ignore[misc]
    return found


def _late_beside_a_restart() -> Story:
    story = _every(3)
    story.deliver("Alice")
    story.restart("Alice")
    return story


CASES = (
    unknown("empty", empty, "nothing was delivered"),
    unknown("nothing delivered", told(lambda s: s.send("Alice"))),
    good("with every message", lambda: _every(1), "6 moves, one with every commit", device="Bob"),
    bad(
        "with every third",
        lambda: _every(3),
        "not kept with 4 deliveries of 6: Alice #1, #2, #4",
        device="Bob",
    ),
    good("with every third, which are a commit each", lines(_in_one_commit, lambda: _every(3)), device="Bob"),
    bad(
        "never in the end", lambda: _every(4), "#5, #6", witness=("a1", "a2", "a3", "a5", "a6"), device="Bob"
    ),
    bad("never", told(lambda s: s.send("Alice"), lambda s: s.deliver("Bob"))),
    bad("read, not moved", lines(_read_again, lambda: _every(1)), device="Bob"),
    good("both", exchange),
    bad(
        "only the remote one",
        told(lambda s: s.send("Alice"), lambda s: s.deliver("Bob"), lambda s: s.mark("Bob", "remote")),
    ),
    unknown("the other one", lambda: _every(3), device="Alice"),
    unknown("restarted", restarted(), "restarted"),
    bad("late beside one that was restarted", _late_beside_a_restart, "Bob's local marker was not kept with"),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if device not in (None, name) or", "if"),
    ("if log.incarnation > 1:", "if False:"),
    ('m.scope == "local" and', ""),
    ("and m.old != m.new", ""),
    ("if covering is None or covering > last:", "if covering is None:"),
    ("if covering is None or covering > last:", "if covering is not None and covering > last:"),
    ("stamps[k + 1] != stamps[k]", "True"),
    ("while covering is not None and covering < n:", "while covering is not None and covering <= n:"),
    ("if not (moved or faults or unknown):", "if False:"),
    (", unknown)", ")"),
)
