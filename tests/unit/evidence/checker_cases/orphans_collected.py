from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"asked_ns": 1000 * MS, "within_ns": 100 * MS}


def _seen(
    left: int = 0, put: int = 20, referred: int = 3, lost: tuple[str, ...] = (), seen_ns: int = 1000 * MS
) -> Any:
    fields = {"left": left, "put": put, "referred": referred, "lost": list(lost), "seen_ns": seen_ns}
    return lambda story: story.add(Note, device="", what="orphans", fields=fields)


def _send(story: Any) -> None:
    story.send("Alice", blobs=("d",), names=("d.bin",), sizes=(9,))


CASES = (
    unknown("empty", empty, "there were no orphans", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("none was put", told(_seen(put=0)), "there were no orphans", **LIMITS),
    unknown("no message refers to anything", told(_seen(referred=0)), "no message refers to an attachment", **LIMITS),
    good("all gone", told(_seen()), "20 orphans are gone, 3 attachments to which messages refer are there", **LIMITS),
    good("the last look counts", told(_seen(left=5, lost=("a1",)), _seen()), **LIMITS),
    bad("some left", told(_seen(left=5)), "expected no orphan to be left within 0.1 seconds", "5 of 20 are there",
        **LIMITS),
    good("gone in time, and found out late", told(wait(101), _seen()), **LIMITS),
    bad("too late", told(_seen(seen_ns=1101 * MS)), "0 of 20 are there", **LIMITS),
    bad("one is lost", told(_send, _seen(lost=("a1",))), "has taken away 1 attachment", "Alice #1", witness=("a1",),
        **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('or not looks[-1].fields["put"]:', ":"),
    ("if not referred:", "if False:"),
    ("if left or seen_ns", "if seen_ns"),
    ("or seen_ns > due(history, asked_ns, within_ns):", ":"),
    ("if lost:", "if False:"),
    ("seen = looks[-1].fields", "seen = looks[0].fields"),
)
