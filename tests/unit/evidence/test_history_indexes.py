"""Every index of a history, line by line: what a line changes, and what it leaves alone."""

from __future__ import annotations

import gc
from pathlib import Path

import msgspec
import pytest
from tests.unit.evidence.histories import MS, Story, exchange

from syncproof.evidence.history import DeviceLog, History
from syncproof.evidence.records import Accept, Blob, Deliver, Fault, Header, Log, Member, Note, Result, Retry

HEADER = Header(schema=1, run="r", test="t", seed=1, system="s", stack="e", scale=1.0, boot_id="b")


def entry(op_id: str, n: int, incarnation: int = 1) -> Deliver:
    return Deliver(
        device="Bob",
        incarnation=incarnation,
        n=n,
        op_id=op_id,
        group="g",
        kind="append",
        author="Alice",
        version=str(n),
        digest="d",
        size=1,
        path="live",
    )


def test_an_empty_history_answers_everything() -> None:
    history = History()
    assert (history.last_ns, history.last_activity_ns, history.header) == (0, 0, None)
    assert (history.deliveries("Bob"), history.delivered("Bob"), history.received("Bob", "g")) == ([], {}, 0)
    assert (history.acknowledged_by("Bob"), history.logged("g"), history.connection("Bob")) == (0, 0, "")
    assert history.outcome("a1") is None
    log = DeviceLog()
    assert (log.latest, log.first, log.counts, log.read_to) == ([], {}, {}, {})


def test_a_file_is_loaded_with_its_header_and_leaves_the_collector_as_it_was(tmp_path: Path) -> None:
    story = exchange(2)
    path = tmp_path / "h.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in [HEADER, *story.lines]))
    assert gc.isenabled()
    loaded = History.load(path)
    assert gc.isenabled()
    assert (loaded.header, loaded.lines) == (HEADER, story.lines)
    gc.disable()
    try:
        History.load(path)
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert History(story.lines, HEADER).header is HEADER


def test_an_entry_of_an_earlier_incarnation_is_kept_and_does_not_count() -> None:
    log = DeviceLog()
    log.add(entry("a1", 1, incarnation=2))
    late = [entry("a1", 1), entry("a2", 2)]
    for old in late:
        log.add(old)
    assert log.by_incarnation == {0: [], 2: [entry("a1", 1, incarnation=2)], 1: late}
    assert (log.incarnation, list(log.first), log.counts) == (2, ["a1"], {("g", "Alice"): 1})


def test_an_operation_counts_once_however_often_it_comes() -> None:
    log = DeviceLog()
    first, again = entry("a1", 1), entry("a1", 2)
    for found in (first, again, entry("a2", 3)):
        log.add(found)
    assert log.first["a1"] is first
    assert log.counts == {("g", "Alice"): 2}
    history = History([first, again])
    assert history.received("Bob", "g", "Alice") == 1
    assert history.received("Bob", "g", "Carol") == history.received("Bob", "h", "Alice") == 0


def test_only_an_incarnation_that_is_new_begins_a_log() -> None:
    story = exchange(2)
    for what, incarnation in (("incarnation", 1), ("step", 2), ("reachable", 3)):
        story.add(Note, device="Bob", what=what, incarnation=incarnation)
        assert (story.history.devices["Bob"].incarnation, story.history.received("Bob", "g")) == (1, 2)
    story.add(Note, device="Bob", what="incarnation", incarnation=2)
    assert (story.history.devices["Bob"].incarnation, story.history.received("Bob", "g")) == (2, 0)


def test_how_far_a_log_was_read_is_kept_by_incarnation() -> None:
    story = Story()
    story.add(Note, device="Bob", what="deliveries_read", incarnation=2, fields={"total": 7})
    story.add(Note, device="Bob", what="deliveries_read", incarnation=3)
    assert story.history.devices["Bob"].read_to == {1: 0, 2: 7, 3: 0}


def test_only_a_device_that_says_so_has_joined() -> None:
    story = Story()
    story.note("Bob", "group", group="g", state="left")
    story.note("Bob", "wake", group="g", state="joined")
    assert story.history.groups_joined == {}
    story.note("Bob", "group", group="g", state="joined")
    story.note("Alice", "group", state="joined")
    assert list(story.history.groups_joined) == [("Bob", "g"), ("Alice", "")]


def test_an_export_counts_also_when_it_held_nothing() -> None:
    story = Story()
    story.add(Note, what="log_read", fields={"group": "h"})
    story.add(Note, what="log_read")
    assert list(story.history.exported) == ["h", ""]
    story.add(Note, what="log_outdated", fields={"group": "h"})
    assert list(story.history.exported) == [""]
    assert story.history.logged("h") == 0
    exported = exchange(3).history
    assert list(exported.exported) == ["g"]
    assert exported.logged("g") == 3


def test_the_first_membership_counts() -> None:
    first, again = (Member(device="Bob", group="g", t_ns=t_ns) for t_ns in (1, 2))
    history = History([first, again])
    assert history.members == {"g": {"Bob": first}}
    assert history.members["g"]["Bob"] is first
    assert list(history.devices) == ["Bob"]


def test_what_is_asked_for_is_pending_until_it_is_answered() -> None:
    story = Story()
    op_id = story.send("Alice", accept=False, store=False)
    invoke = story.history.operations[op_id]
    assert story.history.pending == {"Alice": {op_id: invoke}}
    story.add(Result, device="Alice", op_id=op_id, outcome="info", code="timeout")
    assert story.history.pending == {"Alice": {}}
    accepted = story.add(Accept, device="Alice", op_id=op_id, seen=0)
    story.add(Accept, device="Alice", op_id=op_id, seen=9)
    assert story.history.pending == {"Alice": {op_id: invoke}}, "the device has it after all"
    assert story.history.accepts == {op_id: accepted}
    story.add(Result, device="Alice", op_id=op_id, outcome="info")
    assert op_id in story.history.pending["Alice"], "its answer is still to come"


@pytest.mark.parametrize("outcome", ["ok", "fail"])
def test_an_acceptance_that_comes_behind_the_answer_changes_nothing(outcome: str) -> None:
    story = Story()
    op_id = story.send("Alice", accept=False, store=False)
    answer = story.add(Result, device="Alice", op_id=op_id, outcome=outcome)
    story.add(Result, device="Alice", op_id=op_id, outcome=outcome, code="again")
    story.add(Accept, device="Alice", op_id=op_id, seen=0)
    history = story.history
    assert history.pending == {"Alice": {}}
    assert history.outcome(op_id) is answer
    assert history.acknowledged_by("Alice") == (outcome == "ok")


def test_answers_to_what_nobody_asked_for_do_no_harm() -> None:
    refusal = Result(device="Bob", op_id="x", outcome="fail")
    history = History([Accept(device="Bob", op_id="x", seen=0), refusal])
    assert history.pending == {}
    assert history.refusals == {"x": refusal}
    asked = [*exchange(1).lines, Result(device="Nobody", op_id="a1", outcome="ok")]
    assert History(asked).acknowledged_by("Nobody") == 0


def test_the_answer_may_come_by_another_device_than_the_one_that_was_asked() -> None:
    story = Story()
    story.lines = [line for line in story.lines if not isinstance(line, Member)]
    op_id = story.send("Alice", accept=False, store=False)
    story.add(Result, device="Bob", op_id=op_id, outcome="ok")
    assert story.history.pending == {"Alice": {}}
    assert (story.history.acknowledged_by("Bob"), story.history.acknowledged_by("Alice")) == (1, 0)


def test_asking_again_under_the_same_id_is_the_same_operation() -> None:
    story = exchange(1)
    first = story.history.operations["a1"]
    story.lines.append(msgspec.structs.replace(first, t_ns=story.now + MS))
    history = story.history
    assert history.operations["a1"] is first
    assert history.invokes_by_group == {"g": [first]}
    assert history.pending["Alice"] == {}


@pytest.mark.parametrize(
    ("state", "whole"),
    [("complete", True), ("verified", True), ("uploaded", True), ("downloading", False), ("absent", False)],
)
def test_which_attachments_are_there(state: str, whole: bool) -> None:
    history = History([Blob(device="Bob", digest="d", state=state)])
    assert list(history.blobs) == ([("Bob", "d")] if whole else [])
    assert history.has_blob("Bob", "d") is whole


def test_the_latest_delivery_is_known_by_device() -> None:
    deliveries = [
        msgspec.structs.replace(entry(f"a{n}", n), t_ns=t_ns) for n, t_ns in ((1, 5), (2, 9), (3, 7))
    ]
    deliveries.append(msgspec.structs.replace(entry("a1", 1), device="Carol", t_ns=1))
    deliveries.append(msgspec.structs.replace(entry("a1", 1), device="Dave"))
    assert History(deliveries).last_delivery_ns == {"Bob": 9, "Carol": 1}


def test_what_a_device_does_is_progress_and_a_retry_is_not() -> None:
    doing = Accept(device="Bob", op_id="x", seen=0, t_ns=5, source="Bob")
    trying = Retry(device="Bob", what="pull", attempt=1, delay_ms=1, due_ns=9, t_ns=8, source="Bob")
    earlier = Accept(device="Bob", op_id="y", seen=0, t_ns=3, source="Bob")
    history = History([doing, trying, earlier])
    assert (history.last_ns, history.last_activity_ns) == (8, 5)


def test_notes_are_found_by_kind_and_device() -> None:
    story = Story()
    for device in ("Alice", "Bob"):
        story.note(device, "wake")
    story.note("Bob", "sleep")
    assert [note.device for note in story.history.notes("wake")] == ["Alice", "Bob"]
    assert [note.what for note in story.history.notes("wake", "Bob")] == ["wake"]
    assert story.history.notes("wake", "Carol") == []


def test_the_edges_of_a_fault_stand_together() -> None:
    began, other = (Fault(fault_id=name, kind="cut", edge="start", target=("Bob",)) for name in "12")
    ended = msgspec.structs.replace(began, edge="end")
    assert History([began, other, ended]).faults == {"1": [began, ended], "2": [other]}


def sealed(version: str, order: int) -> Log:
    return Log(
        group="g", op_id="", version=version, server_order=order, author="Alice", digest="", sealed=True
    )


def test_what_the_server_cannot_read_is_what_devices_delivered_under_its_version() -> None:
    history = History([sealed("1", 1), sealed("2", 2)])
    assert [line.op_id for line in history.log["g"]] == ["sealed 1", "sealed 2"], "no two that look the same"
    assert history.logged("g") == 2
    history.extend([entry("a1", 1)])
    assert [(line.op_id, line.digest) for line in history.log["g"]] == [("a1", "d"), ("sealed 2", "")]
    history.extend([msgspec.structs.replace(entry("a2", 1, incarnation=2), version="2")])
    assert [line.op_id for line in history.log["g"]] == ["a1", "a2"]
    assert all(line.sealed for line in history.log["g"])


def test_another_group_has_versions_of_its_own() -> None:
    history = History([sealed("1", 1), msgspec.structs.replace(entry("a1", 1), group="h")])
    assert [line.op_id for line in history.log["g"]] == ["sealed 1"]
