"""Parts of files that come from whoever does not have all of them yet."""

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, unknown
from tests.unit.evidence.checker_cases.of_file_spread import counts, four, gives
from tests.unit.evidence.file_stories import writes

CAROL: dict[str, Any] = {"device": "Carol", "least": 2}
TENTH: dict[str, Any] = {"most": 0.1}
#: Bob gets four parts from Alice; Carol gets two of them from him meanwhile, and two when he has all.
MEANWHILE = (
    gives("Alice", "Bob", "b1"),
    gives("Bob", "Carol", "b1"),
    gives("Alice", "Bob", "b2"),
    gives("Bob", "Carol", "b2"),
    *(gives("Alice", "Bob", each) for each in ("b3", "b4")),
    *(gives("Bob", "Carol", each) for each in ("b3", "b4")),
)
AFTERWARDS = (*(gives("Alice", "Bob", each) for each in ("b1", "b2")), gives("Bob", "Carol", "b1"))

CASES: dict[str, tuple[Case, ...]] = {
    "parts_passed_on": (
        unknown("empty", empty, "Carol got no part of a file", **CAROL),
        good(
            "meanwhile", four(*MEANWHILE), "Carol got 2 parts from devices that were still getting", **CAROL
        ),
        bad("afterwards", four(*AFTERWARDS), "Carol got 0 parts", "expected at least 2", **CAROL),
        bad("too few", four(*MEANWHILE), device="Carol", least=3),
        bad("from whoever had all", four(*MEANWHILE), device="Bob", least=1),
        unknown("to nobody", four(*MEANWHILE), device="Dave", least=1),
        bad("got again later", four(*AFTERWARDS, gives("Alice", "Bob", "b2")), "Carol got 0 parts", **CAROL),
        unknown(
            "two files",
            four(writes("Alice", "a"), writes("Alice", "b"), *MEANWHILE),
            "more than one",
            **CAROL,
        ),
    ),
    "few_in_vain": (
        unknown("empty", empty, "nobody got a part", **TENTH),
        good("none", four(*MEANWHILE, counts("Carol", askedInVain=0)), "0 parts of 8", **TENTH),
        bad("many", four(*MEANWHILE, counts("Carol", askedInVain=1)), "1 part of 9", "at most 10%", **TENTH),
        good(
            "another device's are not judged",
            four(*MEANWHILE, counts("Bob", askedInVain=9), counts("Carol", askedInVain=0)),
            "0 parts of 4",
            device="Carol",
            **TENTH,
        ),
        unknown(
            "two files",
            four(writes("Alice", "a"), writes("Alice", "b"), *MEANWHILE, counts("Carol", askedInVain=0)),
            "more than one file",
            **TENTH,
        ),
        unknown("all had all", four(*AFTERWARDS, counts("Carol", askedInVain=0)), **TENTH),
        unknown("nobody counts", four(*MEANWHILE), **TENTH),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "parts_passed_on": (
        ("seen < least", "False"),
        ("_passed_on(history)[device]", "least"),
        ("len(history.operations) > 1", "False"),
        ("new.values()", "got"),
    ),
    "few_in_vain": (
        ("asked > most * (asked + got)", "False"),
        ("if not vain or not", "if not"),
        ("len(history.operations) > 1", "False"),
        ("device in (None, name)}", "True}"),
    ),
}
