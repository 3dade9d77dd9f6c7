"""Measures everything that has a bound: `python bench [--write FILE.md] [NAME ...]`.

Each module here that has `figures()` is run in a process of its own, one after the other. Prints a table and
exits non-zero if a bound does not hold; --write puts the table, with the machine named, into a
document, between its markers.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from figure import Figure
from measuring import measure

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"


def modules() -> list[str]:
    """The names of the modules that measure something."""
    folder = Path(__file__).parent
    named = (path for path in folder.glob("*.py") if path.stem != "__main__")
    return sorted(path.stem for path in named if "def figures(" in path.read_text())


def machine() -> str:
    """What it was measured on, in one line."""
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    gigabytes = f"{int(memory[1]) / 1e6:.0f} GB" if memory else "unknown memory"
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {gigabytes}, "
        f"Linux {platform.release()}, Python {platform.python_version()}"
    )


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    rows = ["| figure | measured | bound | holds | note |", "|---|---|---|---|---|"]
    rows += [
        f"| {one.name} | {one.value:,.4g} {one.unit} | {one.bound:,.4g} {one.unit} "
        f"| {'yes' if one.holds else '**no**'} | {one.note} |"
        for one in figures
    ]
    return "\n".join(rows)


def write(document: Path, text: str) -> None:
    """Put the text between the markers of the document, at its end where it has none."""
    block = f"{BEGIN}\n{text}\n{END}"
    before = document.read_text() if document.exists() else "# Benchmarks\n"
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    after = pattern.sub(lambda _: block, before) if pattern.search(before) else f"{before}\n{block}\n"
    document.write_text(after)


def main() -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(prog="python bench", description="Measure everything that has a bound.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(modules())}; default all")
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="put the table into this document")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in modules()]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(modules())}")
    figures: list[Figure] = []
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn, max_tasks_per_child=1) as pool:
        for name in options.names or modules():
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            figures += pool.submit(measure, name).result()
    text = f"Measured on {machine()}.\n\n{table(figures)}"
    print(text)
    if options.write:
        write(options.write, text)
    return 0 if all(one.holds for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
