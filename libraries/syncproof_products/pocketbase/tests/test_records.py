from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from syncproof_products.pocketbase.agent.records import (
    Task,
    changed_since,
    op_id_of,
    record_id,
    topic,
    with_overlap,
)


def task(number: int, updated: str) -> Task:
    return Task(f"id{number}", "r", f"task {number}", "", 1, "Alice", updated)


def test_an_id_is_one_that_pocketbase_takes_and_belongs_to_its_names() -> None:
    one = record_id("repository", "task")
    assert len(one) == 15
    assert one.isalnum()
    assert one.islower()
    assert one == record_id("repository", "task")
    assert one != record_id("repositor", "ytask")


def test_a_topic_is_of_one_repository() -> None:
    collection, _, options = topic("Alice's & Bob's").partition("?options=")
    assert collection == "tasks/*"
    assert json.loads(unquote(options)) == {"query": {"filter": "repository = 'Alice\\'s & Bob\\'s'"}}
    assert not {"&", "'"} & {*options}


def test_what_has_changed_is_asked_for_from_a_minute_before() -> None:
    assert with_overlap("") == ""
    since = with_overlap("2026-01-01 00:00:30.500Z")
    assert since == "2025-12-31 23:59:30.500Z"
    rest = f"(updated > '{since}' || (updated = '{since}' && id > 'abc'))"
    assert changed_since("r", since, "abc")["filter"] == f"repository = 'r' && {rest}"
    assert changed_since("r", "")["filter"] == "repository = 'r'"


@pytest.mark.parametrize(
    ("content", "op_id"),
    [
        ('{"op_id": "Alice-1", "text": "x"}', "Alice-1"),
        ('{"text": "x"}', ""),
        ("of somebody else", ""),
        ("", ""),
    ],
)
def test_an_operation_is_known_by_what_the_content_says(content: str, op_id: str) -> None:
    assert op_id_of(content) == op_id
