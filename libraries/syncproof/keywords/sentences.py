"""Turns the steps of the vocabulary into Robot Framework keywords.

A step knows its sentence, its arguments with their types, and what it means; a keyword is made of just that, so
that the words of the suites, the recorded steps and the manual cannot drift apart.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from syncproof.kernel.cast import Device, Devices, Possessive, Pronoun
from syncproof.kernel.quantities import Duration, Percent, Rate, Size
from syncproof.kernel.sentence import Sentence, singular
from syncproof.kernel.text import Clock, Text

Library = TypeVar("Library")


def _converter(kind: Any) -> Callable[[str], object]:
    def convert(value: str) -> object:
        return kind.parse(value)

    convert.__doc__ = kind.parse.__doc__ if "parse" in vars(kind) else kind.__doc__
    return convert


#: For `@library(converters=CONVERTERS)`: `--dryrun` runs them, so a wrong unit or name fails before anything starts.
CONVERTERS: dict[type, Callable[[Any], Any] | Callable[[Any, Any], Any]] = {
    kind: _converter(kind)
    for kind in (Device, Devices, Possessive, Pronoun, Duration, Rate, Percent, Size, Text, Clock)
}

_VALUES = (
    "``robot --dryrun`` reads them all: a wrong unit or a misspelt name fails before anything is started."
)
_NUMBER = "A whole number: ``50``; 0 is one as well."


def sentence(kind: type[Sentence]) -> Callable[..., None]:
    """The keyword of a step."""
    return _keyword(kind, kind.template, {}, kind.__doc__ or "")


def _for_one(kind: type[Sentence]) -> Callable[..., None] | None:
    """The keyword of a step for the amount of one; None for a step without an amount."""
    template = singular(kind.template)
    doc = f"Like `{kind.template}`, for one."
    return _keyword(kind, template, {"count": 1}, doc) if template else None


def _keyword(
    kind: type[Sentence], template: str, given: Mapping[str, object], doc: str
) -> Callable[..., None]:
    """given: what the template does not have of the step."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.name not in given]  # type: ignore[arg-type]

    def perform(_library: object, *values: object) -> None:
        world_library: Any = BuiltIn().get_library_instance("WorldLibrary")
        world_library.perform(kind(**dict(zip(names, values, strict=True)), **given))

    perform.__name__ = kind.__name__
    perform.__doc__ = doc
    perform.__annotations__ = {name: hints[name] for name in names}
    perform.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("_library", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(
                inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=hints[name])
                for name in names
            ),
        ]
    )
    perform.step = kind  # type: ignore[attr-defined]
    decorated: Callable[..., None] = keyword(template)(perform)
    return decorated


def manual(library: type[Library]) -> type[Library]:
    """Adds to a library its sentences for the amount of one, and to its documentation how values are written.

    libdoc leaves embedded arguments out, and with them their types, so that the introduction has to say it.
    """
    keywords = [member for member in vars(library).values() if hasattr(member, "robot_name")]
    for member in keywords:
        one = _for_one(member.step)
        if one is not None:
            setattr(library, f"one_{one.__name__}", one)
    used = {kind for keyword in keywords for kind in keyword.__annotations__.values()}
    written = {"Number": _NUMBER} if int in used else {}
    written |= {kind.__name__: convert.__doc__ or "" for kind, convert in CONVERTERS.items() if kind in used}
    sections = [f"== {name} ==\n\n{inspect.cleandoc(text)}" for name, text in written.items()]
    library.__doc__ = "\n\n".join(
        [inspect.getdoc(library) or "", "= How to write values =", _VALUES, *sections]
    )
    return library
