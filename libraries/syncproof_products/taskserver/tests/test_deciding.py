"""What a request changes, by cases and by chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.taskserver.core.deciding import Outcome, decide
from syncproof_products.taskserver.core.model import (
    Batch,
    BatchReply,
    Create,
    Delete,
    Item,
    Refusal,
    Task,
    Update,
)


def task(**fields: Any) -> Task:
    told: dict[str, Any] = {"id": "report", "content": "old", "version": 2, "seq": 7, "by": "Alice"}
    return Task(**(told | fields))


def asked(what: Create | Update | Delete | Batch, *known: Task) -> Outcome:
    return decide({each.id: each for each in known}, 9, "Bob", "key", "report", what)


def test_a_task_is_made_as_the_next_change() -> None:
    made = task(content="new", version=1, seq=10, by="Bob", key="key")
    assert asked(Create("report", "new")) == Outcome(201, made, (made,))


def test_a_task_that_was_deleted_is_made_again_in_its_next_version() -> None:
    again = asked(Create("report", "new"), task(deleted=True))
    assert [(each.version, each.deleted) for each in again.changes] == [(3, False)]


def test_an_update_leaves_what_it_does_not_name() -> None:
    (changed,) = asked(Update(status="in_progress"), task(priority="high")).changes
    assert changed == task(status="in_progress", priority="high", version=3, seq=10, by="Bob", key="key")


def test_an_update_of_a_batch_does_so_too() -> None:
    batch = Batch((Item("update", "report", content="new", local_version=2, key="k"),))
    (changed,) = asked(batch, task(status="completed", priority="high")).changes
    assert changed == task(
        content="new", status="completed", priority="high", version=3, seq=10, by="Bob", key="k"
    )


def test_a_deleted_task_keeps_why() -> None:
    (changed,) = asked(Delete("done"), task()).changes
    assert changed == task(content="done", deleted=True, version=3, seq=10, by="Bob", key="key")


@pytest.mark.parametrize(
    ("what", "known", "status", "code"),
    [
        (Create("report", "new"), [task()], 409, "exists"),
        (Update("new"), [], 404, "unknown"),
        (Update("new"), [task(deleted=True)], 404, "unknown"),
        (Update("new", version=1), [task()], 409, "stale"),
        (Delete(), [], 404, "unknown"),
        (Delete(version=3), [task()], 409, "stale"),
        (Batch((Item("create", "other"), Item("update", "report"))), [], 422, "invalid"),
        (
            Batch((Item("delete", "report", local_version=2), Item("delete", "report"))),
            [task()],
            422,
            "invalid",
        ),
        (Batch((Item("create", "report"),)), [task()], 422, "invalid"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    what: Create | Update | Delete | Batch, known: list[Task], status: int, code: str
) -> None:
    outcome = asked(what, *known)
    assert (outcome.status, outcome.changes) == (status, ())
    assert isinstance(outcome.reply, Refusal)
    assert outcome.reply.code == code


@pytest.mark.parametrize(("strategy", "applied"), [("server_wins", 0), ("manual", 0), ("client_wins", 1)])
def test_an_old_version_is_a_conflict_whatever_a_clock_says(strategy: Any, applied: int) -> None:
    item = Item("update", "report", "mine", local_version=1, updated_at=1e12)
    reply = asked(Batch((item,), strategy), task()).reply
    assert isinstance(reply, BatchReply)
    assert len(reply.applied) == applied
    (conflict,) = reply.conflicts
    assert (conflict.local_version, conflict.server_version, conflict.strategy) == (1, 2, strategy)


ITEMS = st.lists(
    st.builds(
        Item,
        st.sampled_from(["create", "update", "delete"]),
        st.sampled_from("abcd"),
        st.text(max_size=3),
        local_version=st.integers(0, 3),
    ),
    max_size=8,
)


@given(ITEMS, st.sampled_from(["server_wins", "client_wins", "manual"]))
def test_a_batch_is_applied_as_a_whole_in_numbers_without_a_gap(items: list[Item], strategy: Any) -> None:
    known = {"a": task(id="a"), "b": task(id="b", deleted=True)}
    outcome = decide(known, 9, "Bob", "key", "", Batch(tuple(items), strategy))
    assert [each.seq for each in outcome.changes] == list(range(10, 10 + len(outcome.changes)))
    if isinstance(outcome.reply, Refusal):
        assert outcome.changes == ()
        return
    assert isinstance(outcome.reply, BatchReply)
    assert outcome.reply.applied == outcome.changes
    kept = len(outcome.reply.conflicts) if strategy != "client_wins" else 0
    assert len(outcome.changes) + kept == len(items)
    versions = {"a": 2, "b": 2}
    for each in outcome.changes:
        assert each.version == versions.get(each.id, 0) + 1
        versions[each.id] = each.version
