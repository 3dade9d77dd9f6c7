"""Settings that hold for every test of the project."""

from __future__ import annotations

import os

from hypothesis import settings
from tests.nightly import NIGHTLY

# No deadline for an example: a busy machine would decide the result. CI tries the same examples in every run,
# so that a change fails for what it changes; elsewhere new ones are tried each time.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=400)
settings.load_profile("nightly" if NIGHTLY else "ci" if os.environ.get("CI") else "developer")
