"""The registry finds what stands in the tree, and each folder can be had alone."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.evidence.lines import kinds
from syncproof.kernel import demands
from syncproof.kernel.sentence import vocabulary
from syncproof.registry import modules, needs_of_workloads, words_of_workloads
from syncproof.systems.products import find

PACKAGE = ROOT / "libraries" / "syncproof"
WORKLOADS = sorted(path.parent for path in (PACKAGE / "workloads").glob("*/__init__.py"))
#: What the recorder and the checkers load of a workload, and what that may load of the house.
EVIDENCE = ("records", "checks")
BELOW = ("syncproof.evidence", "syncproof.processes", "syncproof.registry", "syncproof.workloads")


def loaded_by(*names: str) -> set[str]:
    """What a fresh interpreter has of the house after it imported these modules."""
    code = f"import sys, {', '.join(names)}\nprint(*(name for name in sys.modules if name.startswith('syncproof.')))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def names_in(folder: Path, *stems: str) -> list[str]:
    files = [file for file in sorted(folder.rglob("*.py")) if not stems or file.stem in stems]
    return [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]


@pytest.mark.parametrize("folder", WORKLOADS, ids=lambda folder: folder.name)
def test_a_workload_loads_no_other_one(folder: Path) -> None:
    of_others = [
        name
        for name in loaded_by(*names_in(folder))
        if re.match(rf"syncproof\.workloads\.(?!{folder.name}\.)\w+\.", name)
    ]
    # All kinds of lines are known wherever one is decoded.
    assert [name for name in of_others if not name.endswith(".records")] == []


@pytest.mark.parametrize("name", [name for folder in WORKLOADS for name in names_in(folder, *EVIDENCE)])
def test_what_is_evidence_of_a_workload_loads_nothing_above_evidence(name: str) -> None:
    assert [other for other in loaded_by(name) if not other.startswith(BELOW)] == []


def test_what_stands_in_the_tree_is_found() -> None:
    assert [module.__name__ for module in modules("records")] == names_in(PACKAGE / "workloads", "records")
    assert {kind.__module__ for kind in vocabulary()} == {module.__name__ for module in modules("sentences")}


@pytest.mark.parametrize("name", needs_of_workloads())
def test_the_product_of_a_workload_offers_it(name: str) -> None:
    own = import_module(f"syncproof.workloads.{name}").PRODUCT
    assert name in (find(own).workloads or ())


def test_a_need_is_put_into_words_once() -> None:
    packages = [import_module(f"syncproof.workloads.{folder.name}") for folder in WORKLOADS]
    said = [need for package in packages for need in getattr(package, "WORDS", {})]
    assert sorted(said) == sorted(words_of_workloads())
    assert not set(said) & set(demands._WORDS)


def test_every_kind_of_line_has_a_tag_of_its_own() -> None:
    tags = [kind.__struct_config__.tag for kind in kinds()]
    assert len(set(tags)) == len(tags)
