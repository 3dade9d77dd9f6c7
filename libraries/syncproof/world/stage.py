"""The devices of one scenario: how they meet, sleep, leave, die and come back."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.faults.cable import Unplugged
from syncproof.faults.fault import Fault
from syncproof.faults.program import Killed, Suspended
from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.systems import about
from syncproof.systems.agent import AgentError, AgentUnreachable, HttpAgent
from syncproof.systems.elsewhere import Elsewhere
from syncproof.world.cast import CAST, Device, Devices
from syncproof.world.faultbook import Entry
from syncproof.world.messages import PATIENCE_S
from syncproof.world.player import Player
from syncproof.world.quantities import Duration
from syncproof.world.trouble import CannotHappen, Inconclusive

if TYPE_CHECKING:
    from syncproof.world.world import World

#: By the kind of fault: what a device is then, what was done to it, and the sentence that brings it back.
_STOPPED = {
    Killed.kind: ("dead", "killed", "{} starts again after 2 seconds"),
    Suspended.kind: ("standing still", "suspended", "{}'s process is resumed after 2 seconds"),
}

#: How an agent refuses a marker at what its device does not have: other answers are about something else.
_REFUSALS = (400, 404, 409)


@dataclass(frozen=True)
class Stopped:
    """A device whose process cannot answer. state, how (and when), again: for people; see `_STOPPED`."""

    state: str
    how: str
    again: str


class Stage:
    """Owns the players and the group they share."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.players: dict[str, Player] = {}
        #: What of the system's settings the devices of this scenario have otherwise, at scale 1.
        self.settings: dict[str, float] = {}
        self.group = world.site.fresh_group(world.title)

    def player(self, name: str) -> Player:
        """A device of this scenario. Raises CannotHappen for one that it did not introduce."""
        try:
            return self.players[name]
        except KeyError:
            there = ", ".join(self.players) or "none yet"
            others = [*self.players] or [next(other for other in CAST if other != name)]
            together = Devices(tuple(Device(each) for each in [*others, name]))
            raise CannotHappen(
                f"{name} takes no part in this scenario (devices here: {there}). "
                f"Name {name} in its first sentence: 'Given {together} are syncing'."
            ) from None

    def setting(self, name: str) -> float:
        """A setting of this scenario's devices, at scale 1."""
        return self.settings.get(name, self._world.profile.settings[name])

    def stopped(self, name: str) -> Stopped | None:
        """What the scenario did to a device that still keeps its process from answering."""
        origin = self._world.opened_ns
        for entry in self._world.faults.on:
            if entry.fault.kind in _STOPPED and name in entry.fault.target:
                state, how, again = _STOPPED[entry.fault.kind]
                seconds = (entry.started_ns - origin) / 1e9
                return Stopped(state, f"{how} at {seconds:.1f} s", again.format(name))
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
        names = [name for name, player in self.players.items() if player.presence == "online"]
        waiting = [name for name in names if self._world.history.connection(name) != "live"]
        return ", ".join(f"{name} is {self.connection(name)}" for name in waiting)

    def can_take_a_message(self, name: str) -> None:
        """Raises CannotHappen for a device that the scenario killed or suspended, and has not brought back."""
        stopped = self.stopped(name)
        if stopped:
            raise CannotHappen(
                f"{name} was {stopped.how} and cannot take a message. Say '{stopped.again}' and "
                f"'{name} should be syncing again within 10 seconds' first."
            )

    def meet(self, names: Sequence[str]) -> None:
        """Start the devices, put them into one fresh group, and wait until all are live."""
        if self.players:
            raise CannotHappen("The devices of a scenario are introduced once, in its first sentence.")
        for name in names:
            self._enter(name)
        for player in self.players.values():
            player.agent.set_group(self.group, [self.players[name].identity for name in names])
            player.agent.connect()
            self._world.record(
                records.Member(t_ns=self._world.scheduler.now(), device=player.name, group=self.group)
            )
        self._world.run_until(f"{' and '.join(names)} to be syncing", self._all_live, PATIENCE_S)

    def bring_marker_to(self, name: str, count: int) -> None:
        """Let the first other device send up to `count` messages, and wait until this one has marked them."""
        world = self._world
        other = next((n for n in self.players if n != name), None)
        if other is None:
            raise CannotHappen(f"Nobody is there who could send {name} messages.")
        world.messages.enqueue(other, count - world.messages.author(other).enqueued)
        world.run_until(
            f"{name}'s marker to be at message {count}, here and on the relay",
            lambda: self.marked(name, "local") >= count and self.marked(name, "remote") >= count,
            PATIENCE_S,
        )

    def marked(self, name: str, scope: str) -> int:
        """How many messages of others lie at or before a device's marker (0: it has none yet)."""
        marker = self._world.history.marker(name, self.group, scope)
        if marker is None:
            return 0
        return sum(1 for d in self._world.history.deliveries(name)[: marker.n] if d.author != name)

    def mark_too_early(self, name: str, number: int) -> None:
        """Ask a device to mark a message that the relay has and the device has not; it has to refuse."""
        world, player = self._world, self.player(name)
        op_id = world.messages.of_others(name, number)
        there: list[records.Deliver] = []

        def known() -> bool:
            history = world.history
            if op_id in history.acks:
                logs = [history.delivered(other) for other in self.players if other != name]
                there[:] = [log[op_id] for log in logs if op_id in log]
            return bool(there)

        # Only a device that has it knows what the system calls it: not every server numbers its log.
        world.run_until(
            f"message {number} to be acknowledged, and delivered to another device", known, PATIENCE_S
        )
        if op_id in world.history.delivered(name):
            raise Inconclusive(
                f"Inconclusive: {name} has message {number} already, so that nothing is too early about it. "
                f"Let {name} go offline before it is sent."
            )
        try:
            player.agent.set_marker(self.group, there[0].version, there[0].n)
            answer = "taken"
        except AgentError as refused:
            if refused.status not in _REFUSALS:
                raise
            answer = f"refused: {refused.status} {refused.code}"
        world.note("marked_too_early", device=name, op_id=op_id, answer=answer)
        if answer == "taken":
            raise AssertionError(
                f"Expected {name}'s device to refuse the mark at message {number}, which it does not have "
                "(PUT /marker: 400). It was taken."
            )

    def fall_asleep(self, name: str) -> None:
        """Pause the pipeline."""
        player = self.player(name)
        player.agent.pipeline("paused")
        player.presence = "asleep"

    def wake_up(self, name: str, later: Duration) -> None:
        """Move the device's own clock forward, then let its pipeline run."""
        player = self.player(name)
        if player.presence != "asleep":
            raise CannotHappen(f"{name} cannot wake up: it is {player.presence}. Let it fall asleep first.")
        player.agent.advance_clock(self._world.scaled_s(later))
        player.came_back_ns = self._world.scheduler.now()
        player.agent.pipeline("running")
        player.presence = "online"

    def go_offline(self, name: str) -> None:
        """Disconnect, and wait until it has."""
        player = self.player(name)
        player.agent.disconnect()
        player.presence = "offline"
        self._world.run_until(
            f"{name} to be offline", lambda: self._world.history.connection(name) == "offline", PATIENCE_S
        )

    def come_online(self, name: str) -> None:
        """Connect again; its memory is measured from here on. A process that starts again only later is waited for."""
        player = self.player(name)
        self._world.run_until(f"{name}'s process to run", lambda: player.presence != "silent", PATIENCE_S)
        player.memory_before = self._world.site.stack.reset_peak(player.process)
        player.came_back_ns = self._world.scheduler.now()
        player.agent.connect()
        player.presence = "online"

    def memory_growth(self, name: str) -> int:
        """Peak resident memory since it came online, over what it was then, bytes."""
        player = self.player(name)
        peak = self._world.site.stack.peak_bytes(player.process)
        if not player.memory_before:
            raise CannotHappen(
                f"{name}'s memory is measured from when it comes online: it has not been offline."
            )
        return peak - player.memory_before

    def expect_silence(self, name: str) -> None:
        """Its process is about to be stopped or killed: nobody is surprised when its agent does not answer."""
        player = self.player(name)
        if player.presence != "silent":
            player.presence_before, player.presence = player.presence, "silent"
        self._world.site.recorder.suspend(name)

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
            player = self.players.get(name)
            if player is None:
                continue
            player.came_back_ns = since_ns
            if player.presence == "silent" and self.stopped(name) is None and player.process.alive():
                # Who was told to disconnect stays so over a restart, and sends nothing until told otherwise; that its
                # pipeline was paused a new process does not know.
                asleep_no_more = fault.kind == Killed.kind and player.presence_before == "asleep"
                player.presence = "online" if asleep_no_more else player.presence_before
                self._world.site.recorder.resume(name)

    def killing(self, name: str) -> Killed:
        """The fault `kill -9` of a device; its end starts it again on the same directory."""
        return Killed(name, (name,), lambda: self.player(name).process, lambda: self._start_again(name))

    def killing_relay(self) -> Killed:
        """The fault `kill -9` of the relay; its end starts it again and leads every link to where it is now."""
        server = self._world.site.server
        deceived = [entry.fault for entry in self._world.faults.on if entry.fault.kind == SwappedKeys.kind]
        if deceived:
            raise CannotHappen(
                f"The relay cannot be killed while somebody between {' and '.join(deceived[0].target)} swaps their "
                "keys: it comes back at another address, which leads past that somebody. Make it two tests."
            )

        def start() -> None:
            server.start()
            for player in self.players.values():
                player.link.redirect(server.address)

        return Killed("relay", tuple(self.players), lambda: server.process, start)

    def suspending(self, name: str) -> Suspended:
        """The fault that a device's process stands still."""
        engine = self._world.site.stack.suspends_by
        return Suspended(name, (name,), lambda: self.player(name).process, engine)

    def suspending_relay(self) -> Suspended:
        """The fault that the relay stands still."""
        server, engine = self._world.site.server, self._world.site.stack.suspends_by
        return Suspended("relay", tuple(self.players), lambda: server.process, engine)

    def unplugging(self, name: str) -> Unplugged:
        """The fault that a device's network cable is pulled; its end gives it another address."""
        player = self.player(name)
        cable = self._world.site.stack.cable(player.process)
        if cable is None:
            raise CannotHappen(
                f"{name}'s network cannot be unplugged: here all devices share the network of this machine. "
                "Tag the test 'docker', so that it is skipped here, and run it with STACK:compose."
            )
        return Unplugged(name, cable, lambda: player.link.address)

    def run_until_caught_up_on(self, name: str, count: int) -> None:
        """Wait until a device has received `count` more messages. Raises Inconclusive if its catch-up is over then."""
        messages = self._world.messages
        before = messages.received(name)
        self._world.run_until(
            f"{name} to have caught up on {counted(count, 'message')}",
            lambda: messages.received(name) - before >= count,
            PATIENCE_S,
        )
        state = self._world.history.connection(name)
        if state != "catching_up":
            raise Inconclusive(
                f"Inconclusive: a process was to be killed in the middle of {name}'s catch-up, but {name} is {state}. "
                "Send more, or slow its link, so that catch-up lasts longer."
            )

    def expected_alive(self) -> list[Player]:
        """Whose process must be running now."""
        return [player for player in self.players.values() if player.presence != "silent"]

    def leave(self) -> str:
        """Stop all devices and take their proxies away: all of them, also when something cannot be reached."""
        with contextlib.ExitStack() as leaving:
            for player in self.players.values():
                leaving.callback(player.link.close)
                leaving.callback(self._world.site.system.discard, player.process, player.directory)
                leaving.callback(player.agent.close)
                leaving.callback(self._world.site.recorder.detach, player.name)
        return ""

    def _enter(self, name: str) -> None:
        site = self._world.site
        directory, identity = site.fresh_directory(name), site.fresh_identity(name)
        with contextlib.ExitStack() as unless_it_takes_part:
            link = site.link(name)
            unless_it_takes_part.callback(link.close)
            process = site.system.start_device(
                identity, directory, site.server.secret, self._seed(name), self.settings, link.address
            )
            unless_it_takes_part.pop_all()  # from here on both are ended by `leave`
        agent = HttpAgent(name, _url(process.ready))
        player = self.players[name] = Player(name, identity, directory, process, agent, link)
        said = agent.about()
        about.check(said, site.declared, site.system, site.settings.stack)
        player.identity = said.device  # an agent that ran before has a name of its own
        self._link_to_server(player)
        if isinstance(process, Elsewhere):
            agent.past = agent.status().deliveries
        site.recorder.attach(name, player.agent.url, player.identity, past=agent.past)

    def _link_to_server(self, player: Player) -> None:
        site = self._world.site
        if not site.system.agents_know_server:
            player.agent.set_link("relay", site.stack.reached_as(player.process, player.link.address))

    def _start_again(self, name: str) -> None:
        site, player = self._world.site, self.player(name)
        secret = site.server.secret
        player.process = site.system.start_device(
            player.identity,
            player.directory,
            secret,
            self._seed(name) + 1,
            self.settings,
            player.link.address,
        )
        player.agent.close()
        player.agent = HttpAgent(name, _url(player.process.ready))
        self._world.follow_packets(name)
        site.recorder.attach(name, player.agent.url, player.identity, player.installation)

    def install_anew(self, name: str) -> None:
        """End its process, give it an empty directory, start and connect it as the device that it was."""
        site, player = self._world.site, self.player(name)
        if isinstance(player.process, Elsewhere):
            player.process.refuse()
        self._world.messages.flush()
        player.agent.disconnect()
        history = self._world.history
        self._world.run_until(
            f"{name} to be offline", lambda: history.connection(name) == "offline", PATIENCE_S
        )
        self._world.read_evidence()  # what it has delivered is lost with it, but must stay on record
        self.expect_silence(name)
        began = self._world.scheduler.now()
        site.system.discard(player.process, player.directory)
        player.directory = site.fresh_directory(name)
        player.installation += 1
        self._world.note("installed_anew", device=name)
        self._start_again(name)
        self._link_to_server(player)
        player.agent.set_group(self.group, [each.identity for each in self.players.values()])
        player.agent.connect()
        player.presence = "online"
        player.came_back_ns = began

    def name_of(self, identity: str) -> str:
        """The device's name in the scenario, by what the system calls it."""
        return next(
            (player.name for player in self.players.values() if player.identity == identity), identity
        )

    def _seed(self, name: str) -> int:
        """The device's own, from the run's: the same run and test give the same jitter."""
        text = f"{self._world.site.seed}/{self._world.title}/{name}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")

    def _all_live(self) -> bool:
        history = self._world.history
        return all(
            history.connection(name) == "live" and history.joined(name, self.group) for name in self.players
        )

    def pending(self) -> dict[str, int]:
        """What each device that can be asked still has to do."""
        found: dict[str, int] = {}
        for player in self.players.values():
            if player.presence == "online":
                try:
                    found[player.name] = player.agent.status().pending.total
                except AgentUnreachable:
                    if player.process.alive():
                        raise
                    raise AssertionError(
                        f"{player.name}'s process ended by itself ({player.process.exit_status()}); "
                        f"its log: {player.process.log}"
                    ) from None
        return found


def _url(ready: object) -> str:
    assert isinstance(ready, dict)
    return f"http://{ready['host']}:{ready['port']}"
