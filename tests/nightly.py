"""Whether this run of the tests has the time of a night: `make units PROFILE=nightly`, as `make nightly` runs them."""

from __future__ import annotations

import os

NIGHTLY = os.environ.get("PROFILE") == "nightly"
