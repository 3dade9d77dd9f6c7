"""Scenarios that do not hold, or cannot: each fails with a message that says who, which messages, and what to do."""

from __future__ import annotations

import pytest
from tests.meta.child_run import NO_LOG, QUICK, Ended, suite
from tests.meta.conftest import Start

MEET = "Given Alice and Bob are syncing\n"

#: Title: sentences, and what the message must say. These wait for their deadline.
WAITING: dict[str, tuple[str, tuple[str, ...]]] = {
    "Messages are missing": (
        MEET
        + "And Bob goes offline\n"
        + "When Alice sends 20 messages\n"
        + "Then Bob should receive all 20 messages within 1 second",
        (
            "Delivery: expected Bob to receive all 20 messages within 5.1 seconds (with TIME_SCALE and slack).",
            "Bob is offline and has received 0 of 20 messages",
            "Missing (20): Alice #1, #2, #3, #4, #5, #6 and 14 more.",
            "Evidence: history/messages-are-missing-messages-are-missing.2",
        ),
    ),
    "The device cannot connect": (
        MEET
        + "And Bob's network is cut\n"
        + "When Alice sends 1 message\n"
        + "Then Bob should receive all 1 messages within 1 second",
        ("Bob is ", " (refused: nothing listens on 127.0.0.1:"),
    ),
    "The device is dead": (
        MEET
        + "When Bob is killed\n"
        + "And Alice sends 1 message\n"
        + "Then Bob should receive all 1 messages within 1 second",
        ("Bob is dead (killed at ", " s) and has received 0 of 1 messages."),
    ),
    "The device stands still": (
        MEET
        + "When Bob's process is suspended\n"
        + "And Alice sends 1 message\n"
        + "Then Bob should receive all 1 messages within 1 second",
        ("Bob is standing still (suspended at ", " s) and has received 0 of 1 messages."),
    ),
    "Only some are missing": (
        MEET
        + "When Alice sends 5 messages\n"
        + "And Bob's network is cut after he has received 3 messages\n"
        + "Then Bob should receive all 5 messages within 2 seconds",
        (
            "and has received 3 of 5 messages",
            "Missing (2): Alice #4, #5.",
            "Fault: cut on Bob, from ",
            " s to the end (seen: Bob: a connection was refused after ",
        ),
    ),
}
#: These fail where they stand.
SCENARIOS: dict[str, tuple[str, tuple[str, ...]]] = {
    "A cut while nothing is under way": (
        MEET
        + "And Bob's last sync marker is at message 5\n"
        + "When Bob's network is cut\n"
        + "And Bob's network is restored after 1 second\n"
        + "Then Bob should be syncing again within 10 seconds",
        (
            "inconclusive: nothing was outstanding at Bob while the cut on Bob lasted",
            "Fault: cut on Bob, from ",
        ),
    ),
    "A device that is not on stage": (
        MEET + "When Carol sends 2 messages",
        (
            "Carol takes no part in this scenario (devices here: Alice, Bob).",
            "'Given Alice, Bob and Carol are syncing'",
        ),
    ),
    "Nobody was introduced": (
        "When Alice sends 2 messages",
        ("devices here: none yet", "'Given Bob and Alice are syncing'"),
    ),
    "Introduced twice": (MEET + MEET, ("introduced once, in its first sentence",)),
    "More expected than sent": (
        MEET + "When Alice sends 50 messages\nThen Bob should receive all 60 messages within 10 seconds",
        (
            "The scenario sends 50 messages to Bob, but this sentence expects 60: it has to say how many come in all.",
        ),
    ),
    "A cut after more than is sent": (
        MEET + "When Alice sends 5 messages\nAnd Bob's network is cut after he has received 20 messages",
        ("Bob cannot receive 20 messages: only 5 are sent", "Put the sending sentence first."),
    ),
    "A cut that comes too late": (
        MEET
        + "When Alice sends 5 messages\n"
        + "Then Bob should receive all 5 messages within 10 seconds\n"
        + "And Bob's network is cut after he has received 3 messages",
        ("Bob has already received 5 messages: a fault after 3 comes too late.", "Let only 3 be sent before"),
    ),
    "Restored without a cut": (
        MEET + "When Bob's network is restored after 1 second",
        (
            "There is no cut network or silent network or connections that are reset or connections that break off of "
            "Bob that could end here",
            "(broken now: nothing). Say first that it begins.",
        ),
    ),
    "Awake already": (
        MEET + "When Bob wakes up 60 seconds later",
        ("Bob cannot wake up: it is online. Let it fall asleep first.",),
    ),
    "Never away": (
        MEET
        + "When Alice sends 2 messages\nThen Bob should receive all 2 messages within 10 seconds\n"
        + "And Bob should have caught up on reconnection",
        ("Bob has not been away in this scenario, so it has nothing to catch up on.",),
    ),
    "Flapping with nothing to flap in": (
        MEET + "When Bob's connection flaps every 5 seconds",
        ("Bob's connection cannot flap: nothing is sent over a time. Say so first.",),
    ),
    "Sending from a dead device": (
        MEET
        + "When Alice is killed\nAnd Alice sends 1 message\nThen Bob should receive everything within 1 second",
        (
            "Alice was killed at ",
            "and cannot take a message. Say 'Alice starts again after 2 seconds' and 'Alice should be syncing again "
            "within 10 seconds' first.",
        ),
    ),
    "Nothing is sent": (
        MEET + "When Alice verifies Bob",
        (
            "Inconclusive: no device sent anything, so nothing could be judged. "
            "Let one send a message ('Alice sends 1 message').",
        ),
    ),
    "Different emoji with nobody between": (
        MEET + "When Alice verifies Bob\nThen Alice and Bob should see different emoji within 10 seconds",
        (
            "Nobody swaps the keys of Alice and Bob. "
            "Say first 'a man in the middle swaps the keys of Alice and Bob'.",
        ),
    ),
    "A number in words": (
        MEET + "When Alice sends two messages",
        (
            "Argument 'count' got value 'two' that cannot be converted to integer. Write it in digits, like 2.",
        ),
    ),
    "Numbers out of turn": (
        MEET + "When Alice sends messages 51 to 100",
        ("Alice cannot send messages 51 to 100: the next one is number 1 (0 were sent before).",),
    ),
}
PASSES = (
    MEET + "When Alice sends 3 messages\n"
    "Then Bob should receive all 3 messages within 10 seconds\n"
    "And Bob should have no duplicates"
)


@pytest.fixture(scope="module")
def runs(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """By test; those that wait are runs of their own, beside the one that has all others."""
    folder = tmp_path_factory.mktemp("suite")
    others = {title: steps for title, (steps, _) in SCENARIOS.items()} | {"One that holds": PASSES}
    files = [suite(folder, {title: steps}, name=title) for title, (steps, _) in WAITING.items()]
    started = [start_shared(*QUICK, *NO_LOG, path) for path in (*files, suite(folder, others))]
    return {title: ended for ended in [run.end() for run in started] for title in ended.tests}


@pytest.mark.parametrize("title", [*WAITING, *SCENARIOS])
def test_the_message_says_what_a_person_needs(runs: dict[str, Ended], title: str) -> None:
    outcome = runs[title].tests[title]
    assert outcome.status == "FAIL"
    for words in (WAITING | SCENARIOS)[title][1]:
        assert words in outcome.message, outcome.message
    assert "Several failures" not in outcome.message
    assert len(outcome.message.splitlines()) <= 12
    assert runs[title].console.count(outcome.message.splitlines()[0]) == 1


def test_what_holds_passes_among_them_and_nothing_is_left(runs: dict[str, Ended]) -> None:
    assert runs["One that holds"].tests["One that holds"].status == "PASS"
    runs["One that holds"].check(status=len(SCENARIOS))
    for title in WAITING:
        runs[title].check(status=1)
    assert [error for ended in runs.values() for error in ended.errors] == []


def test_every_failed_check_is_on_record_with_its_witnesses(runs: dict[str, Ended]) -> None:
    history = runs["Only some are missing"].history("Only some are missing")
    (verdict,) = [line for line in history.splitlines() if '"checker":"delivery"' in line]
    assert '"result":"fail"' in verdict
    assert all(f"/Alice/{number}" in verdict for number in (4, 5))
    assert "/Alice/3" not in verdict
