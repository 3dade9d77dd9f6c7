"""Why a scenario cannot go on, where it is not the system that failed."""

from __future__ import annotations


class InvalidScenario(AssertionError):
    """The scenario asks for something that is already past, was never said, or makes no sense."""


class Inconclusive(AssertionError):
    """What the scenario needs to have happened did not, so that its outcome shows nothing."""


class EvidenceIncomplete(AssertionError):
    """What happened could not be read to its end, so that nobody can judge it."""


class ClientUnavailable(Exception):
    """A kind of client that a scenario asks for is not installed here; the message says how to install it."""

    ROBOT_SUPPRESS_NAME = True


class DisksUnavailable(Exception):
    """No program can have a small disk of its own here; the message says why."""


class DidNotHeal(Exception):
    """A fault was taken away and its target still does not work."""
