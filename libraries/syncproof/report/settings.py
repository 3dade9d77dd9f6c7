"""Every list of the settings of a run, made from their declarations.

`python -m syncproof.report.settings` prints them for `make help`; `--write PAGE...` writes the tables of Markdown pages
between their marks; `--unknown NAME... --own NAME... --system SYSTEM` says which of the first is neither a setting of a
run on that system nor one of the second, and which was meant; or what is wrong with the system. It needs nothing but
Python itself to print and for names.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from syncproof.kernel.setting import Setting
from syncproof.kernel.variables import BadSetting, hint
from syncproof.systems.declared import SYSTEM
from syncproof.systems.gathered import DECLARED, SOURCES, declared

#: The marks of a table in a page, and whose settings it has, see `SOURCES`.
_TABLE = re.compile(r"(<!-- settings(?: of (?P<source>\S+))? -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def manual_table() -> str:
    """All settings as a table in Robot Framework's markup."""
    rows = ["| =Name= | =Values= | =Without it= | =What it does= |"]
    for each in DECLARED:
        suites = f"`{each.suites}`: " if each.suites else ""
        cells = (f"`{each.name}`", each.values.written, _without(each), suites + _meaning(each))
        rows.append("| " + " | ".join(cell.replace("`", "``") for cell in cells) + " |")
    return "\n".join(rows)


def page_table(source: str, page: Path) -> str:
    """The settings of a source as a table in Markdown. page: the page that it stands in, from the root."""
    rows = ["| name | values | without it | |", "|---|---|---|---|"]
    for each in SOURCES[source]:
        more = os.path.relpath(each.page, page.parent) if each.page and Path(each.page) != page else ""
        meaning = _meaning(each) + (f" ([more]({more}))" if more else "")
        rows.append(f"| `{each.name}` | {each.values.written} | {_without(each)} | {meaning} |")
    return "\n".join(rows) + "\n"


def with_tables(text: str, page: Path) -> str:
    """A page with its tables as they must be. Raises ValueError for one without a table."""
    written, found = _TABLE.subn(
        lambda marks: marks[1] + page_table(marks["source"] or "", page) + marks[3], text
    )
    if not found:
        raise ValueError(
            f"{page} has no place for the settings: <!-- settings --> ... <!-- end of settings -->"
        )
    return written


def unknown(given: Iterable[str], own: Iterable[str], system: str = "") -> str:
    """What is said of the first name that is neither a setting nor one of make's own; "" for nothing.

    system: what the run names as SYSTEM, which may declare settings; what is wrong with it is said first.
    """
    try:
        known = [*(setting.name for setting in (declared(SYSTEM.read(system)) if system else DECLARED)), *own]
    except ImportError:  # nothing is installed yet: the run itself will look at it
        return ""
    except BadSetting as refused:
        return str(refused).removesuffix(".")  # as below, make writes one
    wrong = next((name for name in given if name not in known), None)
    return f"There is no setting {wrong}.{hint(wrong, known)} `make help` lists all" if wrong else ""


def _without(setting: Setting[Any]) -> str:
    return setting.otherwise or (f"`{setting.shown(setting.default)}`" if setting.default else "")


def _meaning(setting: Setting[Any]) -> str:
    fitting = [
        f"{need.other.name} {' or '.join(need.values)}"
        for need in setting.needs
        if need.values and not need.of
    ]
    return setting.meaning + (f" (for {', '.join(fitting)})" if fitting else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the settings, write pages, or look at names; 0 if all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.settings", description="List the settings of a run."
    )
    parser.add_argument("--write", nargs="+", type=Path, metavar="PAGE", help="write the tables of pages")
    parser.add_argument("--unknown", nargs="+", metavar="NAME", help="say which of them is no setting")
    parser.add_argument("--system", default="", help="what the run names as SYSTEM")
    parser.add_argument("--own", nargs="*", default=[], metavar="NAME", help="names that make knows besides")
    options = parser.parse_args(arguments)
    if options.unknown:
        print(unknown(options.unknown, options.own, options.system))
        return 0
    if options.write:
        for page in options.write:
            page.write_text(with_tables(page.read_text(), page))
        return 0
    for setting in DECLARED:
        suites = f"{setting.suites}: " if setting.suites else ""
        print(f"  {setting.name:<20}{suites}{setting.meaning}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
