"""The indexes of a history, and reading it while it is written."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.evidence.histories import Story, exchange, good_stories

from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.evidence.records import Attempt, Blob, Connection, Header, Marker, Note, Result
from syncproof.evidence.tail import Tail
from syncproof.workloads.recovery.checks.breaker import expected_opens

HEADER = Header(schema=1, run="r", test="t", seed=1, system="s", stack="e", scale=1.0, boot_id="b")
DAY_NS = 86_400 * 10**9


def text(lines: list[Line]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in [HEADER, *lines])


@given(good_stories(), st.lists(st.integers(1, 400), max_size=60))
def test_reading_along_gives_every_line_once_however_it_is_cut(story: Story, sizes: list[int]) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"tail-{os.getpid()}.jsonl"
    whole = text(story.lines)
    path.unlink(missing_ok=True)
    tail, seen = Tail(path), []
    try:
        assert tail.read_new() == []
        with path.open("wb", buffering=0) as file:
            at = 0
            for size in [*sizes, len(whole)]:
                file.write(whole[at : at + size])
                at += size
                seen += tail.read_new()
        assert tail.header == HEADER
        assert seen == story.lines
        assert tail.read_new() == []
        assert History.load(path).lines == story.lines
    finally:
        tail.close()
        path.unlink(missing_ok=True)


@given(good_stories(), st.integers(1, 50))
def test_growing_by_pieces_gives_the_same_as_at_once(story: Story, size: int) -> None:
    grown = History()
    for k in range(0, len(story.lines), size):
        grown.extend(story.lines[k : k + size])
    whole = story.history
    own = {name: value for name, value in vars(whole).items() if name not in ("_take", "devices")}
    assert {name: vars(grown)[name] for name in own} == own
    assert {name: vars(log) for name, log in grown.devices.items()} == {
        name: vars(log) for name, log in whole.devices.items()
    }


def test_a_line_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "h"
    path.write_bytes(text([]) + b'{"type":"deliver","n":"one"}\n')
    with pytest.raises(msgspec.ValidationError):
        History.load(path)
    with pytest.raises(FileNotFoundError, match="no history at"):
        History.load(tmp_path / "none")


def test_a_line_of_a_kind_that_nobody_here_knows_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "h"
    known: list[Line] = [
        Connection(i=1, t_ns=5, device="Bob", state="live"),
        Connection(i=3, t_ns=7, device="Bob", state="offline"),
    ]
    strange = b'{"type":"task","i":2,"t_ns":6,"source":"Bob","device":"Bob","id":"t1","done":true}\n'
    first, second = text(known).partition(b"\n")[2].splitlines(keepends=True)
    path.write_bytes(text([]) + first + strange + second)
    note = Note(i=2, t_ns=6, source="Bob", device="Bob", what="task", fields={"id": "t1", "done": True})
    assert History.load(path).lines == [known[0], note, known[1]]


@pytest.mark.parametrize("line", [b"{}", b'{"type":7}', b"[]", b'{"type":"task","t_ns":"late"}'])
def test_a_line_of_no_kind_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "h"
    path.write_bytes(text([]) + line + b"\n")
    with pytest.raises(msgspec.ValidationError):
        History.load(path)


def test_what_predicates_ask_for() -> None:
    story = exchange()
    story.connection("Bob", "catching_up")
    story.note("Bob", "group", group="g", state="joined")
    story.add(Blob, device="Bob", digest="d", state="downloading")
    history = story.history
    assert history.received("Bob", "g", "Alice") == history.received("Bob", "g") == 5
    assert history.received("Bob", "other") == history.received("Nobody", "g") == 0
    assert history.received("Bob", "g", below=True) == history.received("Bob", "g", "Alice", below=True) == 5
    assert (history.connection("Bob"), history.connection("Alice")) == ("catching_up", "")
    assert history.joined("Bob", "g")
    assert not history.joined("Alice", "g")
    assert history.acknowledged_by("Alice") == 5
    assert history.outcome("a1") is history.acks["a1"]
    assert history.logged("g") == 5
    marker = history.marker("Bob", "g", "local")
    assert marker is not None
    assert (marker.n, marker.new) == (5, "5")
    assert history.marker("Nobody", "g", "local") is None
    assert not history.has_blob("Bob", "d")
    story.add(Blob, device="Bob", digest="d", state="complete")
    assert story.history.has_blob("Bob", "d")
    assert history.name("a3") == "Alice #3"
    assert history.name("zz") == "unknown operation 'zz'"


def test_a_new_incarnation_counts_from_its_own_log() -> None:
    story = exchange(export=False)
    story.restart("Bob", keep=2)
    history = story.history
    assert history.received("Bob", "g") == 2
    assert [entry.op_id for entry in history.deliveries("Bob")] == ["a1", "a2"]
    assert len(history.devices["Bob"].by_incarnation[1]) == 5
    story.restart("Bob", keep=0)
    assert story.history.deliveries("Bob") == []


@pytest.mark.parametrize(
    ("outcome", "accepted", "pending"),
    [
        ("ok", True, 0),
        ("fail", True, 0),
        ("info", False, 0),
        ("info", True, 1),
        ("", True, 1),
        ("", False, 1),
    ],
)
def test_what_is_pending(outcome: str, accepted: bool, pending: int) -> None:
    story = Story()
    op_id = story.send("Alice", accept=accepted, ack=False)
    if outcome:
        story.add(Result, device="Alice", op_id=op_id, outcome=outcome)
    assert len(story.history.pending["Alice"]) == pending


def test_an_answer_that_came_late_is_an_answer() -> None:
    story = Story()
    op_id = story.send("Alice", accept=False, ack=False)
    story.add(Result, device="Alice", op_id=op_id, outcome="info", code="timeout")
    story.ack(op_id)
    assert op_id in story.history.acks
    assert not story.history.pending["Alice"]


def test_what_the_harness_reads_is_no_progress() -> None:
    story = exchange()
    progress = story.history.last_activity_ns
    assert progress > 0
    moved = {"device": "Bob", "group": story.group, "scope": "local", "old": "2", "new": "2", "n": 2}
    story.add(Marker, **moved)
    assert story.history.last_activity_ns == progress
    story.add(Marker, **moved, source="Bob")
    assert story.history.last_activity_ns == story.now


@pytest.mark.parametrize(
    ("outcomes", "cooldown", "opens"),
    [
        ("", 0, 0),
        ("ff", 0, 0),
        ("fff", 0, 1),
        ("ffoff", 0, 0),
        ("fffo", 0, 1),
        ("ffff", 0, 2),
        ("ffff", 2.2, 1),
        ("ffffff", 2.2, 2),
        ("fffofff", 0, 2),
        ("fffffoff", 0, 3),
    ],
)
def test_openings_of_a_breaker_that_failures_demand(outcomes: str, cooldown: float, opens: int) -> None:
    """Three failures in a row open it; an attempt comes every second."""
    attempts = [
        Attempt(t_ns=k * 10**9, what="push", outcome="failed" if outcome == "f" else "ok")
        for k, outcome in enumerate(outcomes)
    ]
    assert expected_opens(attempts, 3, round(cooldown * 1e9)) == opens
