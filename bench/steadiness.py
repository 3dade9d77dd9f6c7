"""Twenty runs of both suites, four beside each other: whatever fails only sometimes shows here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from figure import Figure
from suites import CATEGORIES, run

RUNS = 20
BESIDE_EACH_OTHER = 4


def figures() -> list[Figure]:
    """The share of tests that passed; the bound is all of them."""
    with ThreadPoolExecutor(BESIDE_EACH_OTHER) as pool:
        every = list(
            pool.map(
                lambda _: run("robot", "--variable", "TIME_SCALE:0.1", " ".join(CATEGORIES)), range(RUNS)
            )
        )
    tests = [test for _, _, found in every for test in found]
    rate = sum(test.passed for test in tests) / len(tests)
    whole = sum(all(test.passed for test in found) for _, _, found in every)
    note = (
        f"{whole} of {RUNS} runs without a failure, {BESIDE_EACH_OTHER} at a time, {len(tests)} tests in all"
    )
    return [Figure("pass rate of both suites at TIME_SCALE 0.1", rate * 100, "%", 100, rate == 1.0, note)]


if __name__ == "__main__":
    for one in figures():
        print(one)
