"""Why a relay does not start."""

from __future__ import annotations


class StartError(Exception):
    """The relay cannot start; the message says what was expected, what was seen and what to do."""
