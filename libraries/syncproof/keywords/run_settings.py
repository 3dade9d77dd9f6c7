"""The settings of a run, from the variables that robot was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from robot.libraries.BuiltIn import BuiltIn

import defects
from syncproof.kernel.test_bed import Settings
from syncproof.kernel.variables import BadSetting, hint

Number = TypeVar("Number", int, float)


def variable(name: str, default: str) -> str:
    """A variable of the run as text."""
    return str(BuiltIn().get_variable_value(f"${{{name}}}", default))


def settings_of_run() -> Settings:
    """All of them. Raises BadSetting for a number that is none, and for a defect that nobody knows."""
    return Settings(
        system=variable("SYSTEM", "bundled"),
        stack=variable("STACK", "embedded"),
        scale=_number("TIME_SCALE", 1.0, float, "a number like 0.1 (1 is real time)"),
        network=variable("NETWORK", "normal"),
        toxiproxy=variable("TOXIPROXY_URL", ""),
        defects=defects_of_run(),
        seed=_number("SEED", 0, int, "a whole number like 42"),
        homeserver=variable("HOMESERVER_URL", ""),
        homeserver_secret=variable("HOMESERVER_SECRET", ""),
        database=variable("HOMESERVER_DATABASE", ""),
        slack_s=_number("SLACK", 0.0, float, "a number of seconds like 15"),
    )


def defects_of_run() -> tuple[str, ...]:
    """The deliberate bugs that it is to have. Raises BadSetting for one that nobody knows."""
    names = tuple(name for name in variable("DEFECT", "").split(",") if name)
    products = defects.PRODUCTS if names else ()
    known = [name for product in products for name in defects.known(product)]
    for name in names:
        if name not in known:
            raise BadSetting(f"DEFECT is '{name}'.{hint(name, known)} Known here: {', '.join(known)}.")
    return names


def _number(name: str, default: Number, kind: Callable[[str], Number], example: str) -> Number:
    given = variable(name, str(default))
    try:
        return kind(given)
    except ValueError:
        raise BadSetting(f"{name} is '{given}': it must be {example}.") from None
