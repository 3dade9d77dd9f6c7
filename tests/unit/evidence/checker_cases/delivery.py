from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story, exchange

from syncproof.evidence.records import Note

#: Said at the beginning, 100 ms allowed.
LIMITS: dict[str, Any] = {
    "device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS,
    "wanted": None, "own": False, "first": 1, "last": None,
}  # fmt: skip


def _send(story: Story) -> None:
    story.send("Alice")


def _deliver(story: Story) -> None:
    story.deliver("Bob")


def _own(story: Story) -> None:
    story.send("Bob")


def _other_client(story: Story) -> None:
    story.send("Alice's other client", accept=False, store=False)


def _fault(edge: str) -> Any:
    return lambda story: story.fault(edge)


def _follows(source: str) -> Any:
    return lambda story: story.add(Note, device="Bob", source=source, what="attachment_follows")


def _healed(story: Story) -> None:
    story.fault("start")
    story.fault("proved")
    story.wait(500)
    story.fault("end")


CASES = (
    unknown("empty", empty, "nobody sent Bob anything", **LIMITS),
    unknown("only its own", told(_own, _deliver), "nobody sent Bob", **LIMITS),
    unknown("only what is no message", told(_other_client), "nobody sent Bob", **LIMITS),
    good("all", exchange, "Bob has all 5 messages", **{**LIMITS, "wanted": 5}),
    good("its own beside", told(_send, _own, _deliver), "all 1 message", **{**LIMITS, "wanted": 1}),
    good("its own as well", told(_send, _own, _deliver), "all 2 messages", **{**LIMITS, "wanted": 2, "own": True}),
    good("more by another client", told(_send, _other_client, _deliver), **{**LIMITS, "wanted": 1}),
    bad("another number", exchange, "Bob should have 6 messages; 5 were sent", **{**LIMITS, "wanted": 6}),
    bad("one is missing", told(_send, _send, lambda s: s.deliver("Bob", 1)),
        "expected Bob to receive all 2 messages within 0.1 seconds", witness=("a2",), **LIMITS),
    bad("its own is missing", told(_send, _deliver, _own), "to have all 2 messages, its own included,",
        witness=("b1",), **{**LIMITS, "own": True}),
    bad("nothing came", told(_send), witness=("a1",), **LIMITS),
    good("another device is not judged", told(_send, _deliver), **LIMITS),
    good("in time", told(_send, wait(98), _deliver), **LIMITS),
    bad("too late", told(_send, wait(101), _deliver), "1 message came later", witness=("a1",), **LIMITS),
    good("enqueued late", told(wait(500), _send, wait(98), _deliver), **LIMITS),
    good("healed late", told(_send, _healed, wait(98), _deliver), **LIMITS),
    bad("too late after it healed", told(_send, _healed, wait(101), _deliver), **LIMITS),
    good("what was enqueued is done late", told(_send, wait(500), _follows("harness"), wait(90), _deliver), **LIMITS),
    bad("a device tells something late", told(_send, wait(500), _follows("Bob"), wait(90), _deliver), **LIMITS),
    bad("proved late", told(_send, _fault("start"), wait(500), _fault("proved"), wait(90), _deliver), **LIMITS),
    bad("each comes soon after the one before, and the last too late",
        told(_send, _send, _send, *[step for _ in range(3) for step in (wait(60), lambda s: s.deliver("Bob", 1))]),
        "2 messages came later", witness=("a2", "a3"), **LIMITS),
    good("a range", told(_send, _send, _send, lambda s: s.deliver("Bob", 2)), "1 to 2", **{**LIMITS, "last": 2}),
    good("a range from", told(_send, _send, _deliver), "messages 2 to 2", **{**LIMITS, "first": 2, "last": 2}),
    bad("a range that is not whole", told(_send, _send, _send, lambda s: s.deliver("Bob", 1)),
        "to receive messages 1 to 2", witness=("a2",), **{**LIMITS, "last": 2}),
    unknown("a range that nobody sends", told(_send), **{**LIMITS, "first": 2, "last": 3}),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("(own or invoke.author != device)", "True"),
    ("first <= invoke.author_n <=", "1 <= invoke.author_n <="),
    ("if last is None else last)", ")"),
    ("if not sent:", "if False:"),
    ("if wanted not in (None, len(sent)):", "if False:"),
    ("if invoke.op_id not in delivered)", "if False)"),
    ("delivered[invoke.op_id].t_ns > deadline", "False"),
    ("if missing:", "if False:"),
    ("in members.get(each.group, ())", 'not in ("",)'),
)
