"""A sentence of a scenario as data.

A `Sentence` is a frozen value; its fields are the slots of its template, in the same names and with types that parse
what people write. So a scenario can be recorded, replayed without Robot Framework, shrunk, and written back as
sentences: `parse(emit(sentence)) == sentence`. Keywords and the manual are made of the same declaration.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError, dataclass
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, dataclass_transform, get_origin

from syncproof.registry import discover

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_SLOT = re.compile(r"\$\{(\w+)\}")
#: An amount that may be one.
_SEVERAL = re.compile(r"(?:all (?:of )?)?\$\{count\} (\w+)s\b")
_PREFIX = re.compile(r"^(given|when|then|and|but)\s+", re.IGNORECASE)

#: What a sentence does in a story, where a need of the story depends on it (see `syncproof.kernel.demands`): its device
#: sends, leaves, returns, is killed, has connections that break off or no longer do, or must get attachments whole.
Role = Literal["sends", "leaves", "returns", "kills", "breaks_off", "restores", "fetches"]


@dataclass(frozen=True)
class Form:
    """One way to write a sentence: as its template says, for the amount of one, or in words that it had before.

    given: the values of slots that this form does not have.
    """

    template: str
    given: Mapping[str, object]

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first asked for: a vocabulary is long, and a text has the words of few of its forms."""
        return pattern(self.template)

    @functools.cached_property
    def longest(self) -> str:
        """The longest of the words that stand in it whatever its slots are, in lower case."""
        return max(_SLOT.split(self.template)[::2], key=len).lower()

    @property
    def several(self) -> tuple[Form, ...]:
        """It, and with it the form for the amount of one where there is one."""
        one = singular(self.template)
        return (self, Form(one, {**self.given, "count": 1})) if one else (self,)


@dataclass_transform(frozen_default=True)
class Sentence:
    """Base of all sentences. A subclass declares page, template, slots and docstring, and says what it does in `run`.

    It becomes a frozen value of its slots by being declared, and a keyword by standing where the registry looks.

    As a dataclass it would be the same, and its making cost every run a millisecond: a vocabulary has hundreds.
    """

    #: The keyword library (and page of the manual) that has it: `Devices` for DevicesLibrary.
    page: ClassVar[str]
    template: ClassVar[str]
    #: Other words for the same, with the same slots: they are read, and never written.
    also: ClassVar[tuple[str, ...]] = ()
    #: Words that it had before: they are read, never written, and a dry run says that they are old.
    formerly: ClassVar[tuple[str, ...]] = ()
    #: How it is said of any link between nodes, for which `${link}` stands, where it is about the link of its `device`
    #: (see `syncproof.kernel.on_link`); "" where it cannot be.
    on_link: ClassVar[str] = ""
    #: Whether its singular is the template without a plural; not where another word of it is a plural too.
    has_singular: ClassVar[bool] = True
    #: What a system must be able to do by nature (see `syncproof.kernel.demands`).
    needs: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[Role, ...]] = ()
    #: What becomes of the scenario's devices: they are `introduced`, or `set` before that, or `joining` later; others
    #: need them there.
    devices_are: ClassVar[str] = ""
    #: Slot -> the type that parses it.
    slots: ClassVar[dict[str, Any]] = {}
    forms: ClassVar[tuple[Form, ...]]

    def __init__(self, *values: object, **named: object) -> None:
        """Raises TypeError for anything but a value for each slot."""
        given = dict(zip(self.slots, values, strict=False)) | named
        if len(values) + len(named) != len(self.slots) or given.keys() != self.slots.keys():
            raise TypeError(
                f"{type(self).__name__} takes exactly its slots: {', '.join(self.slots) or 'none'}."
            )
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"A sentence is what was said: its '{name}' stays.")

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and type(self) is type(other) and self.values == other.values

    def __hash__(self) -> int:
        return hash((type(self), *self.values.values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"
        )

    @property
    def values(self) -> dict[str, object]:
        """What stands in each of its slots."""
        return {name: getattr(self, name) for name in self.slots}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "template" in vars(cls):
            cls.slots = slots_of(cls, Sentence)
            cls.forms = tuple(
                form
                for template in (cls.template, *cls.also, *cls.formerly)
                for form in (Form(template, {}).several if cls.has_singular else (Form(template, {}),))
            )

    def run(self, world: World) -> None:
        """Enqueue what the sentence asks for, or let the world move until it holds."""
        raise NotImplementedError

    @property
    def asks(self) -> tuple[str, ...]:
        """What it needs of a system with the values that it has: at least its `needs`."""
        return self.needs

    @property
    def contradiction(self) -> str:
        """Why it cannot happen, whatever the scenario is; "" where it can."""
        return ""

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of the devices whose role it states: of its slot `device`, else of `devices`."""
        if "device" in self.slots:
            return (getattr(self, "device").name,)  # noqa: B009
        return tuple(device.name for device in getattr(self, "devices", ()))


def slots_of(kind: type, base: type) -> dict[str, Any]:
    """The annotated fields of a class below `base`: slot -> the type that parses it. What is of the class is none."""
    # Not get_type_hints: it would evaluate the annotations of the base once for every sentence.
    annotated = [each for each in reversed(kind.__mro__) if each not in base.__mro__]
    return {
        name: slot
        for each in annotated
        for name, slot in get_annotations(each, eval_str=True).items()
        if not _is_of_the_class(slot)
    }


def _is_of_the_class(annotation: Any) -> bool:
    return get_origin(annotation) is ClassVar


@functools.cache
def vocabulary() -> Sequence[type[Sentence]]:
    """Every sentence of the house: what is declared, the same of any link, and what means and moments make together."""
    # Imported here: what is made is a sentence itself.
    from syncproof.kernel.interrupt import interrupts
    from syncproof.kernel.on_link import on_links

    declared = tuple(kind for kind in discover(Sentence, "sentences") if "template" in vars(kind))
    said = (*declared, *on_links(declared))
    return (*said, *interrupts(said))


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
    values = sentence.values
    fitting = [form for form in sentence.forms if form.given.items() <= values.items()]
    # The first of those that say the most by themselves.
    template = max(fitting, key=lambda form: len(form.given)).template
    return _SLOT.sub(lambda slot: str(values[slot.group(1)]), template)


def bare(text: str) -> str:
    """The text without the Given/When/Then in front."""
    return _PREFIX.sub("", text.strip())


def parse(text: str) -> Sentence:
    """The sentence that a text is (a Given/When/Then in front is dropped).

    Raises ValueError for a text that no template reads, or that has an argument with a wrong unit or name.
    """
    return _read(text)[0]


def outdated(text: str) -> str:
    """What a text in words of before is written as today; "" where it is up to date. Raises ValueError like `parse`."""
    sentence, form = _read(text)
    old = {each.template for template in sentence.formerly for each in Form(template, {}).several}
    return emit(sentence) if form.template in old else ""


def _read(text: str) -> tuple[Sentence, Form]:
    said = bare(text)
    found = _find(said)
    if found is None:
        raise ValueError(f"No sentence of the vocabulary reads '{said}'.")
    kind, form, slots = found
    values = {name: _convert(kind.slots[name], value) for name, value in slots.items()}
    return kind(**values, **form.given), form


@functools.lru_cache(maxsize=4096)
def _find(said: str) -> tuple[type[Sentence], Form, Mapping[str, str]] | None:
    """What reads it, and what stands in its slots. Kept: a run asks of each of its sentences several times."""
    lower = said.lower()
    for kind in vocabulary():
        for form in kind.forms:
            # Most of a long vocabulary has words that the text has not: cheaper to see than what a pattern reads.
            if form.longest in lower and (match := form.pattern.fullmatch(said)):
                return kind, form, match.groupdict()
    return None


def _convert(kind: Any, text: str) -> object:
    if kind is int:
        return int(text)
    if kind is str:
        return text
    return kind.parse(text)
