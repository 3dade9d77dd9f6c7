"""A sentence of a scenario as data.

A `Sentence` is a frozen dataclass; its fields are the slots of its template, in the same names and with types that
parse what people write. So a scenario can be recorded, replayed without Robot Framework, shrunk, and written back as
sentences: `parse(emit(sentence)) == sentence`. Keywords and the manual are made of the same declaration.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform, get_origin

from syncproof.registry import discover

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_SLOT = re.compile(r"\$\{(\w+)\}")
#: An amount that may be one; where more of the sentence speaks of several, one has a sentence of its own.
_SEVERAL = re.compile(r"(?:all )?\$\{count\} (message|event|version|time)s\b(?! (?:with|before) )")
_PREFIX = re.compile(r"^(given|when|then|and|but)\s+", re.IGNORECASE)

#: What a sentence does in a story, where a need of the story depends on it (see `syncproof.kernel.demands`): its device
#: sends, leaves, returns, is killed, has connections that break off or no longer do, or must get attachments whole.
Role = Literal["sends", "leaves", "returns", "kills", "breaks_off", "restores", "fetches"]


@dataclass(frozen=True)
class Form:
    """One way to write a sentence: as its template says, or for the amount of one.

    given: the values of slots that this form does not have.
    """

    template: str
    pattern: re.Pattern[str]
    given: Mapping[str, int]


@dataclass_transform(frozen_default=True)
class Sentence:
    """Base of all sentences. A subclass declares page, template, slots and docstring, and says what it does in `run`.

    It becomes a frozen dataclass by being declared, and a keyword by standing where the registry looks.
    """

    #: The keyword library (and page of the manual) that has it: `Devices` for DevicesLibrary.
    page: ClassVar[str]
    template: ClassVar[str]
    #: What a system must be able to do by nature (see `syncproof.kernel.demands`).
    needs: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[Role, ...]] = ()
    #: What becomes of the scenario's devices: they are `introduced`, or `set` before that; others need them there.
    devices_are: ClassVar[str] = ""
    #: Slot -> the type that parses it.
    slots: ClassVar[dict[str, Any]]
    forms: ClassVar[tuple[Form, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(frozen=True)(cls)
        if "template" in vars(cls):
            # Not get_type_hints: it would evaluate the annotations of this base once for every sentence.
            annotated = [base for base in reversed(cls.__mro__) if base not in (Sentence, object)]
            cls.slots = {
                name: slot
                for base in annotated
                for name, slot in get_annotations(base, eval_str=True).items()
                if not _is_of_the_class(slot)
            }
            one = singular(cls.template)
            cls.forms = (
                Form(cls.template, pattern(cls.template), {}),
                *([Form(one, pattern(one), {"count": 1})] if one else []),
            )

    def run(self, world: World) -> None:
        """Enqueue what the sentence asks for, or let the world move until it holds."""
        raise NotImplementedError

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of the devices whose role it states: of its slot `device`, else of `devices`."""
        if "device" in self.slots:
            return (getattr(self, "device").name,)  # noqa: B009
        return tuple(device.name for device in getattr(self, "devices", ()))


def _is_of_the_class(annotation: Any) -> bool:
    """Whether an annotation is no slot's: what a base says of its kind of sentence."""
    return get_origin(annotation) is ClassVar


@functools.cache
def vocabulary() -> Sequence[type[Sentence]]:
    """Every sentence of the house."""
    return tuple(kind for kind in discover(Sentence, "sentences") if "template" in vars(kind))


def pattern(template: str) -> re.Pattern[str]:
    """The regular expression of a template, as Robot Framework builds it: whole sentence, any case."""
    parts = _SLOT.split(template)
    text = "".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>.*?)" for i, part in enumerate(parts))
    return re.compile(text, re.IGNORECASE)


def singular(template: str) -> str:
    """How the sentence is written for one: `${device} sends 1 message`; "" for a template without an amount."""
    one, found = _SEVERAL.subn(r"1 \1", template)
    return one if found else ""


def emit(sentence: Sentence) -> str:
    """The sentence as text, without its Given/When/Then."""
    values = {name: getattr(sentence, name) for name in sentence.slots}
    template = sentence.forms[-1 if values.get("count") == 1 else 0].template
    return _SLOT.sub(lambda slot: str(values[slot.group(1)]), template)


def bare(text: str) -> str:
    """The text without the Given/When/Then in front."""
    return _PREFIX.sub("", text.strip())


def parse(text: str) -> Sentence:
    """The sentence that a text is (a Given/When/Then in front is dropped).

    Raises ValueError for a text that no template reads, or that has an argument with a wrong unit or name.
    """
    said = bare(text)
    for kind in vocabulary():
        for form in kind.forms:
            match = form.pattern.fullmatch(said)
            if match is not None:
                values = {
                    name: _convert(kind.slots[name], value) for name, value in match.groupdict().items()
                }
                return kind(**values, **form.given)
    raise ValueError(f"No sentence of the vocabulary reads '{said}'.")


def _convert(kind: Any, text: str) -> object:
    if kind is int:
        return int(text)
    if kind is str:
        return text
    return kind.parse(text)
