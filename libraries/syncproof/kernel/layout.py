"""Which nodes a product has beside its devices, and which links there are: what its manifest alone shows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from syncproof.kernel.cast import Device, Ends, ServerName
from syncproof.kernel.sentence import Sentence

#: What `[agent] links` names where devices connect to each other.
DEVICES = "devices"
_RELAY = "relay"


@dataclass(frozen=True)
class Layout:
    """The nodes of one product, and its links.

    links: what each node that is no device connects to, by the names of nodes (`relay-1`, `store`). devices: what each
    device connects to, by the names in its manifest. instances: the nodes behind a name of the manifest.
    """

    system: str = ""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {_RELAY: ()})
    devices: tuple[str, ...] = (_RELAY,)
    instances: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {_RELAY: (_RELAY,)})

    def wrong(self, step: Sentence) -> str:
        """Why a sentence speaks of a node or of a link that the product does not have; "" where it has them all."""
        return next((wrong for value in _values(step) for wrong in self._wrong(value) if wrong), "")

    def lacks(self, step: Sentence) -> str:
        """The first node that a sentence speaks of and that the product does not have; "" for none."""
        return next((name for name in nodes_of(step) if self.wrong_node(name)), "")

    def wrong_node(self, name: str) -> str:
        """Why there is no such node; "" where there is. `relay` is there wherever devices connect to anything."""
        several = self.instances.get(name, ())
        if name in self.links or (name == _RELAY and not several and {*self.devices} - {DEVICES}):
            return ""
        if several:
            each = " or ".join(f"the {ServerName(instance)}" for instance in several)
            return f"There are {len(several)} of the {ServerName(name)} in {self.system}: say {each}."
        known = [str(ServerName(each)) for each in self.links]
        near = difflib.get_close_matches(str(ServerName(name)), known, 1)
        meant = f" Did you mean the {near[0]}?" if near else ""
        there = ", ".join(f"the {each}" for each in known) or "none"
        return f"There is no node 'the {ServerName(name)}' in {self.system}.{meant} Nodes that are no devices: {there}."

    def _wrong(self, value: object) -> Iterator[str]:
        if isinstance(value, ServerName):
            yield self.wrong_node(value.name)
        elif isinstance(value, Ends) and value.nodes:
            first, second = value.nodes
            # Of a device's link the nodes may be called as in the manifest: which instance it got nobody need know.
            for node, other in ((first, second), (second, first)):
                if isinstance(node, ServerName) and not (
                    isinstance(other, Device) and node.name in self.devices
                ):
                    yield self.wrong_node(node.name)
            if not (self._links(first, second) or self._links(second, first)):
                there = "; ".join(self._in_words())
                yield f"There is no link between {value} in {self.system}. Links: {there}."

    def _links(self, first: Device | ServerName, second: Device | ServerName) -> bool:
        if isinstance(first, Device) and isinstance(second, Device):
            return DEVICES in self.devices  # which of them are linked the scenario says
        behind = self.devices if isinstance(first, Device) else self.links.get(first.name, ())
        return any(second.name in (name, *self.instances.get(name, ())) for name in behind)

    def _in_words(self) -> Iterator[str]:
        for name in self.devices:
            yield "devices" if name == DEVICES else f"every device and the {ServerName(name)}"
        for name, behind in self.links.items():
            yield from (f"the {ServerName(name)} and the {ServerName(each)}" for each in behind)


def nodes_of(step: Sentence) -> Iterator[str]:
    """The names of the nodes that are no devices, which a sentence speaks of."""
    for value in _values(step):
        if isinstance(value, ServerName):
            yield value.name
        elif isinstance(value, Ends):
            yield from (node.name for node in value.nodes if isinstance(node, ServerName))


def _values(step: Sentence) -> Iterator[object]:
    return (getattr(step, slot) for slot in step.slots)
