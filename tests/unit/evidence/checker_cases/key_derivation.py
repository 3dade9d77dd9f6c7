from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Note

DESKTOP, PHONE = "argon2id m=65536 t=3 p=1", "argon2id m=19456 t=2 p=1"
LIMITS: dict[str, Any] = {"device": "Bob", "derivation": DESKTOP, "most_ns": 1000 * MS}


def _derived(derivation: str = DESKTOP, took_ms: float | None = 90, device: str = "Bob") -> Any:
    fields = {"derivation": derivation, "took_ms": took_ms}
    return lambda story: story.add(Note, device=device, what="derived", fields=fields)


CASES = (
    unknown("empty", empty, "Bob derived no key", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    good("as it should", told(_derived()), f"Bob derived the key by '{DESKTOP}'", **LIMITS),
    good("just in time", told(_derived(took_ms=1000)), **LIMITS),
    good("more than once", told(_derived(), _derived(took_ms=80)), **LIMITS),
    bad("cheaper", told(_derived(PHONE)), f"expected Bob to derive the group's key by '{DESKTOP}'", f"by '{PHONE}'",
        **LIMITS),
    bad("dearer", told(_derived()), **{**LIMITS, "derivation": PHONE}),
    bad("too slow", told(_derived(took_ms=1001)), "Bob took 1001 ms", "expected at most 1000 ms", **LIMITS),
    bad("cheaper the second time", told(_derived(), _derived(PHONE)), **LIMITS),
    bad("too slow the first time", told(_derived(took_ms=2000), _derived()), **LIMITS),
    unknown("it does not say how long", told(_derived(took_ms=None)), "does not say how long", **LIMITS),
    bad("cheaper, and it does not say how long", told(_derived(PHONE, took_ms=None)), **LIMITS),
    unknown("another device", told(_derived(PHONE, device="Alice")), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not told:", "if False:"),
    ("seen != derivation", "False"),
    ("elif took_ms > most_ns / 1e6:", "elif False:"),
    ("took_ms > most_ns", "took_ms >= most_ns"),
    ("for note in told:", "for note in told[-1:]:"),
    ("for note in told:", "for note in told[:1]:"),
    (", untimed)", ")"),
)
