"""The nodes of one scenario: how devices meet, sleep, leave, die and come back; servers, and links between nodes."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.agent import Agent, AgentUnreachable
from syncproof.kernel.cast import Device, Ends
from syncproof.kernel.fault import Fault
from syncproof.kernel.faultbook import Entry
from syncproof.kernel.link import Link
from syncproof.kernel.node import DeviceNode, ServerNode
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.quantities import Duration
from syncproof.kernel.shape import Pair, mesh
from syncproof.kernel.story import takes_no_part
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from pathlib import Path

    from syncproof.kernel.world import World


@dataclass(frozen=True)
class Stopped:
    """A device whose process cannot answer. state, how (and when), again: for people; see `Stop`."""

    state: str
    how: str
    again: str


class Topology:
    """Owns the nodes and the group that they share."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.nodes: dict[str, DeviceNode] = {}
        #: Clients that do harm: nobody follows or judges them.
        self.outsiders: dict[str, DeviceNode] = {}
        #: The outsiders whom members take for one of them, and no strangers.
        self._let_in: list[str] = []
        #: What of the system's settings the devices of this scenario have otherwise, at scale 1.
        self.settings: dict[str, float] = {}
        #: What of its server's settings.
        self.server_settings: dict[str, float] = {}
        self._clients: dict[str, str] = {}
        self._platforms: dict[str, str] = {}
        self.group = world.test_bed.fresh_group(world.title)
        #: What of the system's settings single devices have otherwise, by their names.
        self.settings_of: dict[str, dict[str, float]] = {}

    def node(self, name: str) -> DeviceNode:
        """A device of this scenario. Raises InvalidScenario for one that it did not introduce."""
        try:
            return self.nodes[name]
        except KeyError:
            raise InvalidScenario(takes_no_part(name, tuple(self.nodes))) from None

    @property
    def servers(self) -> Mapping[str, ServerNode]:
        """The nodes that are no devices, by name; started if they were not."""
        return self._world.test_bed.servers.nodes

    @property
    def server(self) -> ServerNode:
        """The server that devices sync through: `the relay` of sentences. Of several instances the first."""
        return self._world.test_bed.servers.first

    def server_named(self, name: str) -> ServerNode:
        """A node that is no device; `relay` is what devices sync through, whatever its product calls it.

        Raises InvalidScenario for one that the product does not have.
        """
        layout = self._world.profile.layout
        if wrong := layout.wrong_node(name):
            raise InvalidScenario(wrong)
        return self.servers.get(name, self.server)

    def links_to(self, name: str) -> list[Link]:
        """Every link that leads to a node."""
        return [link for link in self._all_links() if link.leads_to == name]

    def network(self, names: Sequence[str]) -> tuple[Link, ...]:
        """Every link of devices, whoever connects through it, as a part of their network; each once."""
        own = {link.name: link for name in names for link in self.node(name).links.values()}
        found = own | {link.name: link for name in names for link in self.links_to(name)}
        return tuple(
            link.seen_from(*(name for name in names if name in (link.node, link.leads_to)))
            if link.leads_to in self.nodes
            else link
            for link in found.values()
        )

    def links_across(self, some: Sequence[str], others: Sequence[str]) -> tuple[Link, ...]:
        """Every link between one of some devices and one of others. Raises InvalidScenario where there is none."""
        found = tuple(
            link
            for name, node in self.nodes.items()
            for link in node.links.values()
            if (name in some and link.leads_to in others) or (name in others and link.leads_to in some)
        )
        if not found:
            raise InvalidScenario(
                f"No link leads from {' or '.join(some)} to {' or '.join(others)}: they meet by way of others, or of a "
                "server. Let the first sentence link them, or name others."
            )
        return found

    def links_of(self, of: Device | Ends) -> tuple[Link, ...]:
        """All links of a device, those between two nodes, or all that there are.

        Raises InvalidScenario where there is none.
        """
        if isinstance(of, Device):
            return self.network([of.name])
        if not of.nodes:
            return tuple(self._all_links())
        first, second = (node.name for node in of.nodes)
        found = self._leading(first, second) or self._leading(second, first)
        if not found:
            there = "; ".join(f"{link.node} to {link.leads_to}" for link in self._all_links())
            raise InvalidScenario(f"There is no link between {of} here. Links here: {there}.")
        return found

    def _leading(self, name: str, leads_to: str) -> tuple[Link, ...]:
        owner = self.nodes.get(name) or self.servers.get(name)
        links = owner.links if owner else {}
        return tuple(link for peer, link in links.items() if leads_to in (peer, link.leads_to))

    def _all_links(self) -> list[Link]:
        owners: list[DeviceNode | ServerNode] = [*self.nodes.values(), *self.servers.values()]
        return [link for owner in owners for link in owner.links.values()]

    def start_server_again(self, name: str) -> None:
        """Start a node that is no device again after it was killed, and lead every link to where it is now."""
        server = self.server_named(name).server
        server.start()
        for link in self.links_to(name):
            link.redirect(server.address)

    def setting(self, name: str) -> float:
        """A setting of this scenario's devices, at scale 1."""
        settings = {**self._world.profile.settings, **self.settings}
        if name not in settings:
            raise InvalidScenario(
                f"The sentence needs the setting {name}, which the product's manifest does not say. "
                "Add it to [settings], or leave this sentence out for this product."
            )
        return settings[name]

    def set_server(self, **settings: float) -> None:
        """Let the server run with these settings, at scale 1, for this scenario alone."""
        self.server_settings.update(settings)
        self._world.test_bed.servers.configure(self.server_settings)

    def use_client(self, name: str, kind: str) -> None:
        """Let a device be of a kind that the product's manifest has a name for, in this scenario alone."""
        self._clients[name] = kind
        self._world.test_bed.devices.use_clients(self._clients)

    def use_platform(self, name: str, platform: str) -> None:
        """Let a device be on another platform than this machine's, in this scenario alone.

        Raises ClientUnavailable where the run names no agent there.
        """
        self._platforms[name] = platform
        self._world.test_bed.devices.use_platforms(self._platforms)

    def server_setting(self, name: str) -> float:
        """A setting of this scenario's server, at scale 1. Raises KeyError where the manifest does not say it."""
        return {**self._world.profile.server_settings, **self.server_settings}[name]

    def setting_ns(self, name: str) -> int:
        """A duration among them, under TIME_SCALE, in ns."""
        return round(self.setting(name) * self._world.scale * 1e9)

    def stopped(self, name: str) -> Stopped | None:
        """What the scenario did to a device that still keeps its process from answering."""
        origin = self._world.opened_ns
        for entry in self._world.faults.on:
            stop = entry.fault.stops
            if stop is not None and name in entry.fault.target:
                seconds = (entry.started_ns - origin) / 1e9
                return Stopped(stop.state, f"{stop.done} at {seconds:.1f} s", stop.again.format(name))
        return None

    def connection(self, name: str) -> str:
        """How a device is connected, by what it reported last; where it is not, with why its last try failed."""
        history = self._world.history
        told = history.connections.get(name)
        state, since = (told.state, told.t_ns) if told else ("not connected", 0)
        tried = [retry.reason for retry in history.of(records.Retry, name) if retry.t_ns >= since]
        return state if state == "live" or not any(tried) else f"{state} ({tried[-1]})"

    def unconnected(self) -> str:
        """Those who should be live and are not, for people."""
        names = [name for name, node in self.nodes.items() if node.presence == "online"]
        waiting = [name for name in names if self._world.history.connection(name) != "live"]
        return ", ".join(f"{name} is {self.connection(name)}" for name in waiting)

    def can_take_a_message(self, name: str) -> None:
        """Raises InvalidScenario for a device that cannot (see `_reacts`)."""
        self._reacts(name, "take a message")

    def _reacts(self, name: str, what: str) -> None:
        """Raises InvalidScenario for a device that is dead, suspended or asleep, and so cannot do `what`."""
        node, stopped = self.node(name), self.stopped(name)
        awakes = f"'{name} wakes up 60 seconds later'"
        if stopped is None:
            if node.presence == "asleep":
                raise InvalidScenario(f"{name} is asleep and cannot {what}. Say {awakes} first.")
            return
        then = f"'{name} should be syncing again within 10 seconds'"
        if node.presence_before == "asleep" and not self._world.faults.ended_process(name, now=True):
            then = awakes
        elif node.told_offline:
            then = f"'{name} comes online'"
        raise InvalidScenario(
            f"{name} was {stopped.how} and cannot {what}. Say '{stopped.again}' and {then} first."
        )

    def syncs(self, name: str) -> None:
        """Raises InvalidScenario for a device that was told to disconnect or to sleep: it does not sync by itself."""
        node = self.node(name)
        if node.presence == "asleep":
            self._reacts(name, "sync")
        if node.told_offline:
            raise InvalidScenario(
                f"{name} was told to go offline and does not sync. Say '{name} comes online' first."
            )

    def meet(self, names: Sequence[str], pairs: Sequence[Pair] | None = None) -> None:
        """Start the devices, put them into one fresh group, and wait until all are live.

        pairs: which of them are linked to each other, in a product whose devices are; by default all.
        """
        for name in names:
            self._enter(name)
        if self._world.profile.capabilities.p2p:
            for name, other in mesh(names) if pairs is None else pairs:
                self._world.test_bed.devices.link(self.nodes[name], self.nodes[other])
        for node in self.nodes.values():
            self.put_into_group(node.agent, [self.nodes[name].identity for name in names])
            node.agent.connect()
            self._world.record(
                records.Member(t_ns=self._world.scheduler.now(), device=node.name, group=self.group)
            )
        self._world.run_until(f"{' and '.join(names)} to be syncing", self._all_live, PATIENCE_S)

    def join(self, name: str, take_in: Callable[[DeviceNode, DeviceNode], None] | None = None) -> None:
        """Start a device, let a member take it into the group, and wait until it is in and live.

        take_in: how that member does; by default both are told of the group and of all who are in it. Where devices are
        linked to each other, without a server that could tell them, all are told.
        """
        p2p = self._world.profile.capabilities.p2p
        member = next((node for node in self.nodes.values() if node.presence == "online"), None)
        if member is None:
            raise InvalidScenario(f"Nobody can take {name} in: let a device of the group come online first.")
        self._enter(name)
        node, history = self.nodes[name], self._world.history
        others = [each for each in self.nodes.values() if each is not node] if p2p else []
        for other in others:
            self._world.test_bed.devices.link(other, node)
        if take_in is None:
            identities = [each.identity for each in self.nodes.values()]
            for each in (*(others or [member]), node):
                self.put_into_group(each.agent, identities)
        else:
            take_in(member, node)
        node.agent.connect()
        self._world.run_until(
            f"{name} to have joined and to be syncing",
            lambda: history.connection(name) == "live" and history.joined(name, self.group),
            PATIENCE_S,
        )
        self._world.record(records.Member(t_ns=self._world.scheduler.now(), device=name, group=self.group))

    def take_in_outsider(self, name: str, kind: str, *, dials: bool = False) -> None:
        """Start a client of a kind that does harm: all members are linked to it, and take it for one of them.

        dials: it is linked to all of them instead.

        Nobody follows it, and what it does is judged by what it does to the others.
        """
        node, identities = self._start_outsider(name, kind)
        for each in (node, *self.nodes.values()):
            self.put_into_group(each.agent, identities)
        self._let_in.append(name)
        node.agent.connect()
        for each in self.nodes.values():
            self._world.test_bed.devices.link(*((node, each) if dials else (each, node)))
        self._world.run_until(f"{name} to be linked to everybody", self._all_say_live, PATIENCE_S)

    def let_in_stranger(self, name: str, kind: str, disk: Path | None = None) -> None:
        """Start a client of a kind that does harm: it knows all members and where they are, and they do not know it.

        Nobody follows it, and what it does is judged by what it does to the others.

        disk: what its directory is a copy of.
        """
        node, identities = self._start_outsider(name, kind, disk)
        self._world.note("stranger", device=name)
        self.put_into_group(node.agent, identities)
        for each in self.nodes.values():
            self._world.test_bed.devices.link(node, each)
        node.agent.connect()

    def _start_outsider(self, name: str, kind: str, disk: Path | None = None) -> tuple[DeviceNode, list[str]]:
        """It, and the identities of all members with its own. disk: what its directory is a copy of."""
        self.use_client(name, kind)
        test_bed = self._world.test_bed
        node = test_bed.devices.start(name, len(self.nodes), self._seed(name), self._settings(name))
        self.outsiders[name] = node  # from here on it is ended by `leave`
        if disk is not None:
            test_bed.devices.wipe(node)
            shutil.copytree(disk, node.directory, dirs_exist_ok=True)
            test_bed.devices.start_again(node, self._seed(name), self._settings(name))
        test_bed.devices.meet(node)
        self._world.note("outsider", device=name, identity=node.identity)
        return node, [*(each.identity for each in self.nodes.values()), node.identity]

    def put_into_group(self, agent: Agent, identities: Sequence[str]) -> None:
        """Tell an agent of the group, with the identities of all members; a workload may do so in its own way."""
        if not any(state.put_into_group(agent, identities) for state in self._world.states):
            agent.set_group(self.group, identities)

    def take_out(self, name: str) -> None:
        """Let a device leave the group; its process goes on."""
        self.syncs(name)
        self._reacts(name, "leave")
        self.node(name).agent.leave_group(self.group)
        self._world.record(records.Left(t_ns=self._world.scheduler.now(), device=name, group=self.group))

    def fall_asleep(self, name: str) -> None:
        """Pause the pipeline."""
        self._reacts(name, "fall asleep")
        node = self.node(name)
        node.agent.pipeline("paused")
        node.awake_as, node.presence = node.presence, "asleep"

    def wake_up(self, name: str, later: Duration) -> None:
        """Move the device's own clock forward, then let its pipeline run; who was offline before is so again."""
        node = self.node(name)
        self._wait_for_process(name)
        if node.presence != "asleep":
            raise InvalidScenario(f"{name} cannot wake up: it is {node.presence}. Let it fall asleep first.")
        node.agent.advance_clock(self._world.scaled_s(later))
        self._is_back(node, self._world.scheduler.now())
        node.agent.pipeline("running")
        node.presence = node.awake_as

    def go_offline(self, name: str) -> None:
        """Disconnect, and wait until it has."""
        self._reacts(name, "go offline")
        node = self.node(name)
        node.agent.disconnect()
        node.presence = "offline"
        self._world.run_until(
            f"{name} to be offline", lambda: self._world.history.connection(name) == "offline", PATIENCE_S
        )

    def come_online(self, name: str) -> None:
        """Connect again; its memory is measured from here on. A process that starts again only later is waited for."""
        node = self.node(name)
        self._wait_for_process(name)
        self._reacts(name, "come online")
        node.memory_before = self._world.test_bed.stack.reset_peak(node.process)
        self._is_back(node, self._world.scheduler.now())
        node.agent.connect()
        node.presence = "online"

    def _wait_for_process(self, name: str) -> None:
        """Until a device that is dead or suspended is back. Raises InvalidScenario where nothing brings it back."""
        node, stopped = self.node(name), self.stopped(name)
        mine = [
            entry
            for entry in self._world.faults.on
            if entry.fault.stops is not None and name in entry.fault.target
        ]
        if stopped and not all(entry.ends_by_itself for entry in mine):
            raise InvalidScenario(
                f"{name} was {stopped.how}, and nothing brings it back. Say '{stopped.again}' first."
            )
        self._world.run_until(f"{name}'s process to run", lambda: node.presence != "silent", PATIENCE_S)

    def start_catching_up(self, name: str) -> None:
        """Connect it again to all that was said before, and wait until it catches up."""
        self._world.operations.settle()
        self.come_online(name)
        self._world.run_until(
            f"{name} to be catching up",
            lambda: self._world.history.connection(name) == "catching_up",
            PATIENCE_S,
        )

    def expect_silence(self, name: str) -> None:
        """Its process is about to be stopped or killed: nobody is surprised when its agent does not answer."""
        node = self.node(name)
        if node.presence != "silent":
            node.presence_before, node.presence = node.presence, "silent"
        self._world.test_bed.recorder.suspend(name)

    def end_fault(self, entry: Entry) -> None:
        """Take a fault away, now; the devices that it touched are back, unless another one still keeps them."""
        if entry not in self._world.faults.on:
            return
        began = self._world.scheduler.now()  # what a device does next may come before the proof that it can
        self._world.faults.end(entry)
        self._came_back(entry.fault, began)

    def _came_back(self, fault: Fault, since_ns: int) -> None:
        """A fault ended; since_ns: when that began."""
        for name in fault.relevant_to:
            node = self.nodes.get(name)
            if node is None:
                continue
            self._is_back(node, since_ns)
            if node.presence == "silent" and self.stopped(name) is None and node.process.alive():
                # Who was told to disconnect stays so over a restart, and sends nothing until told otherwise; that its
                # pipeline was paused a new process does not know.
                started_anew = fault.stops is not None and fault.stops.ends
                asleep_no_more = started_anew and node.presence_before == "asleep"
                node.presence = node.awake_as if asleep_no_more else node.presence_before
                self._world.test_bed.recorder.resume(name)

    def _is_back(self, node: DeviceNode, since_ns: int) -> None:
        """Put on record that the scenario has brought a device back, and since when."""
        node.came_back_ns = since_ns
        self._world.record(records.Note(t_ns=since_ns, device=node.name, what="came_back"))

    def check_alive(self) -> None:
        """Raises AssertionError for a process that ended though nobody ended it."""
        test_bed, faults = self._world.test_bed, self._world.faults
        test_bed.check_alive(
            [node for node in self.nodes.values() if node.presence != "silent"],
            [
                node
                for node in test_bed.servers.started.values()
                if not faults.ended_process(node.name, now=True)
            ],
        )

    def leave(self) -> str:
        """Stop all devices and take their proxies away: all of them, also when something cannot be reached."""
        with contextlib.ExitStack() as leaving:
            for node in self.outsiders.values():
                leaving.callback(self._world.test_bed.devices.discard, node)
            for node in self.nodes.values():
                leaving.callback(self._world.test_bed.devices.discard, node)
                leaving.callback(self._world.test_bed.recorder.detach, node.name)
        return ""

    def _settings(self, name: str) -> dict[str, float]:
        return self.settings | self.settings_of.get(name, {})

    def _enter(self, name: str) -> None:
        test_bed = self._world.test_bed
        node = test_bed.devices.start(name, len(self.nodes), self._seed(name), self._settings(name))
        self.nodes[name] = node  # from here on it is ended by `leave`
        test_bed.devices.meet(node)
        test_bed.recorder.attach(
            name, node.agent.url, node.identity, past=node.agent.past, ahead_ns=node.agent.ahead_ns
        )

    def start_again(self, name: str) -> None:
        """Start a device's process again, on the directory that it has."""
        test_bed, node = self._world.test_bed, self.node(name)
        test_bed.devices.start_again(node, self._seed(name) + 1, self._settings(name))
        for link in self.links_to(name):
            link.redirect(test_bed.devices.listens(node))
        for state in self._world.states:
            state.on_restart(name)
        test_bed.recorder.attach(name, node.agent.url, node.identity, node.installation)

    def reinstall(self, name: str) -> None:
        """End its process, give it an empty directory, start and connect it as the device that it was."""
        self._reacts(name, "be reinstalled")
        test_bed, node = self._world.test_bed, self.node(name)
        test_bed.devices.require_ours(node)
        self._world.operations.flush()
        node.agent.disconnect()
        history = self._world.history
        self._world.run_until(
            f"{name} to be offline", lambda: history.connection(name) == "offline", PATIENCE_S
        )
        self._world.read_evidence()  # what it has delivered is lost with it, but must stay on record
        self.expect_silence(name)
        began = self._world.scheduler.now()
        test_bed.devices.wipe(node)
        node.installation += 1
        self._world.note("reinstalled", device=name)
        self.start_again(name)
        test_bed.devices.tell_links(node)
        members = [*self.nodes.values(), *(self.outsiders[each] for each in self._let_in)]
        self.put_into_group(node.agent, [each.identity for each in members])
        node.agent.connect()
        node.presence = "online"
        self._is_back(node, began)

    def name_of(self, identity: str) -> str:
        """The device's name in the scenario, by what the system calls it."""
        return next((node.name for node in self.nodes.values() if node.identity == identity), identity)

    def _seed(self, name: str) -> int:
        """The device's own, from the run's: the same run and test give the same jitter."""
        return int.from_bytes(hashlib.sha256(self._world.seed_of(name).encode()).digest()[:6], "big")

    def _all_live(self) -> bool:
        history = self._world.history
        return all(
            history.connection(name) == "live" and history.joined(name, self.group) for name in self.nodes
        )

    def _all_say_live(self) -> bool:
        """Asked of the devices themselves: what they have reported may be of before a link was set."""
        here = [node for node in self.nodes.values() if node.presence == "online"]
        return self._all_live() and all(node.agent.status().connection == "live" for node in here)

    def pending(self) -> dict[str, dict[str, int]]:
        """What each device that can be asked still has to do, by kind."""
        found: dict[str, dict[str, int]] = {}
        for node in self.nodes.values():
            if node.presence == "online":
                try:
                    found[node.name] = node.agent.status().pending.left
                except AgentUnreachable:
                    if node.process.alive():
                        raise
                    raise AssertionError(
                        f"{node.name}'s process ended by itself ({node.process.exit_status()}); "
                        f"its log: {node.process.log}"
                    ) from None
        return found
