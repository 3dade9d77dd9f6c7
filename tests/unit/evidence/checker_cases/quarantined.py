from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Note, Quarantined


def _unreadable(story: Story, op_id: str = "a1") -> None:
    story.add(Note, device="Alice", what="unreadable", fields={"op_id": op_id})


def _aside(*devices: str, op_id: str = "a1") -> Callable[[Story], None]:
    def act(story: Story) -> None:
        for device in devices:
            story.add(Quarantined, device=device, source=device, group=story.group, op_id=op_id, version="1")

    return act


def _unread(story: Story) -> None:
    story.add(Note, device="Bob", what="evidence_unread")


def _sent(story: Story) -> None:
    story.send("Alice")


CASES = (
    unknown("empty", empty, "empty"),
    good("nothing of the kind", exchange, "0 events"),
    good("both", told(_sent, _unreadable, _aside("Alice", "Bob")), "1 event that nobody can read"),
    bad("only one", told(_sent, _unreadable, _aside("Alice")), "Bob did not quarantine 1 event (Alice #1)"),
    unknown(
        "one whose log was not read",
        told(_sent, _unreadable, _aside("Alice"), _unread),
        "Bob's delivery log was not read to its end",
    ),
    bad(
        "delivered, in a log that was not read",
        told(_sent, _unreadable, _aside("Alice"), lambda s: s.deliver("Bob"), _unread),
        "Bob delivered 1 event",
    ),
    good("only one, which is judged", told(_sent, _unreadable, _aside("Alice")), device="Alice"),
    bad("nobody", told(_sent, _unreadable), witness=("a1",)),
    bad(
        "delivered all the same",
        told(_sent, _unreadable, _aside("Alice", "Bob"), lambda s: s.deliver("Bob")),
        "Bob delivered 1 event",
    ),
    bad("can be read", told(_sent, _aside("Bob")), "Bob quarantined what can be read: 1 event"),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ("if device in (None, name)}", "}"),
    ("for op_id in unreadable if op_id not in aside]", "for op_id in unreadable if False]"),
    ("lacks and (why := unread(history, name))", "(why := '')"),
    ("unknown.append(why)", "pass"),
    ("            lacks = []", "            pass"),
    ("for op_id in unreadable if op_id in delivered]", "for op_id in unreadable if False]"),
    ("for op_id in aside if op_id not in unreadable]", "for op_id in aside if False]"),
    ("for op_id in aside if op_id not in unreadable]", "for op_id in aside]"),
)
