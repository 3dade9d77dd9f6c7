from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.pocketbase.agent.planning import (
    Answer,
    Conflict,
    Plan,
    answer,
    batch_of,
    first_plan,
    next_plan,
    request_id,
)
from syncproof_products.pocketbase.agent.records import REQUESTS, TASKS, Task, record_id

NAMES = ("report", "letter")


def operation(
    kind: str, task: str = "report", base: int = 0, batch: str = "", strategy: str = ""
) -> Operation:
    return Operation(f"{kind} {task} {base}", "r", kind, task, "{}", base, batch, strategy, kind, 0, 1.0)


def there(version: int, *, name: str = "report", deleted: bool = False) -> dict[str, Task]:
    return {name: Task(record_id("r", name), "r", name, "", version, "Bob", "", deleted)}


CREATE, UPDATE, DELETE = operation("create"), operation("update", base=1), operation("delete", base=1)


@pytest.mark.parametrize(
    ("wanted", "found", "base"),
    [
        (CREATE, {}, 0),
        (CREATE, there(2, deleted=True), 2),
        (UPDATE, there(1), 1),
        (UPDATE, there(4), 4),
        (DELETE, there(4), 4),
    ],
)
def test_what_is_no_part_of_a_batch_changes_whatever_version_there_is(
    wanted: Operation, found: Mapping[str, Task], base: int
) -> None:
    assert next_plan([wanted], found) == Plan([(wanted, base)])


@pytest.mark.parametrize(
    ("wanted", "found", "code"),
    [
        (CREATE, there(1), "exists"),
        (UPDATE, {}, "unknown"),
        (UPDATE, there(2, deleted=True), "unknown"),
        (DELETE, there(2, deleted=True), "unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(wanted: Operation, found: Mapping[str, Task], code: str) -> None:
    plan = next_plan([wanted], found)
    assert not plan.send
    assert [(each, its) for each, its, _ in plan.refused] == [(wanted, code)]


@pytest.mark.parametrize(("strategy", "sent"), [("server_wins", []), ("manual", []), ("client_wins", [3])])
def test_an_old_version_in_a_batch_is_a_conflict(strategy: str, sent: list[int]) -> None:
    old = operation("update", base=1, batch="b", strategy=strategy)
    new = operation("create", "letter", batch="b", strategy=strategy)
    plan = next_plan([old, new], there(3))
    assert plan.conflicts == [Conflict("report", 1, 3, strategy)]
    assert plan.send == [*((old, version) for version in sent), (new, 0)]


def test_of_a_batch_with_an_operation_that_makes_no_sense_nothing_is_sent() -> None:
    wanted = [operation("update", base=1, batch="b"), operation("create", "letter", batch="b")]
    plan = next_plan(wanted, there(1, name="letter"))
    assert (plan.send, plan.conflicts) == ([], [])
    assert {each.op_id: code for each, code, _ in plan.refused} == {
        "create letter 0": "exists",
        "update report 1": "unknown",
    }


def changes(strategy: str) -> st.SearchStrategy[list[Operation]]:
    """Of a batch; several may be about one task."""
    kinds = st.sampled_from(["create", "update", "delete"])
    change = st.tuples(kinds, st.sampled_from(NAMES), st.integers(1, 3))
    return st.lists(change, min_size=1, max_size=5).map(
        lambda made: [
            replace(operation(kind, task, 0 if kind == "create" else base, "b", strategy), op_id=str(place))
            for place, (kind, task, base) in enumerate(made)
        ]
    )


@given(
    wanted=st.sampled_from(["server_wins", "client_wins", "manual"]).flatmap(changes),
    versions=st.dictionaries(st.sampled_from(NAMES), st.tuples(st.integers(1, 3), st.booleans())),
)
def test_a_batch_is_planned_as_if_its_changes_were_made_one_after_the_other(
    wanted: list[Operation], versions: dict[str, tuple[int, bool]]
) -> None:
    found: dict[str, Task] = {}
    for name, (version, deleted) in versions.items():
        found |= there(version, name=name, deleted=deleted)
    plan = next_plan(wanted, found)
    stored = {name: (version, not deleted) for name, (version, deleted) in versions.items()}
    due, old = list(plan.send), list(plan.conflicts)
    for each in wanted if not plan.refused else ():
        number, living = stored.get(each.task, (0, False))
        assert living == (each.kind != "create")
        if living and each.base != number:
            assert old.pop(0) == Conflict(each.task, each.base, number, each.strategy)
            if each.strategy != "client_wins":
                assert each.op_id in plan.dropped
                continue
        assert due.pop(0) == (each, number)
        stored[each.task] = (number + 1, each.kind != "delete")
    assert (due, old) == ([], [])


@pytest.mark.parametrize(
    ("wanted", "sent", "conflicts"),
    [
        ([("create", 0), ("delete", 1)], [0, 1], 0),
        ([("delete", 1), ("create", 0)], [1, 2], 0),
        ([("update", 1), ("update", 1)], [1], 1),
        ([("update", 1), ("update", 2)], [1, 2], 0),
    ],
)
def test_several_changes_of_one_task_are_made_on_each_other(
    wanted: list[tuple[str, int]], sent: list[int], conflicts: int
) -> None:
    plan = first_plan([operation(kind, base=base, batch="b", strategy="manual") for kind, base in wanted])
    assert ([base for _, base in plan.send], len(plan.conflicts)) == (sent, conflicts)


def test_a_request_is_of_one_client_and_of_just_its_operations() -> None:
    batch = [operation("create", batch="b"), operation("update", base=1, batch="b")]
    others = [[batch[0]], [replace(batch[0], fingerprint="x"), batch[1]], [replace(CREATE, batch="")]]
    found = {
        request_id(batch, "Alice"),
        request_id(batch, "Bob"),
        *(request_id(each, "Alice") for each in others),
    }
    assert len(found) == 5
    assert request_id(list(batch), "Alice") in found


def test_a_request_has_its_own_record_and_says_which_versions_it_changes() -> None:
    conflicts = [Conflict("note", 1, 2, "server_wins")]
    plan = Plan([(CREATE, 0), (replace(DELETE, task="letter"), 4)], conflicts, ["op"])
    requests = batch_of(plan, "id", "Alice")["requests"]
    assert isinstance(requests, list)
    noted, created, deleted = requests
    assert (noted["url"], noted["body"]["id"]) == (REQUESTS, "id")
    assert [each["id"] for each in noted["body"]["outcome"]["conflicts"]] == ["note"]
    assert noted["body"]["outcome"]["dropped"] == ["op"]
    assert (created["method"], created["url"], created["body"]["version"]) == ("POST", TASKS, 1)
    assert (deleted["method"], deleted["url"]) == ("PATCH", f"{TASKS}/{record_id('r', 'letter')}")
    assert deleted["body"].items() >= {"base": 4, "version+": 1, "deleted": True, "author": "Alice"}.items()


def test_a_change_without_a_version_takes_the_first_one_for_its_own() -> None:
    assert first_plan([operation("delete", base=0)]).send == [(operation("delete"), 1)]


NOT_UNIQUE = {"id": {"code": "validation_not_unique", "message": "Value must be unique."}}


def failed(place: int, status: int, data: object) -> bytes:
    """As PocketBase 0.40.6 answers."""
    response = {"data": data, "message": "Failed to create record.", "status": status}
    inner = {"code": "batch_request_failed", "message": "Batch request failed.", "response": response}
    said = {"data": {"requests": {str(place): inner}}, "message": "Batch transaction failed.", "status": 400}
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    ("status", "content", "decided"),
    [
        (200, b"[]", "done"),
        (200, b"<html>somebody else</html>", "nothing"),
        (200, b"{}", "nothing"),
        (400, failed(0, 400, NOT_UNIQUE), "done before"),
        (400, failed(1, 400, NOT_UNIQUE), "stale"),
        (400, failed(1, 404, {}), "stale"),
        (400, failed(2, 400, {"content": {"code": "validation_max_text_constraint"}}), "refused"),
        (400, failed(2, 400, {}), "nothing"),
        (400, failed(2, 403, {}), "refused"),
        (400, failed(2, 429, {}), "nothing"),
        (400, failed(2, 500, {}), "nothing"),
        (400, b'{"data":{},"message":"Batch transaction failed.","status":400}', "nothing"),
        (
            400,
            b'{"data":{"requests":{"code":"validation_length_out_of_range"}},"message":"Invalid","status":400}',
            "refused",
        ),
        (400, b'{"error":"of a gateway"}', "nothing"),
        (403, b'{"data":{},"message":"Batch requests are not allowed.","status":403}', "refused"),
        (413, b'{"data":{},"message":"Request entity too large","status":413}', "refused"),
        (404, b"nginx", "nothing"),
        (429, b"", "busy"),
        (502, b"", "busy"),
    ],
)
def test_what_an_answer_means(status: int, content: bytes, decided: str) -> None:
    said = answer(status, content)
    assert said.decided == decided
    assert bool(said.message) == (decided not in ("done", "done before"))


def test_the_time_to_come_again_is_read() -> None:
    assert answer(429, b"", "7").wait_s == 7.0
    assert answer(429, b"", "Wed, 21 Oct 2026 07:28:00 GMT") == Answer("busy", "status 429")
