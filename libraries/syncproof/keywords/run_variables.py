"""Looks at the names of a run's variables before anything is started, for every library that reads some."""

from __future__ import annotations

import functools

from robot.api import FatalError, logger
from robot.libraries.BuiltIn import BuiltIn

from syncproof.kernel.variables import misspelt, refuse_equals_signs
from syncproof.systems.declared import SYSTEM
from syncproof.systems.gathered import declared


class RunStopped(FatalError):
    """Nothing of this run can work; the message is for people."""

    ROBOT_SUPPRESS_NAME = True


def check_names() -> None:
    """Warns, once, of each name that is nearly a setting. Raises BadSetting for one with an equals sign.

    A warning and no refusal: a suite may have variables of its own. Those of its files are not looked at, only what is
    global, like all of the command line.
    """
    builtin = BuiltIn()
    refuse_equals_signs({str(k): v for k, v in builtin.get_variables(no_decoration=True).items()})
    # Robot Framework's public interface does not tell the variables of the command line from those of a file.
    given = [str(name) for name in builtin._variables._global.as_dict(decoration=False)]
    system = str(builtin.get_variable_value(f"${{{SYSTEM.name}}}", ""))
    for name, meant in misspelt(given, [setting.name for setting in declared(system)]).items():
        _tell(name, meant)


@functools.cache  # once, whichever library asks
def _tell(name: str, meant: str) -> None:
    logger.warn(f"There is a variable '{name}', which nothing reads. Did you mean {meant}?")
