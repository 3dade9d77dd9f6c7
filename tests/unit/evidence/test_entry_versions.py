"""What builds on what, by what was asked for."""

from __future__ import annotations

from hypothesis import given, settings
from tests.unit.evidence.entry_stories import ENTRY, EntryStory, edited_apart, good_entry_stories, written

from syncproof.evidence import entry_versions, vector_clock
from syncproof.evidence.entry_versions import EntryVersions, unreplaced


def versions(story: EntryStory, entry: str = ENTRY) -> EntryVersions:
    return entry_versions.of(story.history)["g", entry]


def left(found: EntryVersions) -> list[str]:
    everything = found.by_op_id.values()
    return [version.operation.op_id for version in unreplaced(everything, everything)]


def test_edits_apart_know_of_the_first_and_not_of_each_other() -> None:
    found = versions(written(edited_apart)())
    assert {op_id: dict(version.past) for op_id, version in found.by_op_id.items()} == {
        "a1": {}, "a2": {"Alice": 1}, "b1": {"Alice": 1},
    }  # fmt: skip
    assert found.by_op_id["b1"].bases == ("a1",)
    assert (found.by_op_id["a2"].before, found.by_op_id["b1"].before) == ("a1", None)
    assert found.by_version == {"1": "a1", "2": "a2", "3": "b1"}
    assert left(found) == ["a2", "b1"]
    a1, a2, b1 = (found.by_op_id[op_id] for op_id in ("a1", "a2", "b1"))
    assert b1.knows(a1.operation)
    assert b1.knows(b1.operation)
    assert not b1.knows(a2.operation)


def test_a_resolution_knows_all_that_it_names_and_what_they_know() -> None:
    found = versions(written(edited_apart, lambda s: s.write("Bob", kind="resolve"))())
    assert found.by_op_id["b2"].past == {"Alice": 2, "Bob": 1}
    assert left(found) == ["b2"]


def test_an_author_builds_on_its_own_last_version_also_where_that_is_not_named() -> None:
    found = versions(written(lambda s: s.write("Alice"), lambda s: s.write("Alice", base=()))())
    assert found.by_op_id["a2"].past == {"Alice": 1}
    assert left(found) == ["a2"]


def test_entries_and_messages_are_kept_apart() -> None:
    story = written(
        lambda s: s.write("Alice"),
        lambda s: s.send("Alice"),
        lambda s: s.send("Alice", entry=ENTRY),
        lambda s: s.write("Alice", entry="other"),
    )()
    assert list(versions(story).by_op_id) == ["a1"]
    assert list(versions(story, "other").by_op_id) == ["a4"]
    assert versions(story, "other").by_op_id["a4"].past == {}


def test_a_base_that_nobody_knows_is_left_out() -> None:
    assert versions(written(lambda s: s.write("Alice", base=("77",)))()).by_op_id["a1"].bases == ()


def test_the_systems_log_alone_names_versions() -> None:
    story = written(lambda s: s.write("Alice"))()
    assert versions(story).by_version == {}
    story.export()
    assert versions(story).by_version == {"1": "a1"}


@given(good_entry_stories())
@settings(max_examples=100, deadline=None)
def test_it_agrees_with_the_clocks_of_a_correct_system(story: EntryStory) -> None:
    for found in entry_versions.of(story.history).values():
        clocks = {op_id: story._clocks[op_id] for op_id in found.by_op_id}
        maximal = [
            op_id
            for op_id, clock in clocks.items()
            if not any(vector_clock.compare(clock, other) == "before" for other in clocks.values())
        ]
        assert left(found) == maximal
