"""Sentences about any link: whatever can befall the link of a device can befall a link between servers, or all links.

A sentence about a device's link says in `on_link` how it is said of a link, where `${link}` stands for it; the other
sentence is made of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from syncproof.kernel.cast import ALL_LINKS, Ends
from syncproof.kernel.interrupt import SHOWN, Means
from syncproof.kernel.sentence import Form, Sentence, emit

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_LINK = "${link}"


class OnLink(Sentence):
    """The same of a link between two nodes, or of all links.

    said_of_device: the kind of sentence that is about a device. said: such a one, whose device is `ends`.
    """

    said_of_device: ClassVar[type[Sentence]]
    said: Sentence

    def __init_subclass__(cls) -> None:
        """Its slots are those of `said`."""

    def __init__(self, **values: Any) -> None:
        of_device = {"device" if name == "ends" else name: value for name, value in values.items()}
        super().__init__(**values)
        self.__dict__.update(said=self.said_of_device(**of_device))

    def run(self, world: World) -> None:
        """As it is done to the link of a device."""
        self.said.run(world)


class MeansOnLink(OnLink, Means):
    """The same of what can begin at a moment."""

    def run(self, world: World) -> None:
        """Hand over the messages that are due, and begin."""
        Means.run(self, world)

    def begin(self, world: World) -> None:
        """As on the link of a device."""
        assert isinstance(self.said, Means)
        self.said.begin(world)


def on_links(declared: Sequence[type[Sentence]]) -> Iterator[type[OnLink]]:
    """A sentence for each of a vocabulary that says how it is said of a link."""
    for kind in declared:
        if kind.on_link:
            yield _on_link(kind)


def _on_link(kind: type[Sentence]) -> type[OnLink]:
    one = kind.on_link.replace(_LINK, "the link between ${ends}")
    every = kind.on_link.replace(_LINK, "all links")
    if kind.on_link.startswith(_LINK):  # they are the subject
        every = every.replace(" is ", " are ", 1).replace(" goes ", " go ", 1)
    fields = {
        "__module__": kind.__module__,
        "said_of_device": kind,
        "page": kind.page,
        "template": one,
        "needs": kind.needs,
        "slots": {"ends": Ends, **{name: slot for name, slot in kind.slots.items() if name != "device"}},
        "forms": (Form(one, {}), Form(every, {"ends": ALL_LINKS})),
    }
    base = MeansOnLink if issubclass(kind, Means) else OnLink
    made: type[OnLink] = type(f"{kind.__name__}OnLink", (base,), fields)
    made.__doc__ = _manual(made)
    return made


def _manual(kind: type[OnLink]) -> str:
    """Its entry: how it works is told where it is said of a device."""
    said = kind.said_of_device
    values = "".join(f"\n``{name}``: see `{said.template}`." for name in kind.slots if name != "ends")
    shown = kind(**{slot: SHOWN[slot] for slot in kind.slots})
    return f"""The same as for the link of a device, for the link between any two nodes.

``ends``: the two nodes, see `Ends`.{values}

Like `{said.template}`, see there. What comes to the node that connects
is downstream: from the store to the relay, where the relay keeps its data there. Of a device's link something has to be
outstanding at the device meanwhile, of a link between servers at any device.

``{kind.forms[1].template}`` means the links of all devices and of all servers at once: it is one fault, which must be
seen on every one of them.

Example:
| When Alice sends 20 messages
| And {emit(shown)}

Source: plan B-05, B-14."""
