from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.workloads.encryption.records import Session

LIMITS: dict[str, Any] = {
    "device": "Bob",
    "asked_ns": 1000 * MS,
    "within_ns": 100 * MS,
    "says": "the ML-KEM part",
}


def _is(state: str, attempt: int = 0, reason: str = "", ephemeral: str = "", device: str = "Bob") -> Any:
    return lambda story: story.add(
        Session,
        device=device,
        source=device,
        state=state,
        attempt=attempt,
        reason=reason,
        ephemeral=ephemeral,
    )


FAILED = (_is("Handshaking", ephemeral="a"), _is("Reconnecting", 1, "message 2: the ML-KEM part: changed"))
AGAIN = (wait(1), _is("Handshaking", 1, ephemeral="b"), _is("Connected"))

CASES = (
    unknown("empty", empty, "Bob told of no secured connection", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    good("told, and again", told(*FAILED, *AGAIN), "Bob said why, and has a session", **LIMITS),
    good("failed twice", told(*FAILED, _is("Reconnecting", 2, "closed"), *AGAIN), **LIMITS),
    bad("nothing failed", told(_is("Connected")), "it said: nothing", **LIMITS),
    bad("another part", told(*FAILED[:1], _is("Reconnecting", 1, "it failed"), *AGAIN), "it said: it failed", **LIMITS),
    bad("too late", told(wait(101), *FAILED, *AGAIN), "within 0.1 seconds", **LIMITS),
    bad("no session again", told(*FAILED), "it has none", **LIMITS),
    bad("a session before only", told(_is("Connected"), wait(1), *FAILED), "it has none", **LIMITS),
    bad("a session too late", told(*FAILED, wait(101), *AGAIN), "it has none", **LIMITS),
    bad("the count goes on", told(*FAILED, wait(1), _is("Connected", 1)), "counting attempts anew", **LIMITS),
    bad("what failed is not counted", told(*FAILED[:1], _is("Reconnecting", 0, "the ML-KEM part"), *AGAIN),
        "does not count an attempt that failed", **LIMITS),
    bad("the same key", told(*FAILED, wait(1), _is("Handshaking", 1, ephemeral="a"), _is("Connected")),
        "with the same ephemeral key", **LIMITS),
    bad("a key in the reason", told(*FAILED, _is("Reconnecting", 2, "key " + "0f" * 32), *AGAIN), "may be a key",
        **LIMITS),
    bad("a key in base64", told(*FAILED, _is("Reconnecting", 2, "key " + "Ab1+" * 11), *AGAIN), "may be a key",
        **LIMITS),
    unknown("of another device", told(_is("Connected", device="Alice")), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not told:", "if False:"),
    ("if says in line.reason", "if line.reason"),
    ("line.attempt == 0 and", ""),
    ("named[0].t_ns < line.t_ns <= deadline", "line.t_ns <= deadline"),
    ("named[0].t_ns < line.t_ns <= deadline", "named[0].t_ns < line.t_ns"),
    ("if any(line.attempt < 1 for line in failed):", "if False:"),
    ("if len(set(keys)) < len(keys):", "if False:"),
    ("_KEY.search(line.reason)", "False"),
)
