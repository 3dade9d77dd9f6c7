from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Blob, Entry, Sibling

LIMITS: dict[str, Any] = {
    "device": "Bob",
    "op_id": "a1",
    "wanted": 2,
    "asked_ns": 1000 * MS,
    "within_ns": 100 * MS,
}


def _writes(story: Any) -> None:
    blobs = ("x", "y", "z")
    story.send("Alice", kind="put", entry="e", blobs=blobs, names=blobs, sizes=(9, 9, 9))


def _read(digest: str, content: str = "", device: str = "Bob") -> Any:
    return lambda story: story.add(
        Blob, device=device, digest=digest, state="read", size=9, content=content or digest
    )


def _lacks(digest: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Blob, device=device, digest=digest, state="absent")


def _says(digest: str, state: str = "missing", device: str = "Bob") -> Any:
    return lambda story: story.add(Blob, device=device, source=device, digest=digest, state=state)


def _claims(digest: str) -> Any:
    return lambda story: story.add(
        Blob, device="Bob", source="Bob", digest=digest, state="read", content=digest
    )


def _shows(entry: str = "e", device: str = "Bob", digest: str = "d-a1") -> Any:
    sibling = Sibling(version="1", digest=digest)
    return lambda story: story.add(
        Entry, device=device, group="g", entry=entry, siblings=(sibling,), winner="1"
    )


SOME = (_writes, _read("x"), _read("y"))
PART = (*SOME, _says("z"), _lacks("z"))
CASES = (
    unknown("empty", empty, "the entry was not written", **LIMITS),
    unknown("another one", exchange_of(2), **{**LIMITS, "op_id": "a9"}),
    good("two of three", told(*PART), "Bob has 2 of 3, and shows no entry", **LIMITS),
    good("looked in vain before", told(_writes, _lacks("x"), *SOME[1:], _says("z"), _lacks("z")), **LIMITS),
    good("of another entry", told(*PART, _shows("f")), **LIMITS),
    good("another version of it", told(*PART, _shows(digest="before")), **LIMITS),
    good("its author shows it", told(*PART, _shows(device="Alice")), **LIMITS),
    good("another has more", told(*PART, _read("z", device="Alice")), **LIMITS),
    good("of another message too", told(*PART, _read("other"), _lacks("another")), **LIMITS),
    bad("one of three", told(_writes, _read("x"), _says("y"), _lacks("y"), _says("z"), _lacks("z")),
        "to have 2 of 3 attachments whole within 0.1 seconds", "1 whole and nothing for 2", **LIMITS),
    bad("all three", told(*SOME, _says("z"), _read("z")), "3 whole and nothing for 0", **LIMITS),
    bad("nobody asked for the third", told(*SOME, _says("z")), "2 whole and nothing for 0", **LIMITS),
    bad("by its own word", told(_writes, _says("x", "complete"), _says("y", "complete"), _says("z"), _lacks("z")),
        **LIMITS),
    bad("too late", told(_writes, wait(101), *SOME[1:], _says("z"), _lacks("z")), **LIMITS),
    bad("only another", told(_writes, _read("x", device="Alice"), _read("y", device="Alice"), _says("z"), _lacks("z")),
        **LIMITS),
    bad("says nothing of the third", told(*SOME, _lacks("z")), "Bob does not say that 1 of them are missing", **LIMITS),
    bad("another says so", told(*SOME, _lacks("z"), _says("z", device="Alice")), "does not say", **LIMITS),
    bad("says that it is on its way", told(*SOME, _lacks("z"), _says("z", "downloading")), "does not say", **LIMITS),
    bad("a part of the third", told(*PART, _read("z", "half")), "Bob hands out something else than the whole for 1",
        **LIMITS),
    bad("a part of the third, and one more whole", told(_writes, _read("x"), _read("z", "half"), _says("y"),
        _lacks("y")), "something else than the whole", **{**LIMITS, "wanted": 1}),
    bad("a part is not whole", told(*SOME, _read("z", "half")), "hands out 2 whole", **{**LIMITS, "wanted": 3}),
    bad("by its own word it was asked", told(_writes, _claims("x"), _claims("y"), _says("z"), _lacks("z")), **LIMITS),
    bad("and shows the entry", told(*PART, _shows()), "Bob shows Alice's entry, and lacks 1 of its attachments",
        witness=("a1",), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if invoke is None:", "if False:"),
    ("if line.source == HARNESS and line.digest", "if line.digest"),
    ("line.digest in invoke.blobs and", ""),
    ("and line.t_ns <= deadline", ""),
    ('"read" and line.content == line.digest}', '"read"}'),
    ("if len(whole) != wanted or", "if"),
    ("or len(absent) != count - wanted:", ":"),
    ("if wrong:", "if False:"),
    ("if absent - told:", "if False:"),
    ('if line.state == "missing"', "if True"),
    ("view.entry == invoke.entry and", ""),
    ("any(each.digest == invoke.digest for each in view.siblings)", "view.siblings"),
    ("if shown:", "if False:"),
)
