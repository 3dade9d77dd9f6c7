from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Blob, Connection, Note

LIMITS: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
FORGED = "it is not what a member sealed: its authentication fails"


def _sent(digest: str = "d", op_id: str = "p1") -> Any:
    fields = {"op_id": op_id, "digest": digest}
    return lambda story: story.add(Note, device="Alice", what="damaged_content", fields=fields)


def _says(state: str, digest: str = "d", reason: str = "", device: str = "Bob") -> Any:
    return lambda story: story.add(
        Blob, device=device, source=device, digest=digest, state=state, reason=reason
    )


def _refused(digest: str = "d", reason: str = FORGED, device: str = "Bob") -> Any:
    return _says("refused", digest, reason, device)


def _look(state: str = "absent", digest: str = "d", size: int = 0, device: str = "Bob") -> Any:
    return lambda story: story.add(Blob, device=device, digest=digest, state=state, size=size)


def _is(state: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Connection, device=device, source=device, state=state)


GOT = (_says("downloading"), _refused())
CASES = (
    unknown("empty", empty, "nobody sent a damaged content", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("nobody looked", told(_sent(), *GOT), "nobody asked Bob for the damaged content", **LIMITS),
    unknown("its own word is no look", told(_sent(), *GOT, _says("missing")), **LIMITS),
    unknown("looked at another", told(_sent(), *GOT, _look(digest="e"), _look(device="Alice")), **LIMITS),
    good("refused", told(_sent(), *GOT, _look()), "Bob refused 1 content", **LIMITS),
    good("two", told(_sent(), *GOT, _look(), _sent("e", "p2"), _refused("e"), _look(digest="e")), **LIMITS),
    good("another is fetched after it", told(_sent(), *GOT, _says("downloading", "e"), _look()), **LIMITS),
    bad("one of two", told(_sent(), *GOT, _look(), _sent("e", "p2"), _look(digest="e")),
        "to report within 0.1 seconds", "it did not", witness=("p2",), **LIMITS),
    bad("by another", told(_sent(), _refused(device="Alice"), _look()), **LIMITS),
    bad("too late", told(_sent(), wait(101), *GOT, _look()), **LIMITS),
    bad("as damage on the way", told(_sent(), _says("corrupt"), _look()), **LIMITS),
    bad("without a reason", told(_sent(), _refused(reason=""), _look()), "it said: nothing", **LIMITS),
    bad("for another reason", told(_sent(), _refused(reason="it is cut"), _look()), "it said: it is cut", **LIMITS),
    bad("and fetched again", told(_sent(), *GOT, wait(1), _says("downloading"), _look()), "it fetched it again",
        **LIMITS),
    bad("and handed out", told(_sent(), *GOT, _look("read", size=7)), "it handed out 7 bytes", **LIMITS),
    bad("handed out before", told(_sent(), _look("read", size=7), *GOT, _look()), "it handed out 7 bytes", **LIMITS),
    good("by its own word it has read it", told(_sent(), *GOT, _says("read"), _look()), **LIMITS),
    bad("and a new session", told(_sent(), wait(1), *GOT, _is("offline"), _is("live"), _look()), "it was offline",
        **LIMITS),
    good("a new session before", told(_is("offline"), _is("live"), wait(1), _sent(), *GOT, _look()), **LIMITS),
    good("another's new session", told(_sent(), wait(1), *GOT, _is("offline", "Alice"), _look()), **LIMITS),
    good("told again that it is live", told(_sent(), wait(1), *GOT, _is("live"), _look()), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not sent:", "if False:"),
    ("if line.digest == digest]", "]"),
    ("if line.source == HARNESS]", "]"),
    ("if not looks:", "if False:"),
    ("and line.t_ns <= deadline]", "]"),
    ('if line.state == "refused" and', "if"),
    ("if not told:", "if False:"),
    ('elif "authentication" not in told[0].reason:', "elif False:"),
    ('line.state == "downloading" and line.t_ns', "line.t_ns"),
    ("and line.t_ns > told[0].t_ns for", "for"),
    ('in looks if line.state == "read"]', "in looks]"),
    ('for line in looks if line.state == "read"]', 'for line in lines if line.state == "read"]'),
    ("if line.t_ns > note.t_ns]", "]"),
    ('if state != "live"]', "]"),
)
