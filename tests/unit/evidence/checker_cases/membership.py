from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Left, Member


def _send(story: Story) -> None:
    story.send("Alice")


def _bob_gets_it(story: Story) -> None:
    story.deliver("Bob", 1)


def _bob_leaves(story: Story) -> None:
    story.add(Left, device="Bob", group=story.group)


def _bob_is_back(story: Story) -> None:
    story.add(Member, device="Bob", group=story.group)


def _bob_restarts(story: Story) -> None:
    story.restart("Bob", keep=0)


CASES = (
    unknown("empty", empty, "empty"),
    good("nobody leaves", exchange, "0 devices left"),
    good("nothing more", told(_send, _bob_gets_it, _bob_leaves, _send), "1 device left"),
    good("it was under way", told(_send, _bob_leaves, _bob_gets_it)),
    bad(
        "told all the same",
        told(_bob_leaves, _send, _bob_gets_it),
        "Bob got 1 operation after it had left: Alice #1",
        witness=("a1",),
    ),
    bad("told, and forgotten by a restart", told(_bob_leaves, _send, _bob_gets_it, _bob_restarts)),
    good("another device is judged", told(_bob_leaves, _send, _bob_gets_it), device="Alice"),
    bad("this device is judged", told(_bob_leaves, _send, _bob_gets_it), device="Bob"),
    good("who is back", told(_bob_leaves, _bob_is_back, _send, _bob_gets_it)),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ("if device in (None, name)", ""),
    ("operation.t_ns > since_ns", "operation.t_ns >= 0"),
    ("operation.t_ns > since_ns and", ""),
    ("for lines in log.by_incarnation.values() for line in lines}", "for line in log.latest}"),
    ("if late:", "if False:"),
)
