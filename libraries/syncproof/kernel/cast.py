"""Who plays in a scenario: names of devices, and how sentences speak of them.

The cast is fixed, so that `robot --dryrun` finds a misspelt name before anything starts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self

_SERVER = re.compile(r"(?P<name>[a-z]+(?: [a-z]+)*)(?: (?P<number>[1-9]))?")
CAST = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi")
#: Devices beyond the cast, whose number is their place: `Peer9` is the first.
_BEYOND = re.compile(r"Peer([1-9]\d{0,3})")
_MANY = re.compile(r"(?:(?P<count>\d{1,4}) peers|peers (?P<first>\d{1,4}) to (?P<last>\d{1,4}))")


@dataclass(frozen=True, order=True)
class Device:
    """A device by its name in the scenario."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """A device of the cast: ``Alice``, ``Bob``, ``Carol``, ``Dave``, ``Erin``, ``Frank``, ``Grace``, ``Heidi``.

        Written with its capital letter. It takes part in a scenario whose first sentence names it. Where a scenario has
        more, they are called ``Peer9``, ``Peer10`` and so on.

        Fails (ValueError) for any other name, with the nearest: ``There is no device 'Bbo'. Did you mean Bob?``
        """
        name = text.strip()
        beyond = _BEYOND.fullmatch(name)
        if name in CAST or (beyond and int(beyond[1]) > len(CAST)):
            return cls(name)
        near = difflib.get_close_matches(name.title(), CAST, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f"There is no device '{name}'.{hint} Devices: {', '.join(CAST)}.")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Devices:
    """Several devices: `Alice and Bob`, `Alice, Bob and Carol`."""

    names: tuple[Device, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Two or more devices: ``Alice and Bob``, ``Alice, Bob and Carol``, ``Alice, Bob, and Carol``.

        ``12 peers`` are the first twelve, ``peers 4 to 6`` Dave, Erin and Frank: the cast, then ``Peer9`` and so on.

        Fails (ValueError) for a single one, an unknown one, or one that is named twice.
        """
        if (many := _MANY.fullmatch(text.strip())) is not None:
            first, last = int(many["first"] or 1), int(many["last"] or many["count"])
            if 1 <= first < last:
                return cls(tuple(Device(_place(number)) for number in range(first, last + 1)))
        parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text.strip()) if part]
        devices = tuple(Device.parse(part) for part in parts)
        if len(devices) < 2:
            raise ValueError(
                f"'{text}' names {len(devices)} device: name at least two, like 'Alice and Bob'."
            )
        if len(set(devices)) != len(devices):
            raise ValueError(f"'{text}' names a device twice.")
        return cls(devices)

    def __str__(self) -> str:
        *first, last = (device.name for device in self.names)
        return f"{', '.join(first)} and {last}"

    def __iter__(self) -> Iterator[Device]:
        return iter(self.names)


def _place(number: int) -> str:
    """What the device at a place is called, from 1."""
    return CAST[number - 1] if number <= len(CAST) else f"Peer{number}"


@dataclass(frozen=True)
class ServerName:
    """A node that is no device, by the name that its product has for it: `relay`, `relay-2`, `message_store`."""

    name: str = "relay"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A node that is no device: ``relay``, or as the manifest says, ``message store`` for ``[node.message_store]``.

        Of several instances (``count = 2``) each has its number: ``relay 1``, ``relay 2``. Which there are the product
        says: ``robot --dryrun`` names them where a scenario speaks of another.

        Fails (ValueError) for what cannot be the name of a node.
        """
        match = _SERVER.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError(
                f"'{text}' is no name of a node: write it like 'relay', or 'relay 2' of several."
            )
        name = "_".join(match["name"].split())
        return cls(f"{name}-{match['number']}" if match["number"] else name)

    def __str__(self) -> str:
        return self.name.replace("_", " ").replace("-", " ")


class TheServer(ServerName):
    """The same, in sentences where a device may stand as well: `the relay`, `the relay 2`."""

    def __str__(self) -> str:
        return f"the {super().__str__()}"


class Node:
    """Who has a process of its own: a device, the relay, or another node of the product."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Device | TheServer:
        """A device of the cast, see `Device`, or another node: ``the relay``, ``the relay 2``, ``the store``.

        Nodes are called as in the product's manifest: ``[node.message_store]`` is ``the message store``, and of several
        instances (``count = 2``) each has its number.

        Fails (ValueError) for anything else.
        """
        article, _, name = text.strip().partition(" ")
        return TheServer.parse(name) if article.lower() == "the" else Device.parse(text)


@dataclass(frozen=True)
class Ends:
    """The two nodes of a link, or all links there are."""

    #: None twice for all links.
    first: Device | TheServer | None = None
    second: Device | TheServer | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The two nodes of a link: ``the relay and the store``, ``the relay 2 and the store``, ``Bob and the relay``.

        Which of them is named first does not matter. Devices by their names, other nodes as the product's manifest
        calls them; the manifest says as well which are linked.

        Fails (ValueError) for anything but two different nodes.
        """
        nodes = [Node.parse(part) for part in re.split(r"\s+and\s+", text.strip())]
        if len(nodes) != 2 or nodes[0] == nodes[1]:
            raise ValueError(
                f"'{text}' are no two nodes: a link is between two, like 'the relay and the store'."
            )
        return cls(*nodes)

    @property
    def nodes(self) -> tuple[Device | TheServer, ...]:
        """Both; none for all links."""
        return tuple(node for node in (self.first, self.second) if node is not None)

    def __str__(self) -> str:
        return " and ".join(map(str, self.nodes)) or "all"


#: Of the sentences that speak of all links.
ALL_LINKS = Ends()


class _Word(Enum):
    """A word of which several mean the same."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of several words. Fails (ValueError) for any other, and lists them."""
        try:
            return cls(text.strip().lower())
        except ValueError:
            words = ", ".join(word.value for word in cls)
            raise ValueError(f"'{text}' does not fit here: write one of {words}.") from None

    def __str__(self) -> str:
        return str(self.value)


class Pronoun(_Word):
    """``he``, ``she``, ``it`` or ``they``: the device that the sentence has just named, whichever word is taken."""

    HE = "he"
    SHE = "she"
    IT = "it"
    THEY = "they"


class Who:
    """Of whom a moment speaks."""

    @classmethod
    def parse(cls, text: str) -> Pronoun | Device:
        """A device by its name, or ``he``, ``she``, ``it``, ``they`` for the one that the sentence begins with.

        Fails (ValueError) for any other word.
        """
        words = [each.value for each in Pronoun]
        word = text.strip().lower()
        if word in words:
            return Pronoun.parse(word)
        try:
            return Device.parse(text)
        except ValueError as unknown:
            raise ValueError(f"{unknown} Or write one of {', '.join(words)}.") from None


class Possessive(_Word):
    """``his``, ``her``, ``its`` or ``their``: of the device that the sentence has just named, whichever it is."""

    HIS = "his"
    HER = "her"
    ITS = "its"
    THEIR = "their"
