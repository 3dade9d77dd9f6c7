from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"above": 100}


def _send(size: int, author: str = "Alice") -> Any:
    return lambda story: story.send(author, size=size)


def _blob(op_id: str, digest: str = "", content: str = "") -> Any:
    digest = digest or f"d-{op_id}"
    fields = {"op_id": op_id, "digest": digest, "address": "x", "key": "k", "content": content or digest}
    return lambda story: story.add(Note, device="", what="sealed_content", fields=fields)


BOTH = (_send(100), _send(101))
CASES = (
    unknown("empty", empty, "nobody sent a message of more than 100 bytes", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("none that is large", told(_send(100)), **LIMITS),
    good("a blob", told(*BOTH, _blob("a2")), "1 message as blobs", **LIMITS),
    good("with an attachment", told(*BOTH, _blob("a2"), _blob("a2", "picture"), _blob("a1", "other")), **LIMITS),
    good("only his are judged", told(*BOTH, _send(101, "Bob"), _blob("b1")), **{**LIMITS, "device": "Bob"}),
    bad("no blob", told(*BOTH), "these do not: Alice #2", witness=("a2",), **LIMITS),
    bad("one of two", told(*BOTH, _send(200), _blob("a2")), "these do not: Alice #3", **LIMITS),
    bad("a blob of something else", told(*BOTH, _blob("a2", "picture")), "these do not", **LIMITS),
    bad("does not open to it", told(*BOTH, _blob("a2", content="other")), "these do not", **LIMITS),
    bad("the blob of another", told(_send(101), _send(101), _blob("a1"), _blob("a1", "d-a2")), "Alice #2", **LIMITS),
    bad("a small one too", told(*BOTH, _blob("a1"), _blob("a2")), "to be no blobs; these are: Alice #1",
        witness=("a1",), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if note.fields["content"] == note.fields["digest"]:', "if True:"),
    ("if device in (None, invoke.author)]", "]"),
    ("if invoke.size > above]", "if invoke.size >= above]"),
    ("if not large:", "if False:"),
    ("in seen.get(invoke.op_id, ())}", "in set().union(*seen.values())}"),
    ("if lacking:", "if False:"),
    ("if small:", "if False:"),
)
