from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Connection, Note, Quarantined

LIMITS: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS, "forged": True}
EMPTY: dict[str, Any] = {**LIMITS, "forged": False}
FORGED = "it is not what a member sealed: its authentication fails"


def _sent(op_id: str = "p1", secret: str = "the treasure") -> Any:
    return lambda story: story.add(
        Note, device="Alice", what="unreadable", fields={"op_id": op_id, "secret": secret}
    )


def _told(op_id: str = "p1", device: str = "Bob", reason: str = FORGED) -> Any:
    return lambda story: story.add(
        Quarantined, device=device, source=device, group="g", op_id=op_id, version=op_id, reason=reason
    )


def _is(state: str, device: str = "Bob") -> Any:
    return lambda story: _connection(story, state, device)


def _connection(story: Story, state: str, device: str) -> None:
    story.add(Connection, device=device, source=device, state=state)


CASES = (
    unknown("empty", empty, "nobody sent a damaged payload", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    good("refused", told(_sent(), _told()), "Bob reported 1 payload", **LIMITS),
    good("as one that is not sealed", told(_sent(), _told(reason="it is not sealed")), **LIMITS),
    good("two", told(_sent(), _told(), _sent("p2"), _told("p2", reason="it is cut: 3 bytes")), **LIMITS),
    bad("one of two", told(_sent(), _told(), _sent("p2")), "to report p2 within 0.1 seconds",
        witness=("p2",), **LIMITS),
    bad("by another", told(_sent(), _told(device="Alice")), **LIMITS),
    bad("too late", told(_sent(), wait(101), _told()), **LIMITS),
    bad("without a reason", told(_sent(), _told(reason="")), "it said: nothing", **LIMITS),
    bad("as what it is not", told(_sent(), _told(reason="its body is not JSON")), "that it was changed", **LIMITS),
    bad("with what was sealed", told(_sent(), _told(reason=FORGED + ": the treasure")), "Bob shows what was sealed",
        **LIMITS),
    good("what was sealed is not known", told(_sent(secret=""), _told()), **LIMITS),
    bad("and a new session", told(_sent(), wait(1), _told(), _is("offline"), _is("live")), "Bob gave up its session",
        "it was offline", **LIMITS),
    good("a new session before", told(_is("offline"), _is("live"), wait(1), _sent(), _told()), **LIMITS),
    bad("and a new session before the relay answered", told(lambda s: s.send("Alice"), wait(1), _is("offline"),
        _is("live"), wait(1), _sent("a1"), _told("a1")), "Bob gave up its session", **LIMITS),
    good("another's new session", told(_sent(), wait(1), _told(), _is("offline", "Alice")), **LIMITS),
    good("told again that it is live", told(_sent(), wait(1), _told(), _is("live")), **LIMITS),
    good("nothing was sealed", told(_sent(), _told(reason="its body is not JSON")), **EMPTY),
    bad("nothing was sealed, and it is taken for a forgery", told(_sent(), _told()), "as it is authentic", **EMPTY),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not sent:", "if False:"),
    ("or line.t_ns > deadline", ""),
    ("if distrusts is not forged:", "if False:"),
    ("and secret in line.reason", "and False"),
    ('each.state != "live" and', ""),
    ("and each.t_ns > since", ""),
    ("if again:", "if False:"),
    ("if handed_in is None else handed_in.t_ns", ""),
)
