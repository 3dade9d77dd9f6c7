"""What mutmut found: the share of killed mutants by module, and the names of the survivors.

`python -m tests.mutation.score FOLDER` reads the folder in which `mutmut run` ended, prints the table and fails below
the bound. A mutant that never ends is killed: its test would not have passed. One that no test reaches has survived.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

#: Share of the mutants of the checked modules, in percent, that the tests must kill.
BOUND = 90.0
#: Exit codes of pytest in a mutant's process by which mutmut knows that a test passed, or that there was none.
SURVIVED = {0: "survived", 33: "no test", 5: "no test"}


def outcomes(folder: Path) -> dict[str, int | None]:
    """Mutant -> exit code of its tests, from the files that mutmut keeps. Raises SystemExit where there are none."""
    found: dict[str, int | None] = {}
    for path in sorted(folder.glob("mutants/src/**/*.meta")):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    if not found:
        raise SystemExit(f"There are no mutants in {folder}: mutmut did not get that far.")
    return found


def report(found: dict[str, int | None]) -> tuple[list[str], bool]:
    """Lines for people, and whether the bound holds for the whole."""
    total: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    survivors: list[str] = []
    unknown = [name for name, code in found.items() if code is None]
    if unknown:
        return [f"{len(unknown)} of {len(found)} mutants were not tried, so there is no score."], False
    for name, code in found.items():
        module = name.rpartition(".")[0]
        total[module] += 1
        if code in SURVIVED:
            survivors.append(f"  {SURVIVED[code]}: {name}")
        else:
            killed[module] += 1
    lines = [
        f"{killed[m]:5} of {n:4} killed ({100 * killed[m] / n:5.1f}%)  {m}" for m, n in sorted(total.items())
    ]
    whole = 100 * killed.total() / total.total()
    lines += [
        "Survivors (docs/mutants.md says why; `mutmut show NAME` in that folder shows one):",
        *survivors,
    ]
    lines.append(
        f"{killed.total()} of {total.total()} mutants killed: {whole:.1f}%, at least {BOUND:g}% wanted."
    )
    return lines, whole >= BOUND


if __name__ == "__main__":
    told, enough = report(outcomes(Path(sys.argv[1])))
    print("\n".join(told))
    sys.exit(0 if enough else 1)
