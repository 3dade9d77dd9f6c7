from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {
    "device": "Bob",
    "platform": "Windows",
    "asked_ns": 1000 * MS,
    "within_ns": 100 * MS,
}


def _says(platform: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Note, device=device, what="platform", fields={"platform": platform})


CASES = (
    unknown("empty", empty, "Bob's agent does not say", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    good("as it should", told(_says("Windows")), "Bob runs on Windows", **LIMITS),
    bad("another one", told(_says("Linux")), "expected Bob to run on Windows, it runs on Linux", **LIMITS),
    bad("another one later", told(_says("Windows"), _says("Linux")), **LIMITS),
    unknown("it does not say", told(_says("")), **LIMITS),
    unknown("another device", told(_says("Windows", device="Alice")), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not any(told):", "if not told:"),
    ("told[-1] == platform", "True"),
    ("told[-1] == platform", "told[0] == platform"),
)
