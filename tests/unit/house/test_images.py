"""The images of the compose stack have what their products import."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tests.unit.house.imports import imported

ROOT = Path(__file__).parents[3]
LIBRARIES = ROOT / "libraries"
PRODUCTS = sorted(each.parent for each in LIBRARIES.glob("syncproof_products/*/compose.yaml"))
#: What the harness runs of a product, outside of its images.
_OUTSIDE = {"driver", "tests"}


def needed(folder: Path) -> set[str]:
    """The packages of others that the modules of a folder import when they are loaded or run."""
    inside = [path for path in folder.rglob("*.py") if not _OUTSIDE & set(path.relative_to(folder).parts)]
    found = set[str]().union(*(imported(path.read_text()) for path in inside))
    return {
        name for name in found if name not in sys.stdlib_module_names and not name.startswith("syncproof")
    }


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def listed(requirements: Path) -> set[str]:
    lines = requirements.read_text().splitlines() if requirements.exists() else []
    return {normal(re.split(r"[=<>;\[ ]", line)[0]) for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_an_image_has_what_its_product_imports(product: Path) -> None:
    there = listed(ROOT / "compose/requirements.txt") | listed(product / "requirements.txt")
    distributions = packages_distributions()
    folders = (product, LIBRARIES / "syncproof_agentkit", LIBRARIES / "syncproof_synckit")
    names = set().union(*(needed(folder) for folder in folders))
    missing = {
        name for name in names if not {normal(each) for each in distributions.get(name, [name])} & there
    }
    assert not missing, "add them to compose/requirements.txt"
