"""Turns the sentences of the vocabulary into Robot Framework keywords.

A sentence knows its words, its arguments with their types, and what it means; a keyword is made of just that, so that
the words of the suites, the recorded sentences and the manual cannot drift apart.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from syncproof.kernel.sentence import Form, Sentence, vocabulary

Library = TypeVar("Library")
#: `--dryrun` runs them, so that a wrong unit or name fails before anything starts.
Converters = dict[type, Callable[[Any], Any] | Callable[[Any, Any], Any]]

_VALUES = (
    "``robot --dryrun`` reads them all: a wrong unit or a misspelt name fails before anything is started."
)
_NUMBER = "A whole number: ``50``; 0 is one as well."


def page(name: str) -> Callable[[type[Library]], type[Library]]:
    """Makes a library of a class: a keyword for each sentence of that page, and in the amount of one where it has one.

    name: as sentences state it. libdoc leaves embedded arguments out, and with them their types, so that how values
    are written is added to the introduction.
    """

    def make(made: type[Library]) -> type[Library]:
        kinds = [kind for kind in vocabulary() if kind.page == name]
        for kind in kinds:
            for place, form in enumerate(kind.forms):
                setattr(made, f"{kind.__name__}_{place}", _keyword(kind, form))
        used = {slot for kind in kinds for slot in kind.slots.values()}
        converters: Converters = {
            slot: _converter(slot) for slot in sorted(used - {int, str}, key=lambda slot: str(slot.__name__))
        }
        written = {"Number": _NUMBER} if int in used else {}
        written |= {slot.__name__: convert.__doc__ or "" for slot, convert in converters.items()}
        sections = [f"== {title} ==\n\n{inspect.cleandoc(text)}" for title, text in written.items()]
        made.__doc__ = "\n\n".join(
            [inspect.getdoc(made) or "", "= How to write values =", _VALUES, *sections]
        )
        decorated: type[Library] = library(scope="GLOBAL", converters=converters, auto_keywords=False)(made)
        return decorated

    return make


def _converter(kind: Any) -> Callable[[str], object]:
    def convert(value: str) -> object:
        return kind.parse(value)

    convert.__doc__ = kind.parse.__doc__ if "parse" in vars(kind) else kind.__doc__
    # Robot Framework would find out by itself what it takes, at every step anew.
    typed: Callable[[str], object] = keyword(types={"value": str})(convert)
    return typed


def _short(kind: type[Sentence], form: Form) -> str:
    return f"Like `{kind.template}`{', for one' if 'count' in form.given else ''}."


def _keyword(kind: type[Sentence], form: Form) -> Callable[..., None]:
    types: Mapping[str, Any] = {name: slot for name, slot in kind.slots.items() if name not in form.given}

    def perform(_library: object, *values: object) -> None:
        world_library: Any = BuiltIn().get_library_instance("WorldLibrary")
        world_library.perform(kind(**dict(zip(types, values, strict=True)), **form.given))

    perform.__name__ = kind.__name__
    perform.__doc__ = kind.__doc__ if form is kind.forms[0] else _short(kind, form)
    perform.__annotations__ = dict(types)
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    perform.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("_library", positional),
            *(inspect.Parameter(name, positional, annotation=slot) for name, slot in types.items()),
        ]
    )
    decorated: Callable[..., None] = keyword(form.template)(perform)
    return decorated
