"""The defects fit the products as they are."""

from __future__ import annotations

import subprocess
import sys

import pytest

import syncproof_defects as defects

#: Applies and undoes every defect, and prints what was not as before, as `Class.attribute`.
PROGRAM = """
import sys
import syncproof_defects as defects

changed = []
for product in defects.PRODUCTS:
    for name in defects.known(product):
        places = [(owner, dict(vars(owner))) for owner, _, _ in defects._known[name]._changes]
        undo = defects.apply([name])
        for owner, before in places:
            assert dict(vars(owner)) != before, f"{name} changes nothing"
        undo.close()
        for owner, before in places:
            after = dict(vars(owner))
            changed += [f"{owner.__name__}.{key}" for key in before if after[key] is not before[key]]
            changed += [f"{owner.__name__}.{key}" for key in after if key not in before]
print(*changed)
"""


def test_every_defect_finds_its_place_in_the_product_and_is_undone() -> None:
    # In a process of its own: this one goes on to test an unbroken product.
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "\n"
    assert "ran" not in ended.stderr, "a defect says that it ran before anything did"


@pytest.mark.parametrize(
    ("name", "breaks"), [pair for product in defects.PRODUCTS for pair in defects.known(product).items()]
)
def test_a_defect_says_what_it_breaks_in_a_sentence(name: str, breaks: str) -> None:
    assert name.replace("_", "").isalnum()
    assert name == name.lower()
    assert breaks.endswith(".")
