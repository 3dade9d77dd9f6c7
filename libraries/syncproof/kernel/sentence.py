"""A sentence of a scenario as data.

A `Sentence` is a frozen dataclass with a `template`; its fields are the template's embedded arguments, in the same
names and with types that parse what people write. So a scenario can be recorded, replayed without Robot Framework,
shrunk, and written back as sentences: `parse(emit(step)) == step`. The keyword libraries take their names from the
same templates.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, get_type_hints

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_SLOT = re.compile(r"\$\{(\w+)\}")
#: An amount that may be one; where more of the sentence speaks of several, one has a sentence of its own.
_SEVERAL = re.compile(r"(?:all )?\$\{count\} (message|event|version|time)s\b(?! (?:with|before) )")
_PREFIX = re.compile(r"^(given|when|then|and|but)\s+", re.IGNORECASE)


class Sentence:
    """Base of all sentences. Subclasses are frozen dataclasses that set `template` and `run`."""

    template: ClassVar[str]
    #: What a system must be able to do by nature (see `syncproof.kernel.demands`).
    needs: ClassVar[tuple[str, ...]] = ()
    vocabulary: ClassVar[list[type[Sentence]]] = []

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "template" in cls.__dict__:
            Sentence.vocabulary.append(cls)

    def run(self, world: World) -> None:
        """Enqueue what the sentence asks for, or let the world move until it holds."""
        raise NotImplementedError


def pattern(template: str) -> re.Pattern[str]:
    """The regular expression of a template, as Robot Framework builds it: whole sentence, any case."""
    parts = _SLOT.split(template)
    text = "".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>.*?)" for i, part in enumerate(parts))
    return re.compile(text, re.IGNORECASE)


def singular(template: str) -> str:
    """How the sentence is written for one: `${device} sends 1 message`; "" for a template without an amount."""
    one, found = _SEVERAL.subn(r"1 \1", template)
    return one if found else ""


def templates(kind: type[Sentence]) -> tuple[str, ...]:
    """All ways to write it: as its template says, and for one."""
    one = singular(kind.template)
    return (kind.template, one) if one else (kind.template,)


def emit(step: Sentence) -> str:
    """The step as a sentence, without its Given/When/Then."""
    values = {field.name: getattr(step, field.name) for field in fields(step)}  # type: ignore[arg-type]
    template = templates(type(step))[-1 if values.get("count") == 1 else 0]
    return _SLOT.sub(lambda slot: str(values[slot.group(1)]), template)


def bare(sentence: str) -> str:
    """The sentence without the Given/When/Then in front."""
    return _PREFIX.sub("", sentence.strip())


def parse(sentence: str) -> Sentence:
    """The step of a sentence (a Given/When/Then in front is dropped).

    Raises ValueError for a sentence that no template knows, or that has an argument with a wrong unit or name.
    """
    said = bare(sentence)
    for kind in Sentence.vocabulary:
        for template in templates(kind):
            match = pattern(template).fullmatch(said)
            if match is not None:
                hints = get_type_hints(kind)
                values = {name: _convert(hints[name], text) for name, text in match.groupdict().items()}
                return kind(**(values if template == kind.template else {**values, "count": 1}))
    raise ValueError(f"No sentence of the vocabulary reads '{said}'.")


def _convert(kind: Any, text: str) -> object:
    if kind is int:
        return int(text)
    if kind is str:
        return text
    return kind.parse(text)
