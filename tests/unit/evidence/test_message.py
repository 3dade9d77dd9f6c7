"""What a failed test says."""

from __future__ import annotations

from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.history import History
from syncproof.evidence.message import ROOM, compose, listed


def cut_short() -> Story:
    """Ten messages, Bob is cut after six and gets no more."""
    story = Story()
    story.now = 0
    for _ in range(6):
        story.send("Alice")
        story.deliver("Bob")
    story.fault("start", requested="both ways")
    story.fault("proved", requested="both ways")
    for _ in range(4):
        story.send("Alice")
    story.wait(10_000)
    story.fault("end", requested="both ways")
    return story


def test_the_whole_message() -> None:
    story = cut_short()
    assert compose(
        story.history,
        expected="expected Bob to receive all 10 messages within 30 seconds",
        seen="Bob has received 6 of 10 messages and is offline",
        missing=["a7", "a8", "a9", "a10"],
        opened_ns=0,
        now_ns=41_500 * MS,
        evidence="history/cut.jsonl",
    ) == (
        "Expected Bob to receive all 10 messages within 30 seconds.\n"
        "Seen at 41.5 s: Bob has received 6 of 10 messages and is offline.\n"
        "Missing (4): Alice #7, #8, #9, #10.\n"
        "The last delivery of all came to Bob at 0.0 s.\n"
        "Fault: cut (both ways) on Bob, from 0.0 s to 10.0 s (seen: refused).\n"
        "Evidence: history/cut.jsonl"
    )


def test_only_the_first_few_are_named() -> None:
    story = Story()
    missing = [story.send("Alice") for _ in range(5)] + [story.send("Bob") for _ in range(5)]
    message = compose(story.history, expected="x", missing=missing)
    assert "Missing (10): Alice #1, #2, #3, #4, #5, Bob #1 and 4 more." in message
    assert "Nothing was delivered to anybody." in message


def test_faults_that_did_not_end_or_bite_say_so() -> None:
    story = Story()
    story.fault("start", kind="latency", direction="down", effective=False)
    assert "Fault: latency down on Bob, from 0.0 s to the end, not seen to take effect." in compose(
        story.history, expected="x", opened_ns=story.now
    )


def test_many_faults_are_summed_up() -> None:
    story = Story()
    for k in range(7):
        story.fault("start", fault_id=str(k))
    message = compose(story.history, expected="x")
    assert message.count("Fault: ") == 3
    assert "... and 4 faults more." in message


def test_empty_parts_are_left_out() -> None:
    assert compose(History(), expected="expected this") == "Expected this."
    assert compose(History(), expected="Was it so?", seen="no") == "Was it so?\nSeen: no."


def test_what_a_verdict_concerns_is_not_called_missing() -> None:
    story = cut_short()
    message = compose(story.history, expected="no_duplicates: Bob got 1 operation twice", concerned=["a2"])
    assert "Concerned (1): Alice #2." in message
    assert "Missing" not in message


def test_what_several_checkers_say_is_folded_not_lost() -> None:
    said = "; ".join(f"checker_{k}: {'x' * 80}" for k in range(5))
    message = compose(History(), expected=said)
    assert all(f"checker_{k}" in message or f"Checker_{k}" in message for k in range(5))
    assert len(message.splitlines()) <= 3


def test_judgements_that_have_no_room_are_counted_and_none_is_cut() -> None:
    half = "x" * (ROOM // 2 - 1)
    assert listed(["one"]) == "one"
    assert listed([half, half]) == f"{half}; {half}"
    assert listed([half, half + "x", "y"]) == f"{half}; and 2 checks more: see the evidence"
    assert listed(["x" * 999, "y"]) == "x" * 999 + "; and 1 check more: see the evidence"
    message = compose(History(), expected=listed(["word " * 60] * 9))
    assert message.endswith("more: see the evidence.")


def test_it_stays_short() -> None:
    story = cut_short()
    for k in range(20):
        story.fault("start", fault_id=str(k), requested="r" * 500)
    message = compose(
        story.history,
        expected="e" * 900,
        seen="s" * 900,
        missing=["a7"] * 99,
        concerned=["a7"] * 99,
        evidence="p",
    )
    assert len(message.splitlines()) <= 12
    assert max(map(len, message.splitlines())) <= 240


def test_times_are_told_from_the_first_line_where_nobody_says_when_it_began() -> None:
    story = Story()
    story.fault("start")
    assert "from 0.0 s to the end" in compose(story.history, expected="x")
    assert compose(History(), expected="x", seen="y", now_ns=10**9) == "X.\nSeen at 1.0 s: y."


def test_the_last_delivery_of_all_is_the_latest_whoever_got_it() -> None:
    story = Story(("Zoe", "Alice"))
    story.now = 0
    story.send("Zoe")
    story.deliver("Zoe")
    story.wait(5000)
    story.deliver("Alice")
    message = compose(story.history, expected="x", missing=["z2"], opened_ns=0)
    assert "The last delivery of all came to Alice at 5.0 s." in message


def test_three_faults_need_no_sum_and_a_proof_is_not_made_up() -> None:
    story = Story()
    story.now = 0
    for k in range(3):
        story.fault("start", fault_id=str(k), on=("Alice", "Bob"), effective=True)
    message = compose(story.history, expected="x", opened_ns=0)
    assert message.count("cut on Alice and Bob, from 0.0 s to the end.") == 3
    assert "more" not in message
    story.fault("proved", fault_id="0", effective=False)
    assert "seen" not in compose(story.history, expected="x")


def test_a_line_is_as_wide_as_it_may_be_and_no_wider() -> None:
    room = 240 - len("Evidence: ")
    for length, told in ((room, "p" * room), (room + 1, "p" * (room - 4) + " ...")):
        message = compose(History(), expected="x", evidence="p" * length)
        assert message.splitlines()[1] == "Evidence: " + told
    folded = compose(History(), expected=" ".join(["word"] * 400)).splitlines()
    assert [len(line) for line in folded[:2]] == [234, 234]
    assert folded[-1].endswith("word ...")
