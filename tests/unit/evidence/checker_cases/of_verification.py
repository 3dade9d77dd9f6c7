from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story, exchange

from syncproof.evidence.records import Note
from syncproof.workloads.verification.records import Verification

Act = Callable[[Story], None]


def _shows(device: str, *emoji: str) -> Act:
    return lambda story: _says(story, device, "compare", emoji)


def _says_of(device: str, state: str) -> Act:
    return lambda story: _says(story, device, state, ())


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

VERIFICATION = (
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

VERIFICATION_MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ('line.state == "verified" and', ""),
    ("and device in (None, line.device)]", "]"),
    ("len(strings) < 2 or", ""),
    ("or len(set(strings.values())) > 1", ""),
    ('!= "match"]', "is None]"),
    ("if wanting:", "if False:"),
    ("{line.device: None, **strings}", "{line.device: None}"),
)

BY: dict[str, Any] = {
    "number": "v",
    "devices": ["Alice", "Bob"],
    "asked_ns": 1000 * MS,
    "within_ns": 100 * MS,
}
DIFFERENT = (_shows("Alice", "dog"), _shows("Bob", "cat"))


def _of_another(story: Story) -> None:
    story.add(Verification, device="Bob", source="Bob", id="w", peer="p", state="verified", emoji=("cat",))


SAME_EMOJI = (
    unknown("empty", empty, "no device shows emoji", **BY),
    unknown("of another verification", told(_of_another), **BY),
    good("the same", told(*SAME), "Alice and Bob show the same emoji", **BY),
    good("another one beside", told(*SAME, _of_another), **BY),
    good("cancelled behind it", told(*SAME, _says_of("Bob", "cancelled")), **BY),
    bad("different", told(*DIFFERENT), "the same emoji on both devices; seen Alice: dog; Bob: cat", **BY),
    bad("one only", told(_shows("Alice", "dog")), "expected Bob to show emoji within 0.1 seconds", **BY),
    bad("too late", told(_shows("Alice", "dog"), wait(101), _shows("Bob", "dog")), **BY),
    good("a third device shows another", told(*SAME, _shows("Carol", "cat")), **BY),
)
DIFFERENT_EMOJI = (
    unknown("empty", empty, "no device shows emoji", **BY),
    good("different", told(*DIFFERENT), "Alice and Bob show different emoji", **BY),
    bad("the same", told(*SAME), "both show dog, and nobody would notice", **BY),
    bad("one only", told(_shows("Bob", "dog")), "expected Alice to show emoji within 0.1 seconds", **BY),
    bad("too late", told(_shows("Alice", "dog"), wait(101), _shows("Bob", "cat")), "Bob to show", **BY),
)
DONE: dict[str, Any] = {**BY, "state": "verified"}
GIVEN_UP: dict[str, Any] = {**BY, "state": "cancelled"}
VERIFIED = (
    unknown("empty", empty, "no device tells", **DONE),
    good("both", told(*SAME, _verified("Alice"), _verified("Bob")), "verified on Alice and Bob", **DONE),
    bad("one", told(*SAME, _verified("Alice")), "and slack); Alice: verified, Bob: compare", **DONE),
    bad("one tells nothing", told(_verified("Alice")), "Bob: unknown", **DONE),
    bad("cancelled", told(_verified("Alice"), _verified("Bob"), _says_of("Bob", "cancelled")), **DONE),
    bad("too late", told(_verified("Alice"), _shows("Bob", "dog"), wait(101), _verified("Bob")), **DONE),
    bad("the other verification", told(_verified("Alice"), _shows("Bob", "dog"), _of_another), **DONE),
    good("given up", told(_says_of("Alice", "cancelled"), _says_of("Bob", "cancelled")), **GIVEN_UP),
)  # fmt: skip

SHOWN: tuple[Mutant, ...] = (
    ("if line.id == number and line.device", "if line.device"),
    ("and line.emoji and", "and"),
    ("and line.emoji and line.t_ns <= deadline\n", "and line.emoji\n"),
    ("and line.device in devices and", "and"),
    ("[name for name in devices if name not in shown]", "[]"),
)
CASES: dict[str, tuple[Case, ...]] = {
    "verification": VERIFICATION,
    "same_emoji": SAME_EMOJI,
    "different_emoji": DIFFERENT_EMOJI,
    "verified": VERIFIED,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "verification": VERIFICATION_MUTANTS,
    "same_emoji": (*SHOWN, ("if not shown:", "if False:"), ("if len(set(shown.values())) > 1:", "if False:")),
    "different_emoji": (
        ("if not shown:", "if False:"),
        ("if len(shown) > 1 and", "if False and"),
        ('within(within_ns)}"] if late else []', 'within(within_ns)}"] if False else []'),
    ),
    "verified": (
        ("if line.id == number and line.t_ns <= deadline]", "if line.id == number]"),
        ("if line.id == number and line.t_ns <= deadline]", "if line.t_ns <= deadline]"),
        ("line.t_ns <= deadline]\n    if not lines:", "line.t_ns <= deadline]\n    if False:"),
        ("if any(at.get(name) != state", "if all(at.get(name) != state"),
    ),
}
