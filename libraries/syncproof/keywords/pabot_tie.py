"""What every library that starts something does under pabot, whose robots have sessions of their own."""

from __future__ import annotations

from robot.libraries.BuiltIn import BuiltIn

from syncproof.processes import die_with_parent


def under_pabot() -> bool:
    """Whether this robot was started by pabot."""
    return BuiltIn().get_variable_value("${PABOTQUEUEINDEX}") is not None


def end_with_pabot() -> None:
    """Have the kernel end this robot, and with it what it started, with a pabot that is killed: it would go on."""
    if under_pabot():
        die_with_parent()
