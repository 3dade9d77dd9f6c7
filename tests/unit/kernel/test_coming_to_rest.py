"""When everything is at rest: nothing pending, and quiet for so long by all that is on record then."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Note
from syncproof.kernel.trouble import EvidenceIncomplete
from syncproof.kernel.verdicts import Verdicts
from syncproof.kernel.world import World

MS = 1_000_000
QUIET_NS = 200 * MS


class Late:
    """A world in which a line comes on record only when all evidence is read."""

    scale, slack_ns = 1.0, 0
    profile = SimpleNamespace(retry_interval_s=QUIET_NS / 1e9)
    faults = SimpleNamespace(healing=False, last_end_ns=0)

    def __init__(self, written_ns: int) -> None:
        self.now, self.written_ns = 1000 * MS, written_ns
        self.history = History()
        self.scheduler = SimpleNamespace(now=lambda: self.now, pending=False, last_done_ns=0)
        self.topology = SimpleNamespace(pending=lambda: {"Alice": {}}, nodes={})
        self.asked: list[int] = []

    def patience_s(self, within_s: float) -> float:
        return within_s

    def wait_patiently(self, predicate: Callable[[], bool], _: float) -> bool:
        while not predicate():
            self.now += 10 * MS
        return True

    def record(self, note: Note) -> None:
        self.asked.append(note.t_ns)

    def read(self) -> None:
        if not self.history.lines:
            line = Deliver(
                i=0,
                t_ns=self.written_ns,
                source="Bob",
                source_seq=1,
                incarnation=1,
                device="Bob",
                n=1,
                op_id="k",
                group="g",
                kind="put",
                author="Alice",
                version="v",
                size=0,
                digest="",
                path="live",
            )
            self.history.extend([line])


@pytest.mark.parametrize(
    ("written_ms", "asked_ms"),
    [(700, [1000]), (801, [1000, 1050]), (905, [1000, 1110]), (1000, [1000, 1200]), (1030, [1000, 1230])],
)
def test_what_is_read_behind_the_question_counts_whenever_it_was_written(
    monkeypatch: pytest.MonkeyPatch, written_ms: int, asked_ms: list[int]
) -> None:
    """Behind it: while folders are looked at one after the other, a file may come that nobody had heard of before."""
    world = Late(written_ms * MS)
    verdicts = Verdicts(cast("World", world))
    monkeypatch.setattr(verdicts, "gather", world.read)
    verdicts.at_rest()
    assert [asked_ns // MS for asked_ns in world.asked] == asked_ms


@pytest.mark.parametrize(("written_ms", "asked_ms"), [(700, [1000]), (905, [1000, 1110])])
def test_so_it_does_where_somebody_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, written_ms: int, asked_ms: list[int]
) -> None:
    """Else the last question would show that messages were still delivered, and hide that somebody was not read."""
    world = Late(written_ms * MS)
    verdicts = Verdicts(cast("World", world))

    def read_one_of_two() -> None:
        world.read()
        raise EvidenceIncomplete("Alice's agent could not be read to its end")

    monkeypatch.setattr(verdicts, "gather", read_one_of_two)
    with pytest.raises(EvidenceIncomplete, match="Alice's agent"):
        verdicts.at_rest()
    assert [asked_ns // MS for asked_ns in world.asked] == asked_ms
