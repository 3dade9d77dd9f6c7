from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Note
from syncproof.workloads.verification.records import Verification

Act = Callable[[Story], None]


def _shows(device: str, *emoji: str) -> Act:
    return lambda story: _says(story, device, "compare", emoji)


def _verified(device: str) -> Act:
    return lambda story: _says(story, device, "verified", ())


def _says(story: Story, device: str, state: str, emoji: tuple[str, ...]) -> None:
    story.add(Verification, device=device, source=device, id="v", peer="p", state=state, emoji=emoji)


def _decides(device: str, decision: str = "match") -> Act:
    return lambda story: _note(story, device, decision)


def _note(story: Story, device: str, decision: str) -> None:
    story.add(Note, device=device, what="sas_decision", fields={"id": "v", "decision": decision})


SAME = (_shows("Alice", "dog"), _shows("Bob", "dog"))
BOTH = (_decides("Alice"), _decides("Bob"))

CASES = (
    unknown("empty", empty, "empty"),
    good("nothing of the kind", exchange, "0 devices"),
    good("both", told(*SAME, *BOTH, _verified("Alice"), _verified("Bob")), "2 devices verified"),
    good("one is not yet told", told(*SAME, *BOTH, _verified("Alice")), "1 device verified"),
    bad("strings that differ", told(_shows("Alice", "dog"), _shows("Bob", "cat"), *BOTH, _verified("Bob")),
        "Bob is verified, and the strings were: Alice dog; Bob cat"),
    good("strings that differ, and nobody is verified", told(_shows("Alice", "dog"), _shows("Bob", "cat"), *BOTH)),
    bad("one string", told(_shows("Bob", "cat"), *BOTH, _verified("Bob"))),
    bad("no string", told(*BOTH, _verified("Bob")), "none"),
    bad("nobody compared", told(*SAME, _verified("Alice")), "Alice and Bob never said"),
    bad("only one compared", told(*SAME, _decides("Alice"), _verified("Alice")), "and Bob never said"),
    bad("one said that they differ", told(*SAME, _decides("Alice"), _decides("Bob", "mismatch"), _verified("Alice"))),
    good("another device", told(*SAME, _verified("Alice")), device="Bob"),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ('line.state == "verified" and', ""),
    ("and device in (None, line.device)]", "]"),
    ("len(strings) < 2 or", ""),
    ("or len(set(strings.values())) > 1", ""),
    ('!= "match"]', "is None]"),
    ("if wanting:", "if False:"),
    ("{line.device: None, **strings}", "{line.device: None}"),
)
