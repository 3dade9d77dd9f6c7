from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.bundled.core.conflict import Entries, join, sibling_of, visible, winner
from syncproof_products.bundled.core.records import EntryState, Sibling
from syncproof_products.bundled.core.wire import BlobRef, Clock, Draft, Event
from syncproof_synckit.vector_clock import Order, compare, dominates


def version(
    seq: int,
    clock: Clock,
    says: str = "",
    kind: str = "put",
    author: str = "alice",
    blobs: tuple[BlobRef, ...] = (),
) -> Sibling:
    body = json.dumps({"op_id": f"op-{seq}", "text": says or f"text {seq}"})
    return sibling_of(Event(seq, author, Draft(f"op-{seq}", kind, body, "e", (), clock, blobs)))


def state(*versions: Sibling) -> tuple[Sibling, ...]:
    siblings: tuple[Sibling, ...] = ()
    for one in versions:
        siblings = join(siblings, one)
    return siblings


def seen(siblings: tuple[Sibling, ...]) -> list[str]:
    return [sibling.version for sibling in visible(siblings)]


BOTH = {"alice": 1, "bob": 1}
ALICE = {"alice": 2, "bob": 1}
BOB = {"alice": 1, "bob": 2}


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version(1, BOTH)], ["1"]),
        ([version(1, BOTH), version(2, ALICE)], ["2"]),
        # L-3.1: both edit {alice: 1, bob: 1}; both versions are preserved.
        ([version(1, BOTH), version(2, ALICE), version(3, BOB)], ["2", "3"]),
        # L-3.2: rapid sequential edits end at the last one.
        ([version(n, {"alice": n}) for n in range(1, 6)], ["5"]),
        # The same content on both sides is no conflict; the later one stands for both.
        ([version(2, ALICE, "same"), version(3, BOB, "same")], ["3"]),
        ([version(2, ALICE, "same"), version(3, BOB, "other")], ["2", "3"]),
        # Delete against edit keeps the edit, whichever came first.
        ([version(2, ALICE, kind="delete"), version(3, BOB)], ["3"]),
        ([version(2, ALICE), version(3, BOB, kind="delete")], ["2"]),
        # Two deletions are one, whatever their bodies carry; a deletion of what it knew deletes.
        ([version(2, ALICE, kind="delete"), version(3, BOB, kind="delete")], ["3"]),
        ([version(2, ALICE), version(3, {"alice": 2, "bob": 2}, kind="delete")], ["3"]),
        # A resolution dominates both.
        ([version(2, ALICE), version(3, BOB), version(4, {"alice": 3, "bob": 2}, kind="resolve")], ["4"]),
    ],
)
def test_what_a_person_has_to_choose_from(versions: list[Sibling], expected: list[str]) -> None:
    for order in permutations(versions) if len(versions) < 5 else [versions, versions[::-1]]:
        assert seen(state(*order)) == expected


def test_the_same_text_with_another_attachment_is_another_content() -> None:
    picture = BlobRef("a" * 64, 3, "picture.png")
    siblings = state(version(2, ALICE, "same"), version(3, BOB, "same", blobs=(picture,)))
    assert seen(siblings) == ["2", "3"]


def test_a_body_that_is_no_json_has_a_content_too() -> None:
    def plain(seq: int, body: str, clock: Clock) -> Sibling:
        return sibling_of(Event(seq, "alice", Draft(f"op-{seq}", "put", body, "e", (), clock)))

    assert seen(state(plain(1, "same", ALICE), plain(2, "same", BOB))) == ["2"]
    assert seen(state(plain(1, "this", ALICE), plain(2, "that", BOB))) == ["1", "2"]


def test_the_latest_visible_version_wins() -> None:
    assert winner(()) is None
    chosen = winner(state(version(2, ALICE), version(3, BOB, kind="delete")))
    assert chosen is not None
    assert chosen.version == "2"


histories = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["alice", "bob", "carol"]), st.integers(1, 3), min_size=1),
        st.sampled_from(["put", "delete", "resolve"]),
        st.sampled_from(["x", "y"]),
    ),
    max_size=7,
    unique_by=lambda made: tuple(sorted(made[0].items())),
)


@given(histories, st.randoms(use_true_random=False))
def test_the_state_does_not_depend_on_the_order(history: list[tuple[Clock, str, str]], rng: object) -> None:
    versions = [version(n, clock, says, kind) for n, (clock, kind, says) in enumerate(history, 1)]
    shuffled = list(versions)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    siblings = state(*versions)
    assert state(*shuffled) == siblings
    assert state(*versions, *versions) == siblings, "what comes twice changes nothing"
    for left in siblings:
        for right in siblings:
            assert left is right or compare(left.clock, right.clock) is Order.CONCURRENT
    for one in versions:
        assert any(dominates(kept.clock, one.clock) for kept in siblings), (
            "nothing vanishes without a successor"
        )


def apply_all(entries: Entries, *versions: Sibling) -> list[tuple[str, ...]]:
    return [entries.apply("g", "e", one)[1] for one in versions]


def test_a_conflict_is_reported_when_it_begins_and_when_it_grows() -> None:
    third = version(4, {"alice": 1, "bob": 1, "carol": 1})
    reported = apply_all(Entries(), version(1, BOTH), version(2, ALICE), version(3, BOB), third)
    # Carol's version knows of the first one only.
    assert reported == [(), (), ("2", "3"), ("2", "3", "4")]


@pytest.mark.parametrize(
    "other", [version(3, BOB, kind="delete"), version(3, BOB, "text 2"), version(3, {"alice": 2, "bob": 2})]
)
def test_what_is_no_conflict_is_not_reported(other: Sibling) -> None:
    assert apply_all(Entries(), version(2, ALICE), other) == [(), ()]


def test_a_new_version_is_past_its_bases_and_past_all_that_the_device_wrote() -> None:
    entries = Entries()
    apply_all(entries, version(2, ALICE), version(3, BOB, author="bob"))
    siblings = {known.version: known.clock for known in entries.siblings("g", "e")}
    resolved = entries.clock_for("alice", "g", "e", siblings, None)
    assert resolved == {"alice": 3, "bob": 2}
    on_own = entries.clock_for("alice", "g", "e", {}, None)
    assert on_own == {"alice": 3, "bob": 1}, "a device's own writes build on each other"
    after_pending = entries.clock_for("alice", "g", "e", {}, {"alice": 7, "bob": 1})
    assert after_pending == {"alice": 8, "bob": 1}
    first = entries.clock_for("carol", "g", "e", {}, None)
    assert first == {"carol": 1}


def test_entries_go_on_after_a_restart_where_they_were() -> None:
    entries = Entries()
    change, _ = entries.apply("g", "e", version(2, ALICE))
    again = Entries()
    again.restore((EntryState(change.group, change.entry, change.siblings, change.context),))
    assert apply_all(again, version(3, BOB)) == [("2", "3")]
