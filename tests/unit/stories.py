"""The tests of this project's suites, read once for all that look through them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from robot.api import TestSuite

from syncproof.report.skips import identity_of

SUITES = Path(__file__).parents[2] / "suites"


@cache
def by_identity() -> Mapping[str, Any]:
    """Every test by its name, `suites/catchup/x.robot::Name`; nobody may change it."""
    return {identity_of(test): test for test in TestSuite.from_file_system(str(SUITES)).all_tests}
