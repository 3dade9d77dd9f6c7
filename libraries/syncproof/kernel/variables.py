"""The names of a run's variables: a setting that is written otherwise, and the one that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

#: Likeness of two names, 0 to 1, from which one is the other misspelt: one letter lost, doubled or swapped.
_MISSPELT = 0.8


class BadSetting(Exception):
    """A variable of the run has a value that nobody knows."""


def refuse_equals_signs(variables: Mapping[str, object]) -> None:
    """Raises BadSetting for `--variable SYSTEM=matrix`: Robot Framework takes all of it for the name of a variable.

    variables: value by name. Robot Framework splits at the first colon, which may be that of a URL.
    """
    for name, rest in variables.items():
        setting, equals, value = name.partition("=")
        if equals:
            value += f":{rest}" if str(rest) else ""
            raise BadSetting(
                f"There is a variable '{name}'. With robot and pabot it is '--variable {setting}:{value}', with a "
                f"colon; with make it is '{setting}={value}'."
            )


def misspelt(given: Iterable[str], settings: Iterable[str]) -> dict[str, str]:
    """The setting that was meant, by name, for each name that is nearly one of the settings and none.

    As for Robot Framework, case, spaces and underscores do not matter: `timescale` is `TIME_SCALE`.
    """
    known = {_plain(name): name for name in settings}
    found = {}
    for name in given:
        near = difflib.get_close_matches(_plain(name), known, n=1, cutoff=_MISSPELT)
        if near and _plain(name) not in known:
            found[name] = known[near[0]]
    return found


def hint(name: str, known: Iterable[str]) -> str:
    """` Did you mean ...?` with the nearest of the known names; empty where none is alike."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "")
