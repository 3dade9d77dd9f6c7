"""Weeks in virtual time: how much of it peers were available, and how seldom one failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story

from syncproof.workloads.lifetimes.records import Lived

Act = Callable[[Story], object]
DAY = 86_400.0
AVAILABLE: dict[str, Any] = {"least": 0.999, "bound_s": 30.0}
#: Two peers for a day are enough for 0.6 days, and two days without a failure for 0.66.
SELDOM: dict[str, Any] = {"mean_days": 0.6, "bound_s": 30.0, "stuck_s": 3600.0, "most_kept": 500}


def at(when: float, what: str, peer: str = "Bob", **more: Any) -> Act:
    """Something happens to a peer that lives in virtual time."""
    return lambda story: story.add(Lived, at_s=when, what=what, peer=peer, **more)


def wrote(
    when: float, op: str = "a1", came: float | None = None, peer: str = "Alice", other: str = "Bob"
) -> list[Act]:
    """One writes something, and the other one has it then, or never."""
    there = [] if came is None else [at(came, "came", other, op=op)]
    return [at(when, "wrote", peer, op=op), *there]


def lived(*acts: Act | list[Act], days: float = 1.0) -> Callable[[], Story]:
    """Alice and Bob live so long, and what happens happens; what is first stands first."""
    flat = [each for act in acts for each in (act if isinstance(act, list) else [act])]
    begin = [at(0.0, "up", "Alice"), at(0.0, "up", "Bob"), *wrote(1.0, "a0", 1.1)]
    return told(*begin, *flat, at(days * DAY, "ended", ""))


CUT = (at(100.0, "cut", "Alice", other="Bob"), at(1000.0, "healed", "Alice", other="Bob"))
KILLED = (at(100.0, "down"), at(1000.0, "up"))

CASES: dict[str, tuple[Case, ...]] = {
    "available": (
        unknown("empty", empty, "nobody lived to the end", **AVAILABLE),
        unknown("it broke off", told(at(0.0, "up"), *wrote(1.0, came=1.1)), "nobody lived", **AVAILABLE),
        unknown("nobody got anything", told(at(0.0, "up"), at(DAY, "ended", "")), "nobody lived", **AVAILABLE),
        good("at once", lived(wrote(50.0, came=50.1)), "2.0 peer-days with 2 changes, 0 kills, 0 cuts",
             "available for 100.0000%", **AVAILABLE),
        good("just in time", lived(wrote(50.0, came=80.0)), "100.0000%", **AVAILABLE),
        good("a minute late", lived(wrote(50.0, came=140.0)), "99.9306%", **AVAILABLE),
        bad("two minutes late", lived(wrote(50.0, came=200.0)),
            "expected Bob to be available for 0.999 of the time; it was for 0.9986: it lacked 1 change", **AVAILABLE),
        bad("never", lived(wrote(50.0)), "it was for 0.0009", **AVAILABLE),
        good("two at once a minute late", lived(wrote(50.0, came=130.0), wrote(50.0, "a2", came=135.0)), **AVAILABLE),
        bad("two after each other", lived(wrote(50.0, came=140.0), wrote(150.0, "a2", came=240.0)),
            "it lacked 2 changes", **AVAILABLE),
        good("it was cut off", lived(CUT[0], at(200.0, "wrote", "Alice", op="a1"), CUT[1], at(1029.0, "came", op="a1")),
             "1 cut", **AVAILABLE),
        bad("it was cut off, and long healed",
            lived(CUT[0], at(200.0, "wrote", "Alice", op="a1"), CUT[1], at(1200.0, "came", op="a1")), **AVAILABLE),
        good("it was cut off shortly after",
             lived(at(90.0, "wrote", "Alice", op="a1"), *CUT, at(1029.0, "came", op="a1")), **AVAILABLE),
        bad("it was cut off long after", lived(at(50.0, "wrote", "Alice", op="a1"), *CUT, at(1029.0, "came", op="a1")),
            **AVAILABLE),
        good("cut off twice at once", lived(
            CUT[0], at(200.0, "wrote", "Alice", op="a1"), at(300.0, "cut", "Alice", other="Bob"), CUT[1],
            at(2000.0, "healed", "Alice", other="Bob"), at(2029.0, "came", op="a1")), **AVAILABLE),
        bad("cut off for good, and not healed in the end",
            lived(wrote(50.0, came=200.0), at(300.0, "cut", "Alice", other="Bob")), **AVAILABLE),
        good("it was killed", lived(KILLED[0], at(200.0, "wrote", "Alice", op="a1"), KILLED[1],
                                    at(1029.0, "came", op="a1")), "1 kill", **AVAILABLE),
        bad("killed, and two minutes late afterwards", lived(*KILLED, wrote(5000.0, came=5150.0)), **AVAILABLE),
        good("it is killed until the end", lived(at(100.0, "down"), at(200.0, "wrote", "Alice", op="a1")), **AVAILABLE),
        good("it ended by itself for a minute", lived(at(100.0, "crashed", reason="x"), at(160.0, "up")), **AVAILABLE),
        bad("it ended by itself for an hour", lived(at(100.0, "crashed", reason="x"), at(3700.0, "up")),
            "ended by itself 1 times", **AVAILABLE),
        bad("it ended by itself for good", lived(at(100.0, "crashed", reason="x")), **AVAILABLE),
        good("only Alice is judged", lived(wrote(50.0)), device="Alice", **AVAILABLE),
        bad("only Bob is judged", lived(wrote(50.0)), device="Bob", **AVAILABLE),
    ),
    "seldom_fails": (
        unknown("empty", empty, "nobody lived to the end", **SELDOM),
        unknown("it broke off", told(at(0.0, "up"), *wrote(1.0, came=1.1)), "nobody lived", **SELDOM),
        good("no failure", lived(), "0 failures, which proves more than 0.6 days between two", **SELDOM),
        unknown("too short", lived(), "too small to prove 0.7 days, which takes 2.1 without one",
                **SELDOM | {"mean_days": 0.7}),
        unknown("killed for half of the time", lived(at(0.3 * DAY, "down"), at(0.8 * DAY, "up")), "1.5 peer-days",
                **SELDOM),
        bad("it ended by itself", lived(at(100.0, "crashed", reason="KeyError: 'x'"), at(105.0, "up")),
            "expected more than 0.6 days", "1 failure: Bob on day 1: KeyError: 'x'", **SELDOM),
        bad("it quarantines Alice", lived(at(100.0, "failed", reason="it quarantines Alice")), "it quarantines",
            **SELDOM),
        good("so few of so many", lived(at(100.0, "failed", reason="x"), days=2.0), "1 failure, which proves",
             **SELDOM),
        good("an hour late", lived(wrote(50.0, came=3680.0)), **SELDOM),
        bad("more than an hour late", lived(wrote(50.0, came=3681.0)), "Bob on day 1: it does not get a1", **SELDOM),
        good("it keeps little", lived(at(100.0, "kept", amount=500)), **SELDOM),
        bad("it keeps much", lived(at(100.0, "kept", amount=501), at(200.0, "kept", amount=2)),
            "it keeps 501 things more", **SELDOM),
        bad("many failures", lived(*(at(each, "failed", reason=f"no {each:g}") for each in (1.0, 2.0, 3.0, 4.0, 5.0))),
            "no 3 and 2 more", **SELDOM),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "available": (
        ("if share < least", "if share <= least - 0.01"),
        ("device in (None, peer)", "True"),
        ("[*missing, *down]", "[*missing]"),
        ("*lives.crashed[peer]]", "]"),
        ("- lacking_s / lives.up_s(peer)", "- lacking_s / 1e9"),
    ),
    "seldom_fails": (
        ("kept > most_kept", "kept > 2 * most_kept"),
        ("late(bound_s, stuck_s)", "late(bound_s)"),
        ("late(bound_s, stuck_s)", "late(bound_s, 2 * stuck_s)"),
        ("list(lives.failures)", "[]"),
        ("<= _CHANCE", "<= 1"),
        ("len(failures), days", "0, days"),
    ),
}
