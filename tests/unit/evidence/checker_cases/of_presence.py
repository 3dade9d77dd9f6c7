from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Catchup, Held, Note

BY: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}


def _back(story: Story) -> None:
    story.add(Note, device="Bob", what="came_back")


def _step(state: str, got: int = 0, device: str = "Bob") -> Any:
    return lambda story: story.add(
        Catchup, device=device, source=device, group="g", state=state, after=0, got=got, head=9
    )


def _is(state: str, device: str = "Bob") -> Any:
    return lambda story: story.connection(device, state)


def _arrives(story: Story) -> None:
    story.send("Alice")
    story.deliver("Bob")


def _told(value: float, missing: int) -> Any:
    fields = {"value": value, "missing": missing}
    return lambda story: story.add(Note, device="Bob", what="catchup_batches", fields=fields)


def _held(op_id: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Held, device=device, source=device, group="g", op_id=op_id, version="1")


def _sends(story: Story) -> None:
    story.send("Alice")


PAGE, END = _step("page", 3), _step("ended")
CATCH_UP = (
    unknown("empty", empty, "Bob has not come back", **BY),
    good("a page and the end", told(_back, PAGE, END), "Bob caught up", **BY),
    bad(
        "nothing", told(_back), "within 0.1 seconds (with TIME_SCALE and slack) after it came back; its", **BY
    ),
    bad("an empty page", told(_back, _step("page"), END), "brought nothing", **BY),
    bad("no end", told(_back, PAGE), "did not end", **BY),
    bad("no page", told(_back, _step("started", 3), END), **BY),
    bad("before it came back", told(PAGE, END, _back), **BY),
    bad("the end before it came back", told(END, _back, PAGE), **BY),
    bad("too late", told(_back, PAGE, wait(101), END), **BY),
    bad("another device", told(_back, _step("page", 3, "Alice"), _step("ended", 0, "Alice")), **BY),
    good("twice away", told(_back, PAGE, END, _back, PAGE, END), **BY),
    bad("the second time not", told(_back, PAGE, END, _back), **BY),
    good(
        "live behind it",
        told(_is("live"), _back, _is("catching_up"), PAGE, END, _is("live")),
        "caught up",
        **BY,
    ),
    good("live after the first page", told(_back, _is("catching_up"), PAGE, _is("live"), PAGE, END), **BY),
    bad("live before it", told(_back, _is("live"), PAGE, END), "it said that it is live before its", **BY),
    good("another one live before it", told(_back, _is("live", "Alice"), PAGE, END), **BY),
)
PAGES = (
    unknown("empty", empty, "Bob has not come back", **BY),
    good("told meanwhile", told(_back, PAGE, _told(1, 5), _arrives, PAGE), "2 pages, 1 of them told", **BY),
    good("told in the end", told(_back, PAGE, _arrives, PAGE, _told(2, 0)), "2 pages, 2 of them told", **BY),
    bad("too few told in the end", told(_back, PAGE, _arrives, PAGE, _told(1, 0)), "was 1 in the end", **BY),
    bad("nothing told", told(_back, PAGE, _arrives, PAGE), "catchupBatches was 0 in the end", **BY),
    bad(
        "one page",
        told(_back, _told(1, 5), _arrives, PAGE),
        "1 pages are on record, and catchupBatches was 1",
        **BY,
    ),
    bad("an empty page", told(_back, PAGE, _told(1, 5), _arrives, _step("page")), **BY),
    bad("all at once", told(_back, PAGE, PAGE, _told(2, 5), _arrives), "while messages were missing", **BY),
    bad("nothing arrived", told(_back, PAGE, PAGE, _told(2, 5)), **BY),
    bad("arrived before", told(_arrives, _back, PAGE, PAGE, _told(2, 5)), **BY),
    bad("pages before", told(PAGE, _back, _arrives, PAGE, _told(1, 5)), **BY),
    bad("too late", told(_back, PAGE, _told(1, 5), _arrives, wait(100), PAGE), **BY),
    bad("told before", told(_back, _told(1, 5), _arrives, PAGE, PAGE), **{**BY, "asked_ns": 1010 * MS}),
    bad("another step", told(_back, PAGE, _told(1, 5), _arrives, _step("ended", 3)), **BY),
)
SECOND: dict[str, Any] = {**BY, "number": 2}
HELD_BACK = (
    unknown("empty", empty, "Bob has not come back", **SECOND),
    good("held", told(_back, _sends, _sends, _held("a2"), END), "Bob held message 2 back", **SECOND),
    unknown("over before", told(_back, _sends, _sends, END), "had ended before message 2", **SECOND),
    bad("neither", told(_back, _sends, _sends), "expected message 2 to reach Bob live within 0.1", **SECOND),
    bad("another one", told(_back, _sends, _sends, _held("a1")), **SECOND),
    bad("one that nobody knows", told(_back, _sends, _sends, _held("zz")), **SECOND),
    bad("at another device", told(_back, _sends, _sends, _held("a2", "Alice")), **SECOND),
    bad("before it came back", told(_sends, _sends, _held("a2"), _back), **SECOND),
    bad("too late", told(_back, _sends, _sends, wait(101), _held("a2")), **SECOND),
    bad("over long ago", told(END, _back, _sends, _sends), **SECOND),
)


def _memory(grown: dict[str, int], moved: int, device: str = "") -> Any:
    return lambda story: story.add(
        Note, device=device, what="memory", fields={"grown": grown, "moved": moved}
    )


MB = 1_000_000
LIMITS: dict[str, Any] = {"at_most": 2 * MB, "times": 5}
MEMORY = (
    unknown("empty", empty, "nobody's memory was measured", **LIMITS),
    good("within", told(_memory({"Bob": 2 * MB}, 10 * MB)), "nobody's memory grew by more than 2 MB", **LIMITS),
    bad("beyond", told(_memory({"Bob": 2 * MB + 1, "Alice": 0}, 10 * MB)),
        "expected memory to grow by at most 2 MB while 10.0 MB went through; it grew: Bob's by 2.0 MB", **LIMITS),
    unknown("too little", told(_memory({"Bob": 1}, 10 * MB - 1)), "less than 5 times the 2 MB", **LIMITS),
    bad("the last time counts", told(_memory({"Bob": 1}, 10 * MB), _memory({"Bob": 3 * MB}, 10 * MB)), **LIMITS),
    bad("one of two", told(_memory({"Bob": 3 * MB}, 10 * MB, "Bob"), _memory({"Alice": 1}, 10 * MB, "Alice")),
        **LIMITS, device="Bob"),
    unknown("another device", told(_memory({"Bob": 3 * MB}, 10 * MB, "Bob")), **LIMITS, device="Alice"),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {
    "catch_up": CATCH_UP,
    "catch_up_in_pages": PAGES,
    "held_back": HELD_BACK,
    "bounded_memory": MEMORY,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "catch_up": (
        ("if since <= step.t_ns <= deadline]", "if since <= step.t_ns]"),
        ("if since <= step.t_ns <= deadline]", "if step.t_ns <= deadline]"),
        ('[step.t_ns for step in steps if step.state == "page" and', "[step.t_ns for step in steps if"),
        ("if not pages or not", "if not"),
        ("if not pages or not any", "if not pages or any"),
        ('line.state == "live" and since', "since"),
        ("since <= line.t_ns < pages[0]", "since <= line.t_ns"),
        ("since <= line.t_ns < pages[0]", "line.t_ns < pages[0]"),
        ("since <= line.t_ns < pages[0]", "since <= line.t_ns < pages[-1]"),
        ("history.of(Connection, device)", "history.of(Connection)"),
    ),
    "catch_up_in_pages": (
        ("if len(pages) < 2 or", "if"),
        ("not arrived or", ""),
        ("min(arrived) >= pages[-1] or", ""),
        ("or not (told or last >= len(pages))", ""),
        ("last >= len(pages))", "last)"),
        ("if entry.t_ns >= since]", "]"),
        ("if note.t_ns >= asked_ns]", "]"),
        ('if each["missing"])', ")"),
    ),
    "held_back": (
        ("held.author_n == number and", ""),
        ("and since <= line.t_ns <= deadline:", "and line.t_ns <= deadline:"),
        ("and since <= line.t_ns <= deadline:", "and since <= line.t_ns:"),
        ('step.state == "ended" and step.t_ns >= since', 'step.state == "ended"'),
        ("history.of(Held, device)", "history.of(Held)"),
    ),
    "bounded_memory": (
        ("if moved < times * at_most:", "if False:"),
        ("if by > at_most]", "if by > 2 * at_most]"),
        ("measured[-1]", "measured[0]"),
        ('history.notes("memory", device)', 'history.notes("memory")'),
    ),
}
