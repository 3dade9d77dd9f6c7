"""Whose keys the devices of a scenario are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncproof.kernel.agent import Agent
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.keys.surface import ReadKey, RenewKey, TellKey


class Keys(State):
    """Users compare keys where nobody can come in between: all members of a group are told those of the others."""

    always_with = "workloads:keys"

    def put_into_group(self, agent: Agent, identities: Sequence[str]) -> bool:
        """Tell it the keys of all other members; of the group it is told as ever."""
        self._tell(agent, [node for node in self._nodes() if node.identity in identities])
        return False

    def renew(self, name: str, overlap_s: float) -> None:
        """Let a device have another key, and tell all others; for so long they believe either."""
        renewed = self._world.node(name)
        self._world.note("key_renewed", device=name, overlap_ns=round(overlap_s * 1e9))
        key = renewed.agent.ask(RenewKey(overlap_s)).key
        for node in self._nodes():
            if node is not renewed:
                node.agent.ask(TellKey(renewed.identity, key, overlap_s))

    def on_restart(self, name: str) -> None:
        """A device that has lost all has another key: all others are told."""
        restarted = self._world.node(name)
        for node in self._nodes():
            if node.presence != "silent":
                self._tell(node.agent, [restarted])

    def tell_of_outsider(self, name: str) -> None:
        """All devices are told the key of somebody who is none of them. Raises InvalidScenario."""
        topology = self._world.topology
        if name not in topology.outsiders:
            raise InvalidScenario(f"{name} has no key yet. Say first: 'Mallory comes as a stranger who ...'.")
        for node in topology.nodes.values():
            self._tell(node.agent, [topology.outsiders[name]])
        self._world.note("stranger_known", device=name)

    def _nodes(self) -> list[DeviceNode]:
        topology = self._world.topology
        return [*topology.nodes.values(), *topology.outsiders.values()]

    def _tell(self, agent: Agent, nodes: Iterable[DeviceNode]) -> None:
        for node in nodes:
            if node.agent is agent:
                continue
            told = node.agent.ask(ReadKey())
            if told.before:
                agent.ask(TellKey(node.identity, told.before))
            agent.ask(TellKey(node.identity, told.key, told.overlap_s if told.before else None))
