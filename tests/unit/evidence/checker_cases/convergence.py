from __future__ import annotations

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    lines,
    repeated,
    restarted,
    swapped,
    told,
    unknown,
)
from tests.unit.evidence.histories import Story, delivery, drop, exchange

from syncproof.evidence.records import Deliver, Member


def _one_ahead(story: Story) -> None:
    story.send("Alice")
    story.send("Bob")
    story.deliver("Alice")
    story.deliver("Bob", 1)


def _two_groups(story: Story) -> None:
    """Alice is in both, Bob in one, Carol in the other."""
    story.send("Alice")
    story.deliver("Alice")
    story.deliver("Bob")
    story.add(Member, device="Alice", group="other")
    story.add(Member, device="Carol", group="other")
    for device, n in (("Alice", 2), ("Carol", 1)):
        story.add(
            Deliver, device=device, incarnation=1, n=n, op_id="x1", group="other", kind="append", author="Alice",
            version="1", server_order=1, digest="d", size=1, path="live",
        )  # fmt: skip


CASES = (
    good("two groups with one member in common", told(_two_groups), "2 groups"),
    unknown("empty", empty, "no two members"),
    unknown(
        "one member",
        told(lambda s: s.send("Alice"), lambda s: s.deliver("Alice"), devices=("Alice",)),
        "no two members",
    ),
    unknown("nothing arrived", told(lambda s: s.send("Alice")), "no two members"),
    good("the same everywhere", exchange),
    good("after a restart", restarted()),
    bad("Bob is behind", told(_one_ahead), "Bob lacks 1 operation that Alice has: Bob #1", witness=("b1",)),
    bad("Alice is behind", lines(lambda f: drop(f, delivery("Alice", "a2"))), "Alice lacks 1", "Alice #2"),
    bad("in another order", lines(swapped("Bob", "a2", "a3")), "in place 2", "Alice #2", "Alice #3"),
    good("in another order, which nobody promised", lines(swapped("Bob", "a2", "a3")), order="sender"),
    bad("behind, whatever the order", told(_one_ahead), order="none"),
    good("one twice is no difference", lines(repeated(delivery("Bob", "a2")))),
    bad("seen from this one", told(_one_ahead), device="Bob"),
    bad("lost by a restart", restarted(keep=3), "Bob lacks 2"),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if entry.group == group}", "}"),
    ("len(logs) < 2", "len(logs) < 1"),
    ("or not any(logs.values())", ""),
    ("if op_id not in log]", "if op_id in log]"),
    ("if op_id not in logs[reference]]", "if False]"),
    ("            if lacking:", "            if False:"),
    ("            if extra:", "            if False:"),
    ('and order == "total":', "and False:"),
    ('and order == "total":', ":"),
    ('and order == "total":', 'and order != "total":'),
    ("if pair[0] != pair[1])", "if pair[0] == pair[1])"),
    ("if not compared:", "if False:"),
)
