"""How what a load costs grows, as rounds with more and more devices or changes show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.file_stories import Act, gets, writes
from tests.unit.evidence.histories import Story

from syncproof.workloads.files.records import CostMark

TWELVE = tuple(f"d{place}" for place in range(12))
TO: dict[str, Any] = {"figure": "messages", "over": "peers", "most": 1.35}
PER_CHANGE: dict[str, Any] = {"figure": "log", "over": "changes", "most": 1.35}


def mark(
    number: int, edge: str, devices: int, *, cpu: float = 0.0, links: int | None = 0, log: float | None = 0
) -> Act:
    """All devices of a round are read."""

    def act(story: Story) -> None:
        for device in TWELVE[:devices]:
            counted = {} if log is None else {"logBytes": log}
            story.add(
                CostMark, device=device, round=number, edge=edge, cpu_s=cpu, links=links, counted=counted
            )

    return act


def load(
    number: int, devices: int, messages: int = 0, *, changes: int = 1, size: int = 9, **read: Any
) -> tuple[Act, ...]:
    """A round: changes, and messages that come of them. read: what each device has had then."""
    return (
        mark(number, "begin", devices),
        *(writes("d0", "one") for _ in range(changes)),
        *(gets("d1", size=size) for _ in range(messages)),
        mark(number, "end", devices, **read),
    )


def rounds(*of: tuple[Act, ...]) -> list[Act]:
    return [act for each in of for act in each]


def case(*acts: Act) -> Callable[[], Story]:
    return told(*acts, devices=TWELVE)


LINEAR = rounds(load(1, 3, 8), load(2, 6, 20), load(3, 12, 44))
SQUARE = rounds(load(1, 3, 6), load(2, 6, 30), load(3, 12, 132))

CASES: dict[str, tuple[Case, ...]] = {
    "growth": (
        unknown("empty", empty, "0 rounds of different size", **TO),
        good(
            "in line", case(*LINEAR), "power 1.00 of the number of peers (8 for 2, 20 for 5, 44 for 11)", **TO
        ),
        bad("square", case(*SQUARE), "power 1.81", "expected at most 1.35", **TO),
        good("what is told between rounds does not count", case(*LINEAR, gets("d1"), gets("d1")), **TO),
        good(
            "twice as many changes, twice as many messages",
            case(*rounds(load(1, 3, 8), load(2, 6, 40, changes=2), load(3, 12, 176, changes=4))),
            **TO,
        ),
        unknown("two rounds", case(*rounds(load(1, 3, 8), load(2, 12, 44))), "2 rounds", **TO),
        unknown("all of one size", case(*rounds(load(1, 6, 8), load(2, 6, 8), load(3, 6, 8))), **TO),
        unknown("hardly more", case(*rounds(load(1, 6, 8), load(2, 8, 8), load(3, 12, 90))), **TO),
        unknown(
            "a round without its end",
            case(*rounds(load(1, 3, 6), load(2, 6, 30)), mark(3, "begin", 12), gets("d1")),
            **TO,
        ),
        unknown(
            "a device was not read again",
            case(*rounds(load(1, 3, 6), load(2, 6, 30)), mark(3, "begin", 12), mark(3, "end", 11)),
            **TO,
        ),
        good("another device's are not judged", case(*LINEAR), device="d1", **TO),
        bad(
            "bytes",
            case(*rounds(load(1, 3, 2, size=10), load(2, 6, 5, size=40), load(3, 12, 11, size=90))),
            **TO | {"figure": "bytes"},
        ),
        good(
            "bytes in line",
            case(*rounds(load(1, 3, 2), load(2, 6, 5), load(3, 12, 11))),
            **TO | {"figure": "bytes"},
        ),
        bad(
            "connections",
            case(*rounds(load(1, 3, links=1), load(2, 6, links=3), load(3, 12, links=6))),
            "(3 for 2, 18 for 5, 72 for 11)",
            **TO | {"figure": "connections"},
        ),
        good(
            "connections in line",
            case(*rounds(load(1, 3, links=2), load(2, 6, links=2), load(3, 12, links=2))),
            **TO | {"figure": "connections"},
        ),
        unknown(
            "nobody counts connections",
            case(mark(1, "begin", 3), writes("d0", "one"), mark(1, "end", 3, links=None)),
            "nobody measured the connections",
            **TO | {"figure": "connections"},
        ),
        bad(
            "processor time",
            case(*rounds(load(1, 3, cpu=1), load(2, 6, cpu=3), load(3, 12, cpu=9))),
            **TO | {"figure": "processor time"},
        ),
        good(
            "processor time in line",
            case(*rounds(load(1, 3, cpu=1), load(2, 6, cpu=1), load(3, 12, cpu=1))),
            **TO | {"figure": "processor time"},
        ),
        good(
            "each has its log",
            case(*rounds(load(1, 3, log=100), load(2, 6, log=100), load(3, 12, log=100))),
            "(300 for 3, 600 for 6, 1200 for 12)",
            **TO | {"figure": "log"},
        ),
        bad(
            "a log for each",
            case(*rounds(load(1, 3, log=300), load(2, 6, log=600), load(3, 12, log=1200))),
            "power 2.00",
            **TO | {"figure": "log"},
        ),
        unknown(
            "nobody counts logs",
            case(mark(1, "begin", 3, log=None), writes("d0", "one"), mark(1, "end", 3)),
            "nobody measured the log",
            **TO | {"figure": "log"},
        ),
        good(
            "a change is a change",
            case(*rounds(*(load(n, 2, changes=k, log=100 * k) for n, k in ((1, 2), (2, 4), (3, 8))))),
            "(400 for 2, 800 for 4, 1600 for 8)",
            **PER_CHANGE,
        ),
        bad(
            "each change takes more than the one before",
            case(*rounds(*(load(n, 2, changes=k, log=100 * k * k) for n, k in ((1, 2), (2, 4), (3, 8))))),
            "the log grew with the power 2.00 of the number of changes",
            **PER_CHANGE,
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "growth": (
        ("exponent > most", "False"),
        ("len(points) < _ROUNDS or", ""),
        ("or points[-1][0] < _SPREAD * points[0][0]", ""),
        ("cost / changes if per_change else cost", "cost"),
        ("if cost is None:", "if False:"),
    ),
}
