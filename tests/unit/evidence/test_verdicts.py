"""What all checkers share: how operations are named, that one device can be judged, that everything is counted."""

from __future__ import annotations

import pytest
from tests.unit.evidence.histories import Story, delivery, drop, exchange

from syncproof.evidence import checkers
from syncproof.evidence.checkers.verdict import NAMED, Verdict, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.evidence.records import Attempt, Log, Marker
from syncproof.workloads.recovery.checks.breaker import expected_opens


def three() -> Story:
    """Three devices and two messages; everybody has both."""
    story = Story(("Alice", "Bob", "Carol"))
    for author in ("Alice", "Bob"):
        story.send(author)
        for device in story.devices:
            story.deliver(device)
    story.export()
    return story


def without(lines: list[Line], *lost: tuple[str, str]) -> History:
    for device, op_id in lost:
        lines = drop(lines, delivery(device, op_id))
    return History(lines)


@pytest.mark.parametrize(
    ("op_ids", "told"),
    [
        ([], ""),
        (["a1"], "Alice #1"),
        (["a1", "a2"], "Alice #1, #2"),
        (["a1", "zz", "a2"], "Alice #1, unknown operation 'zz', Alice #2"),
        (["zz", "a1"], "unknown operation 'zz', Alice #1"),
        ([f"a{n}" for n in range(1, NAMED + 1)], "Alice #1, #2, #3, #4, #5, #6"),
        ([f"a{n}" for n in range(1, NAMED + 2)], "Alice #1, #2, #3, #4, #5, #6 and 1 more"),
    ],
)
def test_operations_are_named(op_ids: list[str], told: str) -> None:
    assert named(exchange(7).history, op_ids) == told


def test_a_verdict_names_its_checker_and_each_witness_once() -> None:
    failed = judge("c", ["one", "two"], ["a", "b", "a"], "fine")
    assert (failed.checker, failed.result, failed.message, failed.witness) == (
        "c",
        "fail",
        "one; two",
        ("a", "b"),
    )
    passed = judge("c", [], ["a"], "fine")
    assert (passed.checker, passed.result, passed.message, passed.witness) == ("c", "pass", "fine", ())
    empty = nothing_to_judge("c", "no x")
    assert (empty.checker, empty.result) == ("c", "unknown")
    assert empty.message == "unknown: no x, so there is nothing to judge"


@pytest.mark.parametrize("name", ["no_loss", "no_duplicates", "sender_order", "append_only", "integrity"])
def test_one_device_can_be_judged_alone(name: str) -> None:
    story = three()
    assert checkers.run(name, story.history, device="Carol").result == "pass"
    assert checkers.run(name, story.history, device="Nobody").result == "unknown"


def test_who_is_not_asked_about_does_not_count() -> None:
    history = without(three().lines, ("Bob", "b1"))
    assert checkers.run("no_loss", history, device="Carol").result == "pass"
    assert checkers.run("no_loss", history, device="Bob").result == "fail"
    assert checkers.run("no_loss", history).witness == ("b1",)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_loss", "2 operations at every member and in the server's own log"),
        ("no_duplicates", "8 entries, each once"),
        ("sender_order", "8 entries in their author's order"),
        ("append_only", "6 entries, only ever appended"),
        ("integrity", "8 entries as they were sent"),
    ],
)
def test_what_passes_says_how_much_was_looked_at(name: str, told: str) -> None:
    assert checkers.run(name, three().history).message == told


def test_what_several_devices_lost_is_all_witnessed() -> None:
    lines = drop(three().lines, lambda line: isinstance(line, Log) and line.op_id == "b1")
    verdict = checkers.run("no_loss", without(lines, ("Bob", "a1"), ("Carol", "b1")))
    assert verdict.witness == ("a1", "b1")
    assert verdict.message == (
        "Bob lost 1 operation of 2: Alice #1; Carol lost 1 operation of 2: Bob #1; "
        "the log of g lacks 1 operation of 2 that the system took: Bob #1"
    )


def test_all_differences_from_the_others_are_witnessed() -> None:
    history = without(three().lines, ("Bob", "a1"), ("Carol", "b1"))
    verdict = checkers.run("convergence", history)
    assert verdict.witness == ("a1", "b1")
    assert verdict.message == (
        "Bob lacks 1 operation that Alice has: Alice #1; Carol lacks 1 operation that Alice has: Bob #1"
    )
    assert checkers.run("convergence", history, device="Bob").message == (
        "Bob lacks 1 operation that Alice has: Alice #1; Carol lacks 1 operation that Bob has: Bob #1; "
        "Bob lacks 1 operation that Carol has: Alice #1"
    )
    assert checkers.run("convergence", history, device="Nobody").result == "unknown"


@pytest.mark.parametrize(("wrong", "more"), [(2, ""), (3, ""), (4, "; and 1 more"), (6, "; and 3 more")])
def test_a_marker_that_is_wrong_all_the_time_is_told_three_times(wrong: int, more: str) -> None:
    story = exchange(2)
    for _ in range(wrong):
        story.add(Marker, device="Bob", group="g", scope="local", old="2", new="nowhere", n=2)
    verdict = checkers.run("marker_integrity", story.history)
    one = "Bob's local marker stands at version nowhere, which nobody has"
    assert verdict.message == "; ".join([one] * min(wrong, 3)) + more


def attempts(*outcomes: tuple[int, str]) -> list[Attempt]:
    return [Attempt(what="push", outcome=outcome, t_ns=t_ns) for t_ns, outcome in outcomes]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "cooldown_ns", "opens"),
    [
        ([(1, "failed"), (2, "failed")], 0, 1),
        ([(1, "failed"), (2, "failed"), (2, "failed")], 0, 2),
        ([(1, "failed"), (2, "failed"), (6, "failed")], 10, 1),
        ([(1, "failed"), (2, "failed"), (7, "failed")], 10, 2),
        ([(1, "failed"), (2, "failed"), (7, "failed"), (8, "failed")], 10, 2),
        ([(1, "failed"), (2, "failed"), (8, "ok"), (9, "failed")], 0, 1),
        ([(1, "failed"), (2, "failed"), (8, "ok"), (9, "failed"), (10, "failed")], 0, 2),
    ],
)
def test_how_often_a_breaker_must_have_opened(
    outcomes: list[tuple[int, str]], cooldown_ns: int, opens: int
) -> None:
    assert expected_opens(attempts(*outcomes), 2, cooldown_ns) == opens
    if not cooldown_ns:
        assert expected_opens(attempts(*outcomes), 2) == opens


def test_a_fault_that_only_a_read_marker_met_passes_with_a_remark() -> None:
    def judged(*, sends: bool) -> Verdict:
        story = Story(("Alice", "Bob"))
        story.send("Alice")
        for device in story.devices:
            story.deliver(device)
        story.mark("Bob")
        story.fault("start")
        story.fault("proved")
        if sends:
            story.send("Alice")
        story.fault("end")
        for device in story.devices if sends else ():
            story.deliver(device)
        return checkers.run("fault_effect", story.history)

    assert judged(sends=False).remark == (
        "only a read marker was outstanding at Bob while the cut on Bob lasted: no message was at risk"
    )
    assert judged(sends=False).result == judged(sends=True).result == "pass"
    assert judged(sends=True).remark == ""
