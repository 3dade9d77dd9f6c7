from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Blob, Note, Request

LIMITS: dict[str, Any] = {"device": "Bob", "digest": "d", "asked_ns": 1000 * MS, "within_ns": 100 * MS}


def _note(what: str, **fields: Any) -> Any:
    return lambda story: story.add(Note, device="", what=what, fields=fields)


def _send(story: Any) -> None:
    story.send("Alice", blobs=("d",), names=("d.bin",), sizes=(9,))


def _says(state: str, digest: str = "d", device: str = "Bob", source: str = "") -> Any:
    return lambda story: story.add(Blob, device=device, source=source or device, digest=digest, state=state)


def _asks(status: int, path: str = "/blobs/d", device: str = "Bob") -> Any:
    return lambda story: story.add(
        Request, device=device, source="relay", n=1, method="GET", path=path, status=status
    )


GONE = (_send, _note("attachment_expired", digest="d"))
TOLD = (*GONE, _says("downloading"), _says("expired"))
CASES = (
    unknown("empty", empty, "no such attachment has expired", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("another has expired", told(_send, _note("attachment_expired", digest="e"), _says("expired")), **LIMITS),
    unknown("a log that is not whole", told(*TOLD, _note("request_log", lacks="the relay was killed")),
        "inconclusive: the relay was killed", **LIMITS),
    good("told", told(*TOLD, _asks(410)), "Bob said that it has expired", **LIMITS),
    good("told again after a restart", told(*TOLD, _says("expired")), **LIMITS),
    good("another is missing", told(*TOLD, _says("missing", "e"), _asks(404, "/blobs/e")), **LIMITS),
    good("missing for another", told(*TOLD, _says("missing", device="Alice"), _asks(404, device="Alice")), **LIMITS),
    good("another is fetched", told(*TOLD, _says("downloading", "e")), **LIMITS),
    good("somebody looked", told(*TOLD, _says("missing", source="harness")), **LIMITS),
    bad("said nothing", told(*GONE), "to say within 0.1 seconds", "of Alice #1 has expired", witness=("a1",), **LIMITS),
    bad("too late", told(*GONE, wait(101), _says("expired")), **LIMITS),
    bad("by another", told(*GONE, _says("expired", device="Alice")), **LIMITS),
    bad("of another", told(*GONE, _says("expired", "e")), **LIMITS),
    bad("only broke off", told(*GONE, _says("interrupted")), "to say within", **LIMITS),
    bad("missing", told(*GONE, _says("missing")), "not to call it missing", **LIMITS),
    bad("missing first", told(*GONE, _says("missing"), _says("expired")), "not to call it missing", **LIMITS),
    bad("asked again", told(*TOLD, wait(1), _says("downloading")), "to ask for it no more", **LIMITS),
    bad("the server calls it missing", told(*TOLD, _asks(404)), "there is no such attachment", **LIMITS),
    bad("as it is sealed", told(*TOLD, _note("stored_as", digest="d", address="s"), _asks(404, "/blobs/s")), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if not any(note.fields["digest"] == digest', "if not any(True"),
    ("if why := requests_unread(history):", 'if why := "":'),
    ("if line.digest == digest and line.source == device]", "if line.source == device]"),
    ("and line.source == device]", "]"),
    ('line.state == "expired" and line.t_ns <= deadline', 'line.state == "expired"'),
    ('line.state == "expired" and', ""),
    ("and line.status == _NOT_FOUND", ""),
    ("line.path in paths and", ""),
    ("if not told:", "if False:"),
    ("and line.t_ns > told[0].t_ns for", "for"),
    ('line.state == "downloading" and line.t_ns', "line.t_ns"),
    ('if any(line.state == "missing" for line in lines):', "if False:"),
    ("if denied:", "if False:"),
)
