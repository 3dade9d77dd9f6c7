"""What a hostile client leaves: what it met, what its server used, and what honest devices did meanwhile."""

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story, exchange

from syncproof.evidence.met import Met
from syncproof.workloads.adversarial.records import Attacked, ServerUse

MB = 1_000_000
REFUSED: dict[str, Any] = {"within_ns": 2000 * MS, "asked_ns": 0, "times": 2}
SOON: dict[str, Any] = {"within_ns": 20 * MS, "asked_ns": 0}
BACK: dict[str, Any] = {"within_ns": 50 * MS, "asked_ns": 0, "times": 2, "spare": 2}
MEMORY: dict[str, Any] = {"at_most": MB}


def met(**fields: Any) -> Met:
    """Three connections with a frame at random, refused as they should be."""
    made: dict[str, Any] = {
        "what": "a frame",
        "ending": "answered",
        "statuses": (400,),
        "refusals": (0, 400),
        "count": 3,
        "sent": 90,
        "slowest_s": 1.0,
    }
    return Met(**made | fields)


WAITS = met(statuses=(429,), told_to_wait=True)
SERVED = met(ending="left", statuses=(101,))


def attack(n: int, *some: Met, lasts_ms: float = 10) -> Any:
    """An attack begins, and is over so long later."""

    def act(story: Story) -> None:
        began = story.now
        story.wait(lasts_ms)
        story.add(Attacked, n=n, began_ns=began, met=some or (met(),))

    return act


def used(n: int, descriptors: int = 20, tasks: int = 10, memory: int = 50 * MB, **fields: int) -> Any:
    """The server is measured."""
    most = {"most_descriptors": descriptors, "most_memory": memory} | fields
    return lambda story: story.add(
        ServerUse, n=n, descriptors=descriptors, tasks=tasks, memory=memory, **most
    )


def two(*some: Met) -> Any:
    """Two attacks, the second of them like this."""
    return told(attack(1), attack(2, *some))


def says(after_ms: float, *, delivered: bool = True) -> Any:
    """Alice says something, and Bob has it so long later."""

    def act(story: Story) -> None:
        story.send("Alice")
        story.wait(after_ms)
        if delivered:
            story.deliver("Bob")
            story.deliver("Alice")

    return act


def during(*acts: Any) -> Any:
    """An attack begins, this happens, and the attack is over."""

    def act(story: Story) -> None:
        began = story.now
        for each in acts:
            each(story)
        story.add(Attacked, n=1, began_ns=began, met=(met(),))

    return act


CASES: dict[str, tuple[Case, ...]] = {
    "attack_refused": (
        unknown("empty", empty, "0 attacks of 2", **REFUSED),
        unknown("one is not over", told(attack(1)), "1 attack of 2", **REFUSED),
        unknown(
            "nobody was there",
            told(attack(1, met(ending="unreachable", statuses=())), attack(2)),
            "no connection",
            **REFUSED,
        ),
        good("refused", two(), "6 connections, each refused", **REFUSED),
        good("ended", two(met(ending="closed", statuses=())), **REFUSED),
        good("ended behind an upgrade", two(met(ending="closed", statuses=(101,))), **REFUSED),
        bad("taken at first, and refused in the end", two(met(statuses=(200, 400))), "took them (200)", **REFUSED),
        bad("failed at first, and refused in the end", two(met(statuses=(500, 400))), "failed at them", **REFUSED),
        bad("failed with another status", two(met(statuses=(502,))), "failed at them (502)", **REFUSED),
        good("refused with a status of failures", two(met(statuses=(503,), refusals=(503,))), **REFUSED),
        good("just in time", two(met(slowest_s=2.0)), **REFUSED),
        bad("taken", two(met(statuses=(200,))), "3 connections of attack 2 with a frame: the server took", **REFUSED),
        bad("redirected", two(met(statuses=(301,))), **REFUSED),
        bad("failed at", two(met(statuses=(500,), refusals=(500,))), "failed at them", **REFUSED),
        bad("silence", two(met(ending="silent", statuses=())), "neither answered", **REFUSED),
        bad("it was taken, and then ended", two(met(ending="closed", statuses=(200,))), **REFUSED),
        bad("gone", two(met(ending="unreachable", statuses=())), "not be reached any more", **REFUSED),
        bad("late", two(met(slowest_s=2.1)), "the last took 2.1 s", **REFUSED),
        unknown("for another reason", two(met(statuses=(404,))), "refused with 404, expected 400", **REFUSED),
        unknown("without a word", two(met(ending="closed", statuses=(), refusals=(400,))), "said nothing", **REFUSED),
        bad("one of two", two(met(), met(statuses=(201,))), **REFUSED),
        bad("in the only one", told(attack(1, met(ending="silent", statuses=()))), "neither answered", **REFUSED),
        good("served as it may be", two(met(statuses=(200,), refusals=(200,))), **REFUSED),
        good("left as it had meant to", two(met(ending="left", statuses=(200,), refusals=(200,))), **REFUSED),
        bad("left, and taken", two(met(ending="left", statuses=(200,))), **REFUSED),
        bad("left, and a stream was open", two(met(ending="left", statuses=(101,))), "took them (101)", **REFUSED),
        good("left a stream that may be open", two(met(ending="left", statuses=(101,), refusals=(101,))), **REFUSED),
        bad("left without an answer", two(met(ending="left", statuses=())), "neither answered", **REFUSED),
        good("stayed, as it may", two(met(ending="left", statuses=(), may_stay=True)),
            "3 connections, each refused; 3 others left by themselves", **REFUSED),
        bad("stayed, and was taken", two(met(ending="left", statuses=(200,), may_stay=True)), **REFUSED),
        unknown("stayed, and was refused for another reason", two(met(ending="left", statuses=(404,), may_stay=True)),
            **REFUSED),
        good("refused, and gone on with", two(met(statuses=(400, 200), lives_on=True)), **REFUSED),
        bad("refused, and ended", two(met(ending="closed", statuses=(400,), lives_on=True)), "not go on", **REFUSED),
        bad("refused, and nothing behind it is served", two(met(statuses=(400, 404), lives_on=True)), **REFUSED),
        bad("taken, and gone on with", two(met(statuses=(200, 200), lives_on=True)), "took them", **REFUSED),
        unknown("beside the point, and gone on with", two(met(statuses=(404, 200), lives_on=True)), **REFUSED),
        unknown("refused, and again for another reason", two(met(statuses=(400, 404))), **REFUSED),
    ),
    "attack_slowed": (
        unknown("empty", empty, "0 attacks of 2", **REFUSED),
        unknown("one is not over", told(attack(1, WAITS)), "1 attack of 2", **REFUSED),
        good("told in each", told(attack(1, WAITS), attack(2, WAITS)), "6 connections told", **REFUSED),
        good("some are served", told(attack(1, SERVED, WAITS), attack(2, WAITS)), **REFUSED),
        bad("told in one", told(attack(1, WAITS), attack(2, met(statuses=(429,)))), "attack 2: expected", "none of 3",
            **REFUSED),
        bad("told to wait with another status", told(attack(1, WAITS),
            attack(2, met(statuses=(401,), told_to_wait=True))), **REFUSED),
        bad("and failed", told(attack(1, WAITS), attack(2, WAITS, met(statuses=(503,)))), "failed at them (503)",
            **REFUSED),
        bad("and silent", told(attack(1, WAITS), attack(2, WAITS, met(ending="silent", statuses=()))), "did not react",
            **REFUSED),
        bad("late", told(attack(1, WAITS), attack(2, WAITS, met(slowest_s=2.1))), "the last took 2.1 s", **REFUSED),
        bad("silent in the only one", told(attack(1, WAITS, met(ending="silent", statuses=()))), "did not react",
            **REFUSED),
        bad("as much as it likes", told(attack(1, SERVED), attack(2, WAITS)), **REFUSED),
    ),
    "honest_delay": (
        unknown("empty", empty, "nobody was attacked", **SOON),
        unknown("nothing was said meanwhile", told(says(1), attack(1)), "nobody was asked", **SOON),
        unknown("nothing was attacked", exchange, **SOON),
        good("soon", told(during(says(5))), "took at most 0.01 s", **SOON),
        bad("late", told(during(says(21))), "1 operation took longer than 0.02 s to reach Bob",
            witness=("a1",), **SOON),
        bad("never", told(during(says(1, delivered=False))), **SOON),
        good("late before", told(says(30), during(says(1))), **SOON),
        good("late behind", told(during(says(1)), says(30)), **SOON),
        bad("late in the first of two", told(during(says(21)), attack(2)), **SOON),
        good("its own is not looked at", told(during(says(1), wait(30))), **SOON),
    ),
    "resources_returned": (
        unknown("empty", empty, "not measured", **BACK),
        unknown("not behind each", told(used(0), attack(1), used(1), attack(2)), **BACK),
        unknown("not at the end of each", told(used(0), attack(1), used(1), used(2)), "has not come to an end", **BACK),
        good("back", told(used(0), attack(1), used(1, 22), attack(2), used(2, 18, 12)), "18 and 12 in the end", **BACK),
        bad("descriptors", told(used(0), attack(1), used(1, 23), attack(2), used(2)), "has 23 descriptors; it had 20",
            **BACK),
        bad("tasks", told(used(0), attack(1), used(1), attack(2), used(2, tasks=13)),
            "behind attack 2 the server has 13", **BACK),
        bad("late", told(used(0), attack(1), wait(60), used(1), attack(2), used(2)), "it took 0.1 s", **BACK),
        good("the attack may last", told(used(0), attack(1, lasts_ms=90), used(1), attack(2), used(2)), **BACK),
    ),
    "attack_memory": (
        unknown("empty", empty, "behind 0 attacks", **MEMORY),
        unknown("not behind the third", told(used(1), used(2)), **MEMORY),
        unknown("not behind the first", told(used(2), used(3)), **MEMORY),
        good("the same", told(used(1), used(2), used(3)), "50.0 MB, 50.0 MB and 50.0 MB", **MEMORY),
        good("the first may grow", told(used(0), used(1, memory=90 * MB), used(2, memory=91 * MB),
            used(3, memory=92 * MB)), **MEMORY),
        good("one of the others may", told(used(1), used(2), used(3, memory=90 * MB)), **MEMORY),
        good("the other one may", told(used(1), used(2, memory=90 * MB), used(3, memory=91 * MB)), **MEMORY),
        bad("both may not", told(used(1), used(2, memory=51_100_000), used(3, memory=52_200_000)),
            "by more than 1 MB with every one", **MEMORY),
    ),
    "attack_peak": (
        unknown("empty", empty, "not measured", of="memory", at_most=MB),
        unknown("before alone", told(used(0)), of="memory", at_most=MB),
        unknown("during alone", told(used(1), used(2)), of="memory", at_most=MB),
        good("as much as it may", told(used(0), used(1, most_memory=51 * MB)), of="memory", at_most=MB),
        bad("memory", told(used(0), used(1, most_memory=52 * MB), used(2)), "to 52 MB at most",
            of="memory", at_most=MB),
        bad("descriptors", told(used(0), used(1, most_descriptors=40)), "20 descriptors to 40 descriptors",
            of="descriptors", at_most=19),
        good("before is not looked at", told(used(0, most_descriptors=90), used(1)), of="descriptors", at_most=19),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "attack_refused": (
        ("if not faults and len(attacks) < times:", "if False:"),
        ("if not faults and len(attacks) < times:", "if len(attacks) < times:"),
        ("if attacks and all(", "if False and all("),
        ('if met.ending == "unreachable":', "if False:"),
        ('met.ending == "silent" or', ""),
        ("if status == 500 or (status > 500 and status not in met.refusals):", "if status == 500:"),
        ("if status == 500 or (status > 500 and status not in met.refusals):", "if status >= 500:"),
        ("for status in _answers(met):", "for status in _answers(met)[-1:]:"),
        ("taken = 200 <= status < 400 or", "taken = status == 200 or"),
        ('(status == _UPGRADED and met.ending == "left")', "False"),
        ("and not met.may_stay", ""),
        ("and not met.statuses and not met.may_stay", "and not met.statuses"),
        ('(met.ending == "left" and not met.statuses and not met.may_stay)', "False"),
        ("met.statuses[:1] if met.lives_on else met.statuses", "met.statuses"),
        ("if met.lives_on and", "if False and"),
        ("200 <= status < 300", "True"),
        ('if met.ending == "left" and last in (0, _UPGRADED):', 'if met.ending == "left":'),
        ("met.slowest_s * 1e9 > within_ns", "False"),
        ("if CLOSED not in met.refusals:", "if False:"),
        ("elif last not in met.refusals:", "elif False:"),
        ("last in (0, _UPGRADED)", "last == 0"),
        ("_answers(met)[-1] if", "_answers(met)[0] if"),
    ),
    "attack_slowed": (
        ("if not faults and len(attacks) < times:", "if False:"),
        ("if not faults and len(attacks) < times:", "if len(attacks) < times:"),
        ("if met.told_to_wait and 429", "if 429"),
        ("and 429 in met.statuses", ""),
        ("if not waits:", "if False:"),
        ('in ("unreachable", "silent")', 'in ("unreachable",)'),
        ("elif any(status >= 500", "elif any(status > 503"),
        ("elif met.slowest_s * 1e9 > within_ns:", "elif False:"),
    ),
    "honest_delay": (
        ("since <= operation.t_ns <= until", "operation.t_ns <= until"),
        ("since <= operation.t_ns <= until", "since <= operation.t_ns"),
        ("attacks[0].began_ns", "attacks[-1].began_ns"),
        ("if took > within_ns:", "if False:"),
        ("NEVER if entry is None", "0 if entry is None"),
        ("if not judged:", "if False:"),
    ),
    "resources_returned": (
        ("if has > had + spare:", "if has > had + spare + 1:"),
        ('("descriptors", "tasks")', '("descriptors",)'),
        ("range(1, times + 1)", "range(1, times)"),
        ("if not used.keys() <= {0, *ended}:", "if False:"),
        ("if took > within_ns:", "if False:"),
        ("attack.n: attack.t_ns", "attack.n: attack.began_ns"),
    ),
    "attack_memory": (
        ("if not {1, 2, 3} <= used.keys():", "if not {3} <= used.keys():"),
        ("min(second - first, third - second)", "third - second"),
        ("min(second - first, third - second)", "second - first"),
        ("min(second - first, third - second)", "third - first"),
        ("if grown > at_most", "if grown > 2 * at_most"),
    ),
    "attack_peak": (
        ("if len(used) < 2 or 0 not in used:", "if len(used) < 2:"),
        ("most - before > at_most", "most - before > 2 * at_most"),
        ("in used.items() if n)", "in used.items())"),
    ),
}
