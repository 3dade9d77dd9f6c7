"""Interruptions: each means and each moment make one sentence together, which nobody has to write.

A *means* is what befalls somebody: ``${device}'s network is cut``. By itself it happens now. A *moment* says when
instead: ``after ${who} has received ${count} messages``. A new means gets all moments, and a new moment all means.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from syncproof.kernel.cast import Device, Devices, Ends, Pronoun, ServerName, TheServer, Who
from syncproof.kernel.quantities import Duration, Rate, Size
from syncproof.kernel.sentence import Form, Sentence, emit, slots_of
from syncproof.registry import discover, workload_of

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Values for the examples of the manual.
SHOWN: Mapping[str, Any] = {
    "device": Device("Bob"),
    "node": Device("Bob"),
    "devices": Devices((Device("Alice"), Device("Bob"))),
    "server": ServerName(),
    "ends": Ends(TheServer(), TheServer("store")),
    "count": 20,
    "duration": Duration(10),
    "jitter": Duration(0.1),
    "latency": Duration(0.3),
    "period": Duration(5),
    "rate": Rate(10_000),
    "size": Size(20),
}


class Means(Sentence):
    """What can befall a node or a link. A subclass says how it begins; its template ends in a word, not in a slot.

    A slot `device` (or `node`, where that is a device) is whom the pronoun of a moment means.
    """

    def run(self, world: World) -> None:
        """Hand over the messages that are due, and begin."""
        world.operations.flush()
        self.begin(world)

    def begin(self, world: World) -> None:
        """Begin now, exactly: let nothing move before."""
        raise NotImplementedError

    @property
    def subject(self) -> Device | ServerName | None:
        """The one whom it befalls; None for several."""
        found: Device | ServerName | None = getattr(self, "device", None) or getattr(self, "node", None)
        return found

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of the devices whose role it states."""
        return (self.subject.name,) if self.subject else super().actors


@dataclass_transform(frozen_default=True)
class Moment:
    """When a means begins. A subclass declares template, slots and docstring, and says in `reach` how it is got to.

    Its slot `who` is the device of which it speaks: of type `Who`, or `Device` where no pronoun fits.
    """

    template: ClassVar[str]
    #: How it is said of the very device that the means befalls, where that takes other words.
    own: ClassVar[str] = ""
    #: Other words for the template: they are read, and never written.
    also: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    #: What comes before it in the manual's example, where Bob is the device.
    before: ClassVar[tuple[str, ...]]
    slots: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(frozen=True)(cls)
        cls.slots = slots_of(cls, Moment)

    def reach(self, world: World, name: str) -> None:
        """Let the world move exactly until then. name: of the device of which it speaks."""
        raise NotImplementedError


class Interrupt(Sentence):
    """A means that begins at a moment; each allowed pair of kinds is a subclass of its own, see `interrupts`."""

    page = "Interrupt"
    means_kind: ClassVar[type[Means]]
    moment_kind: ClassVar[type[Moment]]
    means: Means
    moment: Moment

    def __init_subclass__(cls) -> None:
        """Its slots are those of its two parts."""

    def __init__(self, **values: Any) -> None:
        parts = [
            kind(**{slot: values[slot] for slot in kind.slots})
            for kind in (self.means_kind, self.moment_kind)
        ]
        super().__init__(**values)
        self.__dict__.update(means=parts[0], moment=parts[1])

    def run(self, world: World) -> None:
        """Let the world move until then, and begin."""
        whom = self._whom
        assert whom is not None  # a contradiction is not performed
        self.moment.reach(world, whom.name)
        self.means.begin(world)

    @property
    def _whom(self) -> Device | None:
        named = getattr(self, "who", None)
        found = named if isinstance(named, Device) else self.means.subject
        return found if isinstance(found, Device) else None

    @property
    def contradiction(self) -> str:
        """The relay itself receives, sends and loads nothing."""
        if self._whom is not None:
            return ""
        named = self.moment_kind.template.replace("${who}", "Bob")
        return f"'{emit(self)}' does not say of which device it speaks: write it like '{named}'."

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of the devices whose role it states."""
        return self.means.actors


def interrupts(declared: Sequence[type[Sentence]]) -> Iterator[type[Interrupt]]:
    """A sentence for each means of a vocabulary and each moment of the house."""
    for means in declared:
        if issubclass(means, Means):
            for moment in discover(Moment, "moments"):
                yield _pair(means, moment)


def _pair(means: type[Means], moment: type[Moment]) -> type[Interrupt]:
    alone = means.slots.keys() & {"device", "node"}
    who = {} if alone or moment.slots["who"] is Device else {"who": Device}
    phrases: list[tuple[str, dict[str, object]]] = [
        (moment.template, {}),
        *((other, {}) for other in moment.also),
    ]
    if alone and moment.own:
        phrases.insert(1, (moment.own, {"who": Pronoun.IT}))
    forms = [
        form
        for stem in means.forms
        for phrase, given in phrases
        for form in Form(f"{stem.template} {phrase}", {**stem.given, **given}).several
    ]
    fields = {
        "__module__": means.__module__,
        "means_kind": means,
        "moment_kind": moment,
        "template": f"{means.template} {moment.template}",
        "formerly": tuple(f"{stem} {phrase}" for stem in means.formerly for phrase, _ in phrases),
        "needs": tuple(
            dict.fromkeys((*means.needs, *getattr(workload_of(moment), "NEEDS", ()), *moment.needs))
        ),
        "roles": means.roles,
        "slots": {**means.slots, **moment.slots, **who},
        "forms": tuple(forms),
    }
    made: type[Interrupt] = type(f"{means.__name__}{moment.__name__}", (Interrupt,), fields)
    made.__doc__ = _manual(made)
    return made


def _manual(pair: type[Interrupt]) -> str:
    """Its entry, made of that of its moment; what befalls is told where the means alone is."""
    means, moment = pair.means_kind, pair.moment_kind
    first, *rest = inspect.cleandoc(moment.__doc__ or "").splitlines()
    *about, source = rest
    values = "".join(
        f"\n``{slot}``: see `{kind.__name__}`." for slot, kind in means.slots.items() if slot != "device"
    )
    who = Pronoun.HE if pair.slots["who"] is Who else Device("Bob")
    shown = {slot: who if slot == "who" else SHOWN[slot] for slot in pair.slots}
    example = "\n".join(f"| {line}" for line in (*moment.before, f"And {emit(pair(**shown))}"))
    told = f"It begins, ends and bites as ``{means.template}`` does, see {means.page}Library."
    body = "\n".join(about).strip()
    title = f"``{means.template}``, {first[0].lower()}{first[1:]}"
    return f"{title}\n{values}\n{body}\n\n{told}\n\nExample:\n{example}\n\n{source}"
