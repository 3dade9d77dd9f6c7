"""What every checker says of each of its cases, word by word: read by people, so changed only on purpose.

`python -m tests.unit.evidence.said` writes it afresh; look at the difference before you commit it.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant

from syncproof.evidence import checkers

PATH = Path(__file__).parent / "checker_cases" / "said.txt"
NAMES = [*checkers.safety(), *checkers.liveness()]


#: Modules with the cases of all checks of one workload, by their names.
GROUPS = [
    importlib.import_module(f"tests.unit.evidence.checker_cases.{path.stem}")
    for path in sorted((Path(__file__).parent / "checker_cases").glob("of_*.py"))
]


def cases_of(checker: str) -> tuple[Case, ...]:
    """The good and bad histories of a checker."""
    return tuple(_of(checker, "CASES"))


def mutants_of(checker: str) -> tuple[Mutant, ...]:
    """The mutants of a checker that its cases must catch."""
    return tuple(_of(checker, "MUTANTS"))


def _of(checker: str, what: str) -> Any:
    for group in GROUPS:
        if checker in getattr(group, what):
            return getattr(group, what)[checker]
    return getattr(importlib.import_module(f"tests.unit.evidence.checker_cases.{checker}"), what)


def said_by(name: str) -> list[str]:
    """A paragraph per case of a checker: the verdict, its message and its witnesses."""
    return [_said(name, case) for case in cases_of(name)]


def written_of(name: str) -> list[str]:
    """The same, as it is written down."""
    paragraphs = PATH.read_text().strip().split("\n\n")
    return [paragraph for paragraph in paragraphs if paragraph.startswith(f"{name}: ")]


def _said(name: str, case: Case) -> str:
    verdict = checkers.run(name, case.history, **case.limits)
    lines = [f"{name}: {case.name}", f"  {verdict.checker} {verdict.result}: {verdict.message}"]
    if witness := verdict.witness or verdict.missing:
        lines.append(f"  witness {' '.join(witness)}")
    return "\n".join(lines)


if __name__ == "__main__":
    PATH.write_text("\n\n".join(text for name in NAMES for text in said_by(name)) + "\n")
    print(f"Wrote {PATH}: look at what changed.")
