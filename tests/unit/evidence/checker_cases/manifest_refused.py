from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Note, Quarantined, Request

LIMITS: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
SAYS = "its manifest is not what its author has signed"


def _sent(op_id: str = "p1", *addresses: str) -> Any:
    fields = {"op_id": op_id, "addresses": list(addresses or ("x", "y"))}
    return lambda story: story.add(Note, device="Alice", what="unreadable", fields=fields)


def _unreadable(story: Any) -> None:
    story.add(Note, device="Alice", what="unreadable", fields={"op_id": "p0"})


def _told(op_id: str = "p1", device: str = "Bob", reason: str = SAYS) -> Any:
    return lambda story: story.add(
        Quarantined, device=device, source=device, group="g", op_id=op_id, version=op_id, reason=reason
    )


def _asks(address: str, device: str = "Bob", method: str = "GET") -> Any:
    return lambda story: story.add(
        Request, device=device, source="relay", n=1, method=method, path=f"/blobs/{address}", status=200
    )


def _died(story: Any) -> None:
    story.add(Note, device="", what="request_log", fields={"lacks": "the relay was killed"})


CASES = (
    unknown("empty", empty, "nobody sent a collection with a damaged manifest", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("another that nobody can read", told(_unreadable, _told("p0")), **LIMITS),
    unknown("a log that is not whole", told(_sent(), _told(), _died), "inconclusive: the relay was killed", **LIMITS),
    good("refused", told(_sent(), _told()), "Bob refused 1 manifest", **LIMITS),
    good("others are fetched", told(_sent(), _told(), _asks("z")), **LIMITS),
    good("its author brings them", told(_sent(), _asks("x", method="PUT"), _asks("x", "Alice"), _told()), **LIMITS),
    good("two", told(_sent(), _told(), _sent("p2", "z"), _told("p2")), **LIMITS),
    bad("one of two", told(_sent(), _told(), _sent("p2", "z")), "of the collection p2, to report it within 0.1 seconds",
        **LIMITS),
    bad("by another", told(_sent(), _told(device="Alice")), **LIMITS),
    bad("too late", told(_sent(), wait(101), _told()), **LIMITS),
    bad("without a reason", told(_sent(), _told(reason="")), "it said: nothing", **LIMITS),
    bad("for another reason", told(_sent(), _told(reason="it is cut")), "it said: it is cut", **LIMITS),
    bad("one was fetched", told(_sent(), _asks("y"), _told()), "it asked for 1 of 2", witness=("p1",), **LIMITS),
    bad("fetched afterwards", told(_sent(), _told(), _asks("x"), _asks("y")), "it asked for 2 of 2", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if note.fields.get("addresses")', ""),
    ("if not sent:", "if False:"),
    ("if why := requests_unread(history):", 'if why := "":'),
    ('if line.method == "GET"}', "}"),
    ("history.of(Request, device)", "history.of(Request)"),
    ("or line.t_ns > deadline:", ":"),
    ('elif "manifest" not in line.reason:', "elif False:"),
    ('if taken := sum(f"/blobs/{address}" in fetched for address in addresses):', "if taken := 0:"),
)
