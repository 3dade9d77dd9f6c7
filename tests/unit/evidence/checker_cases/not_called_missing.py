from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait

from syncproof.evidence.records import Blob


def _away(edge: str, kind: str = "storage_away") -> Any:
    return lambda story: story.fault(edge, on=("relay",), kind=kind)


def _says(state: str, digest: str = "d", device: str = "Bob") -> Any:
    return lambda story: story.add(Blob, device=device, source=device, digest=digest, state=state)


def _look(story: Any) -> None:
    story.add(Blob, device="Bob", digest="d", state="missing")


def _send(story: Any) -> None:
    story.send("Alice", blobs=("d",), names=("d.bin",), sizes=(9,))


LIMITS: dict[str, Any] = {"asked_ns": 0, "within_ns": 1}
SINCE, UNTIL = (_away("start"), _away("proved"), wait(1)), (wait(1), _away("end"), wait(1))
CASES = (
    unknown("empty", empty, "nobody asked for an attachment while the storage was away", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("nobody asked meanwhile", told(_says("interrupted"), wait(1), *SINCE, *UNTIL, _says("interrupted")),
        **LIMITS),
    unknown("another fault", told(_away("start", "cut"), _says("interrupted")), **LIMITS),
    unknown("went on meanwhile", told(*SINCE, _says("downloading")), **LIMITS),
    unknown("a look of the harness", told(*SINCE, _look), **LIMITS),
    good("broke off", told(_send, *SINCE, _says("interrupted"), *UNTIL), "nobody calls an attachment missing",
        **LIMITS),
    good("missing before and afterwards",
        told(_says("missing"), wait(1), *SINCE, _says("interrupted"), *UNTIL, _says("missing")), **LIMITS),
    bad("missing", told(_send, *SINCE, _says("missing"), _says("missing"), *UNTIL),
        "Bob calls 1 attachment missing while", "Alice #1", witness=("a1",), **LIMITS),
    bad("missing, and it never ends", told(*SINCE, _says("missing")), witness=("d",), **LIMITS),
    bad("missing for one of two", told(*SINCE, _says("interrupted"), _says("missing", device="Alice")), "Alice calls",
        **LIMITS),
    bad("missing for both", told(_send, *SINCE, _says("missing"), _says("missing", "e", "Alice")),
        "Bob calls 1 attachment", "Alice calls 1 attachment", witness=("a1", "e"), **LIMITS),
    unknown("of what it brings itself", told(_send, *SINCE, _says("interrupted", device="Alice")),
        "nobody asked for an attachment while the storage was away", **LIMITS),
    unknown("only of another", told(*SINCE, _says("missing", device="Alice")), device="Bob", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if edges[0].kind == "storage_away"', ""),
    ("line.source != HARNESS and", ""),
    ("since <= line.t_ns <= until", "line.t_ns <= until"),
    ("since <= line.t_ns <= until", "since <= line.t_ns"),
    ('for line in told if line.state == "missing"}', "for line in told}"),
    ('if line.state == "missing"}', "if False}"),
    ("if not missing and not broke_off:", "if not broke_off:"),
    ('if line.state == "interrupted"} - sent', 'if line.state == "interrupted"}'),
    ("if known == name]", "]"),
    ("history.of(Blob, device)", "history.of(Blob)"),
)
