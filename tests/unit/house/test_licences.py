"""docs/licences.md names all that the project is made of, and tells the truth about how close each part comes."""

from __future__ import annotations

import functools
import re
import sys
import tomllib
from pathlib import Path

from robot.libraries import STDLIBS
from tests.unit.house.imports import imported

ROOT = Path(__file__).parents[3]
OURS = {path.stem for folder in ("libraries", "bench") for path in (ROOT / folder).iterdir()} | {
    "bench",
    "tests",
}
#: Package or image, and its use.
TABLE = dict(
    re.findall(
        r"^\| (?!package|image)([\w/.-]+) \| .+ \| (.+) \|$",
        (ROOT / "docs" / "licences.md").read_text(),
        re.M,
    )
)


def named(requirement: str) -> str:
    """The package of a requirement such as `httpx>=0.28,<1`."""
    found = re.match(r"[\w-]+", requirement)
    assert found is not None
    return found[0]


def words_after(word: str) -> set[str]:
    """The names in the uses that begin with this word: `imported: a` gives a."""
    uses = [use for use in TABLE.values() if use.startswith(f"{word}: ")]
    return {each for use in uses for each in re.findall(r"\w+", use.partition("`")[2])}


@functools.cache
def all_imported() -> set[str]:
    """Packages of others that our modules and resource files import."""
    modules = [
        path for folder in ("libraries", "tests", "bench", "docs") for path in (ROOT / folder).rglob("*.py")
    ]
    resources = "\n".join(path.read_text() for path in (ROOT / "resources").glob("*.resource"))
    found = set(re.findall(r"^Library +(\w+)", resources, re.M)) - STDLIBS
    return found.union(*(imported(path.read_text()) for path in modules)) - OURS - sys.stdlib_module_names


def of_products() -> list[str]:
    """What the agents and servers of products are made of."""
    files = (ROOT / "libraries" / "syncproof_products").glob("*/*requirements.txt")
    return [line for file in files for line in file.read_text().splitlines() if re.match(r"\w", line)]


def test_the_table_names_every_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if re.match(r"\w", line)]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    wanted = {named(each) for each in [*project["dependencies"], *extras, *pinned, *of_products()]}
    folders = [ROOT / "compose", *(ROOT / "libraries" / "syncproof_products").glob("[!_]*/")]
    text = "\n".join(path.read_text() for folder in folders for path in folder.iterdir() if path.is_file())
    images = set(re.findall(r"^(?:FROM|\s*image:) +(?:\$\{\w+:-)?([^\s}:]+):[^\s}]+", text, re.M))
    wanted |= {image for image in images if not image.startswith("syncproof/")}
    assert set(TABLE) == wanted


def test_what_the_table_calls_imported_is_imported_and_nothing_else() -> None:
    assert all_imported() == words_after("imported")


def test_what_is_executed_is_not_imported() -> None:
    assert "synapse" in words_after("executed")
    assert not all_imported() & words_after("executed")
