"""What runs on which system, from runs: the source of docs/systems.md.

`python -m syncproof.report.systems bundled=OUTPUT.XML matrix=OUTPUT.XML` prints Markdown. Nothing here is
written by hand: capabilities are those that the systems declare, the rest is what the runs did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from robot.api import ExecutionResult

from syncproof.kernel.profile import Profile
from syncproof.systems.describing import described_by
from syncproof.systems.products import known

_HEAD = """# What runs on which system

`make systems` writes this page from a run of every system at `TIME_SCALE:0.1`. The suites are the same files for all.
What a system cannot do by nature is a capability that it does not declare; a scenario whose sentences need it is
skipped with that reason. A skip follows from the workloads that the product's manifest names, or `skipped.csv` in its
folder lists it: one more fails the run.
"""


@dataclass(frozen=True)
class Ran:
    """How one test ended on one system. skipped: the needs that were not met, "" if it ran."""

    status: str
    skipped: str = ""

    def __str__(self) -> str:
        return {"PASS": "passed", "FAIL": "**failed**"}.get(self.status, f"- ({self.skipped})")


@dataclass(frozen=True)
class Scenario:
    """A test by its suite and name; ids: those of its plan."""

    category: str
    suite: str
    name: str
    ids: str


def outcomes(output: Path) -> dict[Scenario, Ran]:
    """Every test of a run. Raises robot.errors.DataError for a file that is no whole output.xml."""
    found = {}
    for test in ExecutionResult(str(output)).suite.all_tests:
        category = Path(str(test.source)).parent.name
        ids = " ".join(sorted(tag for tag in map(str, test.tags) if tag[1:2] == "-"))
        scenario = Scenario(category, test.parent.name, test.name, ids)
        found[scenario] = Ran(str(test.status), _needs(test.message) if test.skipped else "")
    return found


def page(profiles: Mapping[str, Profile], runs: Mapping[str, Mapping[Scenario, Ran]]) -> str:
    """The page, in Markdown."""
    names = list(runs)
    parts = [
        _HEAD,
        "## Capabilities\n",
        _table(["", *names], _capabilities([profiles[name] for name in names])),
    ]
    parts += ["## Amounts\n", _table(["", *names], _amounts([profiles[name] for name in names]))]
    parts += ["## Scenarios\n", _table(["", *names], _totals(list(runs.values())))]
    scenarios = sorted({s for run in runs.values() for s in run}, key=lambda s: (s.category, s.suite, s.name))
    for category in dict.fromkeys(scenario.category for scenario in scenarios):
        rows = [
            [s.ids, s.name, *(str(run[s]) if s in run else "not run" for run in runs.values())]
            for s in scenarios
            if s.category == category
        ]
        parts += [f"### {category}\n", _table(["plan", "scenario", *names], rows)]
    return "\n".join(parts)


def _needs(message: str) -> str:
    """The needs in the message of a skip, or the message's first sentence."""
    marked = [part.partition(")")[0] for part in message.split("(")[1:]]
    return "needs " + ", ".join(dict.fromkeys(marked)) if marked else message.partition(". ")[0].rstrip(".")


def _capabilities(profiles: Sequence[Profile]) -> list[list[str]]:
    declared = [msgspec.structs.asdict(each.capabilities) for each in profiles]
    return [[f"`{name}`", *(in_words(each[name]) for each in declared)] for name in declared[0]]


def in_words(capability: object) -> str:
    """What an agent declares of one capability: `yes`, `siblings`, `messages and entries`."""
    if isinstance(capability, bool):
        return "yes" if capability else "no"
    return " and ".join(map(str, capability)) if isinstance(capability, tuple) else str(capability)


def _amounts(profiles: Sequence[Profile]) -> list[list[str]]:
    backlog = [f"{p.backlog_messages} messages of {p.backlog_message_bytes / 1000:g} KB" for p in profiles]
    return [
        ["a large backlog", *backlog],
        ["slack on top of every deadline", *(f"{p.slack_s:g} s" for p in profiles)],
    ]


def _totals(runs: Sequence[Mapping[Scenario, Ran]]) -> list[list[str]]:
    words = {"PASS": "passed", "SKIP": "skipped", "FAIL": "failed"}
    return [
        [word, *(str(sum(ran.status == status for ran in run.values())) for run in runs)]
        for status, word in words.items()
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(prog="python -m syncproof.report.systems", description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="SYSTEM=output.xml,...", help="later ones win")
    runs = dict(run.split("=", 1) for run in parser.parse_args(arguments).runs)
    for name in runs:
        if name not in known():
            parser.error(f"There is no system '{name}'. Known: {', '.join(known())}.")
    found: dict[str, dict[Scenario, Ran]] = {
        name: {scenario: ran for path in paths.split(",") for scenario, ran in outcomes(Path(path)).items()}
        for name, paths in runs.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        profiles = {name: described_by(name, Path(folder) / name) for name in runs}
    print(page(profiles, found), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
