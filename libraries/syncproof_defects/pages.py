"""Writes the pages that are made of defects, pairs, suites and findings: plan.md, defects.md and found-in-the-wild.md.

`python -m syncproof_defects.pages` writes them into docs; `make docs` does it. What stands before and behind the marks
of a page is written by people.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from syncproof.report import findings
from syncproof.systems import products
from syncproof.systems.products import find
from syncproof_defects import PRODUCTS, file_of, known, plan
from syncproof_defects.pairs import TABLES, Pair, checks, declared

ROOT = Path(__file__).parents[2]
#: The ids of the plans.
IDS = ROOT / "docs" / "plan.csv"
_MADE = re.compile(r"(?<=<!-- made by make docs -->\n).*?(?=<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Each page as it must be. Raises ValueError for a pair that names what is not there."""
    found = plan.scenarios(ROOT / "suites")
    pairs = declared(TABLES, [each.test for each in found], checks())
    made = {"plan.md": plan.tables(plan.demands(IDS), found, pairs), "defects.md": tables(pairs)}
    made["found-in-the-wild.md"] = findings.table(
        [each for each in map(find, products.known()) if not each.variant]
    )
    return {page: with_tables(page, text) for name, text in made.items() for page in [ROOT / "docs" / name]}


def tables(pairs: Sequence[Pair]) -> str:
    """A section for each product, in Markdown: what each of its defects breaks, and who catches it."""
    lines = []
    for product in PRODUCTS:
        says = known(product)
        own = sorted((file_of(name), name) for name in says if f"/{product}/" in str(file_of(name)))
        lines += [f"## {product}: {len(own)} defects", ""]
        for file, names in groupby(own, key=lambda each: each[0]):
            about = (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n\n")[0]
            lines += [" ".join(about.split()), "", "| defect | what it breaks | caught by |", "|---|---|---|"]
            for _, name in names:
                its = [pair for pair in pairs if pair.defect == f"{product}:{name}"]
                catchers = "<br>".join(_catcher(pair) for pair in its) or "no declared scenario"
                lines.append(f"| `{name}` | {says[name]} | {catchers} |")
            lines.append("")
    return "\n".join(lines)


def _catcher(pair: Pair) -> str:
    where = f" on {pair.product}" if pair.product not in PRODUCTS else ""
    return f"{plan.link(pair.test)}{where}: `{pair.check}`"


def with_tables(page: Path, text: str) -> str:
    """The page with the text between its marks. Raises ValueError for one without marks."""
    written, places = _MADE.subn(lambda _: text, page.read_text())
    if not places:
        raise ValueError(f"{page} has no place for its tables: <!-- made by make docs --> ... <!-- end -->")
    return written


def main() -> int:
    """Write the pages; 0 if all went well."""
    for page, text in pages().items():
        page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
