from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    first_in_the_new_log,
    good,
    is_a,
    lines,
    reinstalled,
    repeated,
    swapped,
    told,
    unknown,
)
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Invoke, Log


def _interleaved(story: Story) -> None:
    for author in ("Alice", "Alice", "Bob", "Alice", "Bob"):
        story.send(author)
    for device in story.devices:
        story.deliver(device)
    story.export()


def _two_tasks(first: str, second: str, *notes: str) -> Callable[[], list[Line]]:
    """Alice's first and third operation are about one entry, her second is about another; two change places at Bob."""

    def tell() -> list[Line]:
        story = exchange()
        for what in notes:
            story.note("Alice", what, count=10)
        entries = {"a1": "one", "a2": "two", "a3": "one"}
        return [
            msgspec.structs.replace(line, entry=entries[line.op_id])
            if isinstance(line, Invoke) and line.op_id in entries
            else line
            for line in swapped("Bob", first, second)(story.lines)
        ]

    return tell


def _logs() -> list[Line]:
    return [line for line in exchange().lines if isinstance(line, Log)]


CASES = (
    unknown("empty", empty, "nothing was delivered"),
    good("in order", exchange),
    good("two authors interleaved", told(_interleaved)),
    good("authors may change places", lines(swapped("Alice", "a2", "b1"), told(_interleaved))),
    good("one missing is no disorder", lines(lambda f: drop(f, delivery("Bob", "a2")))),
    good("one twice is no disorder", lines(repeated(delivery("Bob", "a2")))),
    bad(
        "two swapped at Bob",
        lines(swapped("Bob", "a2", "a3")),
        "Bob got 1 operation after a later one",
        "Alice #2",
        witness=("a2",),
    ),
    good("not promised", lines(swapped("Bob", "a2", "a3")), "not promised: the order is none", order="none"),
    bad("promised", lines(swapped("Bob", "a2", "a3")), order="sender"),
    unknown("not promised, and nothing delivered", empty, "nothing was delivered", order="none"),
    bad("the first came last", lines(swapped("Bob", "a1", "a5")), "Alice #2"),
    bad("swapped at its author", lines(swapped("Alice", "a4", "a5"))),
    good("swapped at another", lines(swapped("Bob", "a2", "a3")), device="Alice"),
    bad("swapped at this one", lines(swapped("Bob", "a2", "a3")), device="Bob"),
    bad(
        "stored in another order",
        lines(
            lambda f: change(
                change(f, is_a(Log, op_id="a1"), server_order=9), is_a(Log, op_id="a2"), version="7"
            )
        ),
        "the log of g has",
        "behind a later one",
    ),
    good("exported in another order", lambda: [*exchange(export=False).lines, *reversed(_logs())]),
    good("of two entries, sent at once", _two_tasks("a2", "a3", "sends_at_once")),
    bad("of one entry, sent at once", _two_tasks("a1", "a3", "sends_at_once"), "Alice #1"),
    bad("of two entries, one after the other", _two_tasks("a2", "a3"), "Alice #2"),
    good(
        "a reinstalled device wrote before it knew what it had written",
        lines(first_in_the_new_log("Bob", "b3"), told(reinstalled(lambda s: s.send("Bob")))),
    ),
    bad(
        "of what it wrote since it was reinstalled",
        lines(
            first_in_the_new_log("Bob", "b4"),
            told(reinstalled(lambda s: s.send("Bob"), lambda s: s.send("Bob"))),
        ),
        "Bob #3",
        witness=("b3",),
    ),
    bad(
        "in an earlier incarnation only",
        lambda: [
            *lines(swapped("Bob", "a2", "a3"))(),
            *(
                msgspec.structs.replace(line, incarnation=2)
                for line in exchange().lines
                if isinstance(line, Deliver) and line.device == "Bob"
            ),
        ],
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("log.by_incarnation.values():", "[log.latest]:"),
    ("late |= _late(history, deliveries)", "late = _late(history, deliveries)"),
    ("if device is None:", "if False:"),
    ("sorted(lines, key=lambda line: line.server_order)", "list(lines)"),
    ("if not entries:", "if False:"),
    ('order == "none"', 'order != "total"'),
    ('order == "none"', "False"),
    ('if entries and order == "none"', 'if order == "none"'),
    ("or op_id in seen:", ":"),
    ("author = (operation.author,", "author = ('',"),
    ("history.installation_of(op_id))", "0)"),
    ("operation.entry if at_once", "operation.op_id if at_once"),
    ("operation.entry if at_once else None", "operation.entry"),
    ("operation.entry if at_once else None", "None"),
    ("operation.author_n < newest", "operation.author_n > newest"),
    ("operation.author_n < newest.get(key, 0)", "operation.author_n + 1 < newest.get(key, 0)"),
    ("late[op_id] = None\n        else:\n            newest", "late[op_id] = None\n            newest"),
)
