from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import (
    Case,
    Mutant,
    bad,
    empty,
    exchange_of,
    good,
    told,
    unknown,
    wait,
)
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Catchup, Marker, Note

BY: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
SECOND: dict[str, Any] = {**BY, "count": 2}


def _come(count: int = 1, author: str = "Alice") -> Any:
    def act(story: Story) -> None:
        for _ in range(count):
            story.send(author)
        story.deliver("Bob")

    return act


def _mark(scope: str = "local") -> Any:
    return lambda story: story.mark("Bob", scope)


def _both(story: Story) -> None:
    story.mark("Bob")
    story.mark("Bob", "remote")


def _anew(story: Story) -> None:
    story.install_anew("Bob")


REACHES = (
    unknown("empty", empty, "no marker of Bob moved", **SECOND),
    unknown("no marker", told(_come(2)), **SECOND),
    good("both", told(_come(2), _both), "Bob's marker reached message 2", **SECOND),
    good("further", told(_come(3), _both), **SECOND),
    bad("not far enough", told(_come(1), _both), "it stands at 1 here and at 1 on the relay", **SECOND),
    bad("here only", told(_come(2), _mark()), "it stands at 2 here and at 0 on the relay", **SECOND),
    bad("on the relay only", told(_come(2), _mark("remote")), "at 0 here and at 2 on the relay", **SECOND),
    bad("its own do not count", told(_come(1), _come(1, "Bob"), _both), **SECOND),
    bad("too late", told(_come(2), _mark(), wait(101), _mark("remote")), **SECOND),
    bad("before it lost all its data", told(_come(2), _both, _anew, lambda s: s.deliver("Bob")), **SECOND),
    good("once more after it lost all its data",
         told(_come(2), _both, _anew, lambda s: s.deliver("Bob"), _both), **SECOND),
)  # fmt: skip


def _back(story: Story) -> None:
    story.add(Note, device="Bob", what="came_back")


def _wakes(story: Story) -> None:
    story.add(Note, device="Bob", source="Bob", what="wake")


def _step(state: str, seq: int, incarnation: int = 1) -> Any:
    return lambda story: story.add(
        Catchup, device="Bob", source="Bob", source_seq=seq, incarnation=incarnation, group="g", state=state
    )


def _moves(seq: int, source: str = "Bob", incarnation: int = 1, scope: Any = "local") -> Any:
    return lambda story: story.add(
        Marker, device="Bob", source=source, source_seq=seq, incarnation=incarnation, group="g", scope=scope,
        old="1", new="2", n=2,
    )  # fmt: skip


BEFORE = (
    unknown("empty", empty, "Bob has not come back", **BY),
    good(
        "in order", told(_back, _wakes, _step("page", 1), _moves(2)), "caught up, then its marker moved", **BY
    ),
    good("an end without a page", told(_back, _wakes, _step("ended", 1), _moves(2)), **BY),
    bad(
        "not yet a page",
        told(_back, _wakes, _step("started", 1), _moves(2)),
        "from 1 to 2 (local) before",
        **BY,
    ),
    bad("behind it", told(_back, _wakes, _moves(1), _step("page", 2)), **BY),
    bad("behind it by its numbers", told(_back, _wakes, _step("page", 2), _moves(1)), **BY),
    good("before it by its numbers", told(_back, _wakes, _moves(2), _step("page", 1)), **BY),
    good("a later process", told(_back, _wakes, _moves(1, incarnation=2), _step("page", 5)), **BY),
    bad("no wake", told(_back, _step("page", 1), _moves(2)), "it reported no wake", **BY),
    bad("woke before", told(_wakes, _back, _step("page", 1), _moves(2)), "it reported no wake", **BY),
    bad(
        "no move", told(_back, _wakes, _step("page", 1)), "marker to move after it woke up, within 0.1", **BY
    ),
    bad(
        "only read by the harness",
        told(_back, _wakes, _step("page", 1), _moves(0, "harness")),
        "marker to move",
        **BY,
    ),
    bad("caught up before", told(_step("page", 1), _back, _wakes, _moves(2)), **BY),
    bad("too late", told(_back, _wakes, _step("page", 1), wait(101), _moves(2)), **BY),
)


def _stands(place: int, device: str = "Bob") -> Any:
    return lambda story: story.add(Note, device=device, what="server_marker", fields={"place": place})


SERVER = (
    unknown("empty", empty, "the relay was not asked", **SECOND),
    good("there", told(_come(2), _stands(2)), "the relay knows Bob's marker at message 2", **SECOND),
    bad("before", told(_come(2), _stands(1)), "by its own word it stands at message 1", **SECOND),
    bad("behind", told(_come(3), _stands(3)), "it stands at message 3", **SECOND),
    bad("not delivered", told(_come(1), _stands(2)), "at message 1", **SECOND),
    good("its own do not count", told(_come(1, "Bob"), _come(2), _stands(3)), **SECOND),
    bad("gone again", told(_come(2), _stands(2), _stands(1)), **SECOND),
    good("gone behind the deadline", told(_come(2), _stands(2), wait(101), _stands(1)), **SECOND),
    bad("too late", told(_come(2), _stands(0), wait(101), _stands(2)), **SECOND),
    unknown("another one", told(_come(2), _stands(2, "Alice")), **SECOND),
)


def _asked(answer: str, device: str = "Bob") -> Any:
    fields = {"op_id": "a1", "answer": answer}
    return lambda story: story.add(Note, device=device, what="marked_too_early", fields=fields)


WHO: dict[str, Any] = {"device": "Bob"}
REFUSED = (
    unknown("empty", empty, "Bob was not asked", **WHO),
    unknown("nothing of the kind", exchange_of(2), **WHO),
    good("refused", told(_asked("refused: 400 x")), "Bob refused it", **WHO),
    bad("taken", told(_asked("taken")), "expected Bob to refuse", witness=("a1",), **WHO),
    bad("one taken", told(_asked("taken"), _asked("refused: 404 x")), **WHO),
    unknown("another one", told(_asked("taken", "Alice")), **WHO),
)
CASES: dict[str, tuple[Case, ...]] = {
    "marker_reaches": REACHES,
    "catch_up_before_marker": BEFORE,
    "server_marker": SERVER,
    "mark_refused": REFUSED,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "marker_reaches": (
        ("if move.t_ns <= deadline and", "if"),
        ("and installation(move.incarnation) == now:", ":"),
        ("if entry.author != device)\n    faults", ")\n    faults"),
        ("if min(at.values()) < count:", "if max(at.values()) < count:"),
    ),
    "catch_up_before_marker": (
        ("line.source == device\n        and ", ""),
        ("and since <= line.t_ns <= deadline  #", "and since <= line.t_ns  #"),
        ("and since <= line.t_ns <= deadline  #", "and line.t_ns <= deadline  #"),
        ("(line.incarnation, line.source_seq)", "line.t_ns"),
        ("(line.incarnation, line.source_seq)", "line.source_seq"),
        ('("page", "ended")', '("page",)'),
        ("note.t_ns >= since for", "True for"),
        ("elif not took_page:", "elif False:"),
        ("if first is None:", "if False:"),
    ),
    "server_marker": (
        ("if note.t_ns <= deadline]", "]"),
        ("if stands != count else []", "if stands < count else []"),
        ("if stands != count else []", "if stands > count else []"),
        ("told[-1])\n    expected", "told[0])\n    expected"),
        ("if entry.author != device and", "if"),
        ("entry.server_order <= place", "True"),
    ),
    "mark_refused": (
        ('if note.fields["answer"] == "taken")', ")"),
        ("faults if taken else []", "[]"),
        ('history.notes("marked_too_early", device)', 'history.notes("marked_too_early")'),
    ),
}
