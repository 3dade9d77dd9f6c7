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
    return told(*begun(days), *flat, at(days * DAY, "ended", ""))


def begun(days: float = 1.0, *, killed: bool = True, cut: bool = True, counted: bool = True) -> list[Act]:
    """Alice and Bob are to live so long; what has to befall them does at once."""
    return [
        at(days * DAY, "wanted", "", amount=2),
        at(0.0, "up", "Alice"),
        at(0.0, "up", "Bob"),
        *wrote(1.0, "a0", 1.1),
        *((at(2.0, "cut", "Alice", other="Bob"), at(3.0, "healed", "Alice", other="Bob")) if cut else ()),
        *((at(4.0, "down", "Alice"), at(5.0, "up", "Alice")) if killed else ()),
        *((at(6.0, "kept", "Alice", amount=1), at(6.0, "kept", "Bob", amount=1)) if counted else ()),
    ]


CUT = (at(100.0, "cut", "Alice", other="Bob"), at(1000.0, "healed", "Alice", other="Bob"))
KILLED = (at(100.0, "down"), at(1000.0, "up"))

CASES: dict[str, tuple[Case, ...]] = {
    "available": (
        unknown("empty", empty, "nobody lived to the end", **AVAILABLE),
        unknown("it broke off", told(*begun()), "nobody lived", **AVAILABLE),
        unknown("nobody was to live", told(*begun()[1:], at(DAY, "ended", "")), "nobody lived", **AVAILABLE),
        unknown("nobody got anything", told(*begun()[:3], at(DAY, "ended", "")), "nobody got", **AVAILABLE),
        unknown("one was to live and did not", told(begun()[0], *begun()[2:4], *begun()[4:7], at(DAY, "ended", "")),
                "1 peer lived for 1.0 days, not 2", **AVAILABLE),
        unknown("they lived too short", told(*begun(2.0), at(DAY, "ended", "")),
                "2 peers lived for 1.0 days, not 2 for 2", **AVAILABLE),
        unknown("nobody was killed", told(*begun(killed=False), at(DAY, "ended", "")), "0 kills, 1 cut: both",
                **AVAILABLE),
        unknown("nothing was cut", told(*begun(cut=False), at(DAY, "ended", "")), "1 kill, 0 cuts: both", **AVAILABLE),
        good("those who live last are judged",
             told(*begun(), *wrote(50.0), at(DAY, "ended", ""), *begun(), at(DAY, "ended", "")), **AVAILABLE),
        good("at once", lived(wrote(50.0, came=50.1)), "2.0 peer-days with 2 changes, 1 kill, 1 cut",
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
             "2 cuts", **AVAILABLE),
        bad("it was cut off, and long healed",
            lived(CUT[0], at(200.0, "wrote", "Alice", op="a1"), CUT[1], at(1200.0, "came", op="a1")), **AVAILABLE),
        good("it was cut off shortly after",
             lived(at(90.0, "wrote", "Alice", op="a1"), *CUT, at(1029.0, "came", op="a1")), **AVAILABLE),
        bad("it was cut off long after", lived(at(50.0, "wrote", "Alice", op="a1"), *CUT, at(1029.0, "came", op="a1")),
            **AVAILABLE),
        good("cut off twice at once", lived(
            CUT[0], at(200.0, "wrote", "Alice", op="a1"), at(300.0, "cut", "Alice", other="Bob"), CUT[1],
            at(2000.0, "healed", "Alice", other="Bob"), at(2029.0, "came", op="a1")), **AVAILABLE),
        bad("cut off at last, and not healed in the end",
            lived(wrote(50.0, came=200.0), at(80_000.0, "cut", "Alice", other="Bob")), **AVAILABLE),
        unknown("cut off nearly always", lived(wrote(300.0), at(200.0, "cut", "Alice", other="Bob")),
                "only for 0% of the time", **AVAILABLE),
        good("cut off for nearly a fifth of it", lived(at(70_000.0, "cut", "Alice", other="Bob"), wrote(71_000.0)),
             **AVAILABLE),
        good("it was killed", lived(KILLED[0], at(200.0, "wrote", "Alice", op="a1"), KILLED[1],
                                    at(1029.0, "came", op="a1")), "2 kills", **AVAILABLE),
        bad("killed, and two minutes late afterwards", lived(*KILLED, wrote(5000.0, came=5150.0)), **AVAILABLE),
        good("it is killed until the end", lived(at(80_000.0, "down"), at(80_200.0, "wrote", "Alice", op="a1")),
             **AVAILABLE),
        unknown("it never ran", told(*begun()[:2], at(0.0, "up"), at(0.0, "down"), *begun()[3:], at(DAY, "ended", "")),
                **AVAILABLE),
        good("it ended by itself for a minute", lived(at(100.0, "crashed", reason="x"), at(160.0, "up")), **AVAILABLE),
        bad("it ended by itself for an hour", lived(at(100.0, "crashed", reason="x"), at(3700.0, "up")),
            "ended by itself 1 times", **AVAILABLE),
        bad("it ended by itself for good", lived(at(100.0, "crashed", reason="x")), **AVAILABLE),
        good("only Alice is judged", lived(wrote(50.0)), device="Alice", **AVAILABLE),
        bad("only Bob is judged", lived(wrote(50.0)), device="Bob", **AVAILABLE),
    ),
    "seldom_fails": (
        unknown("empty", empty, "nobody lived to the end", **SELDOM),
        unknown("it broke off", told(*begun()), "nobody lived", **SELDOM),
        unknown("nobody was killed", told(*begun(killed=False), at(DAY, "ended", "")), "both", **SELDOM),
        unknown("nobody counted", told(*begun(counted=False), at(DAY, "ended", "")), "kept", **SELDOM),
        good("no failure", lived(), "0 failures, which proves more than 0.6 days between two", **SELDOM),
        unknown("too short", lived(), "too small to prove 0.7 days, which takes 2.1 without one",
                **SELDOM | {"mean_days": 0.7}),
        unknown("killed for long", lived(at(0.3 * DAY, "down"), at(0.49 * DAY, "up")), "1.8 peer-days",
                **SELDOM | {"mean_days": 0.62}),
        bad("it ended by itself", lived(at(100.0, "crashed", reason="KeyError: 'x'"), at(105.0, "up")),
            "expected proof of more than 0.6 days", "1 failure: Bob on day 1: KeyError: 'x'", **SELDOM),
        bad("it quarantines Alice", lived(at(100.0, "failed", reason="it quarantines Alice")), "it quarantines",
            **SELDOM),
        good("so few of so many", lived(at(100.0, "failed", reason="x"), days=2.0), "1 failure, which proves",
             **SELDOM),
        bad("it gets one twice", lived(wrote(50.0, came=50.1), at(60.0, "came", op="a1")), "a1 once more", **SELDOM),
        good("an hour late", lived(wrote(50.0, came=3680.0)), **SELDOM),
        bad("more than an hour late", lived(wrote(50.0, came=3681.0)), "Bob on day 1: it does not get a1", **SELDOM),
        good("it keeps little", lived(at(100.0, "kept", amount=500)), **SELDOM),
        bad("it keeps much", lived(at(100.0, "kept", amount=501), at(200.0, "kept", amount=2)),
            "it keeps 501 things more", **SELDOM),
        bad("it keeps much, however long others live", lived(at(100.0, "kept", amount=501), days=20.0), **SELDOM),
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
        ("len(self.peers) < peers or", ""),
        ("or self.ended < until", ""),
        ('not self.faults["down"] or', ""),
        ('or not self.faults["cut"]', ""),
        ("if settled < _SETTLED:", "if False:"),
        ("_SETTLED = 0.8", "_SETTLED = 0.9"),
        ("lines[begins[-1] + 1 :]", "lines[begins[0] + 1 :]"),
    ),
    "seldom_fails": (
        ("kept > most_kept", "kept > 2 * most_kept"),
        ("late(bound_s, stuck_s)", "late(bound_s)"),
        ("late(bound_s, stuck_s)", "late(bound_s, 2 * stuck_s)"),
        ("list(lives.failures)", "[]"),
        ("<= _CHANCE", "<= 1"),
        ("len(failures), days", "0, days"),
        ("peer not in lives.most_kept", "False"),
        (
            'lives.failures.append(f"{peer} on day {_day(at)}: it gets',
            'str(f"{peer} on day {_day(at)}: it gets',
        ),
    ),
}
