from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Blob

LIMITS: dict[str, Any] = {
    "device": "Alice",
    "asked_ns": 1000 * MS,
    "within_ns": 100 * MS,
    "says": ("not store", "507"),
}
FULL = "507 the relay could not store this"


def _fails(edge: str, kind: str = "storage_failing") -> Any:
    return lambda story: story.fault(edge, on=("relay",), kind=kind)


def _send(digest: str = "d", author: str = "Alice") -> Any:
    return lambda story: _waits(story, author, digest)


def _waits(story: Story, author: str, *digests: str) -> None:
    """It is taken by its device, and no server acknowledges it."""
    names, sizes = tuple(f"{each}.bin" for each in digests), (9,) * len(digests)
    story.send(author, ack=False, blobs=digests, names=names, sizes=sizes)


def _says(reason: str = FULL, digest: str = "d", state: str = "interrupted", device: str = "Alice") -> Any:
    return lambda story: story.add(
        Blob, device=device, source=device, digest=digest, state=state, reason=reason
    )


def _acked(story: Story) -> None:
    story.send("Alice", blobs=("d",), names=("d.bin",), sizes=(9,))


FAILS, WORKS = (_fails("start"), _fails("proved")), _fails("end")
CASES = (
    unknown("empty", empty, "Alice sent no attachment while the server could not store one", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("no attachment", told(*FAILS, lambda s: s.send("Alice")), **LIMITS),
    unknown("by another", told(*FAILS, _send(author="Bob"), _says()), **LIMITS),
    unknown("sent before", told(_send(), wait(1), *FAILS, _says()), **LIMITS),
    unknown("sent afterwards", told(*FAILS, WORKS, wait(1), _send(), _says()), **LIMITS),
    unknown("another fault", told(_fails("start", "cut"), _send(), _says()), **LIMITS),
    good("told", told(*FAILS, _send(), _says()), "Alice told of 1 message", **LIMITS),
    good("told once in the right words", told(*FAILS, _send(), _says(), _says("closed")), **LIMITS),
    good("told of both", told(*FAILS, _send(), _says(), _send("e"), _says(digest="e")), **LIMITS),
    good("another way of failing", told(_fails("start", "storage_quota"), _send(), _says()), **LIMITS),
    good("one of two in a message", told(*FAILS, lambda s: _waits(s, "Alice", "d", "e"), _says()), **LIMITS),
    good("acknowledged once it was stored", told(*FAILS, _send(), _says(), WORKS, wait(1), lambda s: s.ack("a1")),
         **LIMITS),
    bad("said nothing", told(*FAILS, _send()), "it said nothing of Alice #1", witness=("a1",), **LIMITS),
    bad("said something of another", told(*FAILS, _send(), _says(digest="e")), **LIMITS),
    bad("another said so", told(*FAILS, _send(), _says(device="Bob")), **LIMITS),
    bad("said that it goes on", told(*FAILS, _send(), _says(state="uploading")), **LIMITS),
    bad("told of one of two", told(*FAILS, _send(), _says(), _send("e")), witness=("a2",), **LIMITS),
    bad("too late", told(*FAILS, _send(), wait(101), _says()), **LIMITS),
    bad("did not say why", told(*FAILS, _send(), _says("closed")), "to say 'not store' and '507' of Alice #1",
        "it said: closed", **LIMITS),
    bad("said half of it", told(*FAILS, _send(), _says("could not store")), **LIMITS),
    bad("counts as sent", told(*FAILS, _acked, _says()), "Alice #1 counts as sent", witness=("a1",), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if edges[0].kind.startswith("storage_")', ""),
    ("invoke.author == device and invoke.blobs", "invoke.blobs"),
    ("and invoke.blobs and since", "and since"),
    ("since <= invoke.t_ns <= until", "invoke.t_ns <= until"),
    ("since <= invoke.t_ns <= until", "since <= invoke.t_ns"),
    ("if not sent:", "if False:"),
    ('and line.state == "interrupted"', ""),
    ("and line.t_ns <= deadline", ""),
    ("if not reasons:", "if False:"),
    ("all(word in reason", "any(word in reason"),
    ("and result.t_ns < until", ""),
    ("if acked:", "if False:"),
    ("if wrong:", "if False:"),
)
