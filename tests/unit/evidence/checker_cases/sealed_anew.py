from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"device": "Alice"}


def _send(*digests: str, author: str = "Alice") -> Any:
    return lambda story: story.send(
        author, blobs=digests, names=tuple(f"{each}.bin" for each in digests), sizes=(9,) * len(digests)
    )


def _has(op_id: str, address: str, key: str = "", content: str = "d", digest: str = "d") -> Any:
    fields = {
        "op_id": op_id,
        "digest": digest,
        "address": address,
        "key": key or f"key of {address}",
        "content": content,
    }
    return lambda story: story.add(Note, device="", what="sealed_content", fields=fields)


TWICE = (_send("d"), _send("d"))
CASES = (
    unknown("empty", empty, "Alice sent no attachment twice", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("once each", told(_send("d"), _send("e"), _has("a1", "x")), **LIMITS),
    unknown("twice by another", told(_send("d", author="Bob"), _send("d", author="Bob")), **LIMITS),
    unknown("twice in one message", told(_send("d", "d")), **LIMITS),
    good("anew", told(*TWICE, _has("a1", "x"), _has("a2", "y")), "Alice sealed 2 times, each time anew", **LIMITS),
    good("another beside it", told(*TWICE, _send("e"), _has("a1", "x"), _has("a2", "y"), _has("a3", "x", digest="e")),
         **LIMITS),
    good("with another in one message", told(_send("d", "e"), _send("d"), _has("a1", "x"),
        _has("a1", "z", content="e", digest="e"), _has("a2", "y")), **LIMITS),
    bad("one ciphertext", told(*TWICE, _has("a1", "x", "k1"), _has("a2", "x", "k2")),
        "there is 1 ciphertext for 2 seals", witness=("a1", "a2"), **LIMITS),
    bad("one key", told(*TWICE, _has("a1", "x", "k"), _has("a2", "y", "k")), "there is 1 key for 2 seals", **LIMITS),
    bad("one does not open", told(*TWICE, _has("a1", "x"), _has("a2", "y", content="")),
        "that of Alice #2 does not open to what was sent", **LIMITS),
    bad("opens to another", told(*TWICE, _has("a1", "x", content="e"), _has("a2", "y")), **LIMITS),
    bad("one is not there", told(*TWICE, _has("a1", "x"), _has("a2", "", content="")),
        "the server has none of Alice #2", **LIMITS),
    bad("nobody looked", told(*TWICE), "the server has none of Alice #1, #2", **LIMITS),
    bad("two contents, one of them once", told(*TWICE, _send("e"), _send("e"), _has("a1", "x"), _has("a2", "y"),
        _has("a3", "z", content="e", digest="e"), _has("a4", "z", content="e", digest="e")), "there is 1 ciphertext",
        witness=("a3", "a4"), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if invoke.author == device:", "if True:"),
    ("dict.fromkeys(invoke.blobs)", "invoke.blobs"),
    ("if len(op_ids) > 1}", "}"),
    ("if not twice:", "if False:"),
    ('if note.fields["digest"] == digest', ""),
    ('("address", "ciphertext"), ', ""),
    (', ("key", "key")', ","),
    ("if lacking:", "if False:"),
    ("if closed:", "if False:"),
    ('or not seen[op_id]["address"]]', "]"),
)
