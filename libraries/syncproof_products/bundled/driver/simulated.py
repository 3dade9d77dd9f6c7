"""The pure nodes of the bundled system for scenarios in virtual time: the relay, devices, and agents beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from syncproof.kernel.agent import (
    About,
    Accepted,
    AgentError,
    AgentUnreachable,
    BlobSeen,
    Capabilities,
    EntrySibling,
    EntryState,
    MarkerPosition,
    Markers,
    Operation,
    Pending,
    Request,
    Status,
    T,
)
from syncproof.kernel.host import Program
from syncproof.kernel.link import Exchange
from syncproof.kernel.profile import Profile
from syncproof.kernel.server import LogLine
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.products import find
from syncproof.systems.profile import profile_of
from syncproof_products.bundled.agent.config import DeviceSettings
from syncproof_products.bundled.core import actions, events
from syncproof_products.bundled.core.conflict import winner
from syncproof_products.bundled.core.events import DeviceEvent
from syncproof_products.bundled.core.records import Delivered, Op
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.simulation import Seen, Simulation

#: What the nodes can do here; the rest of what the device can do is in its shell.
CAPABILITIES = Capabilities(
    order="total",
    outbox="durable",
    conflicts="siblings",
    versions="all",
    marker=True,
    history=True,
    breaker=True,
    quality=True,
    server_log=True,
    breaker_settings=True,
)
_DECISION_S = 30.0


class _Process:
    """A node as a program that can be killed. crash: ends it at once. runs: whether it does."""

    pid, log = 0, Path("/nonexistent")

    def __init__(self, name: str, crash: Callable[[], None], runs: Callable[[], bool]) -> None:
        self.name, self._crash, self.alive = name, crash, runs
        self.ready: Mapping[str, object] = {}

    def exit_status(self) -> int | None:
        return None if self.alive() else -9

    def kill(self) -> int:
        self._crash()
        return -9

    def stop(self, deadline_s: float = 5.0) -> int:  # noqa: ARG002
        return self.kill()

    def suspend(self) -> None:
        raise InvalidScenario(f"{self.name} cannot be suspended in virtual time yet: it can be killed.")

    def resume(self) -> None:
        """It was never suspended."""


class _DeviceProcess(_Process):
    """A device. started: how often, from 1. stands: whether it is suspended."""

    def __init__(self, node: DeviceNode) -> None:
        super().__init__(node.name, node.crash, lambda: node.running)
        self._node, self.started, self.stands = node, 1, False

    def suspend(self) -> None:
        self._node.suspend()
        self.stands = True

    def resume(self) -> None:
        self._node.resume()
        self.stands = False


class _Agent:
    """What the agent of a device does, without a wire between. It is its own feed."""

    past = ahead_ns = 0

    def __init__(self, simulation: Simulation, node: DeviceNode, process: _DeviceProcess) -> None:
        self._simulation, self._node, self._process = simulation, node, process
        self.device, self.url = node.name, f"memory:{node.name}"
        self._tickets = 0
        self._answers: dict[int, actions.Accepted | actions.Rejected] = {}
        #: When each entry of the delivery log was committed (ns).
        self._times: list[int] = []
        self.begin()
        simulation.listeners.append(self._hear)

    def begin(self) -> None:
        """Forget what a process forgets."""
        self._events: list[msgspec.Raw] = []

    # what the device tells

    @property
    def incarnation(self) -> int:
        return self._process.started

    def events(self, after: int) -> Sequence[msgspec.Raw]:
        return self._events[after:]

    def deliveries(self, after: int) -> Sequence[msgspec.Raw]:
        return [_raw(self._delivery(each)) for each in self._node.store.deliveries[after:]]

    def _hear(self, device: str, seen: Seen) -> None:
        if device != self.device:
            return
        if isinstance(seen, actions.Observe):
            t_ns = _now(self._simulation)
            self._times += [t_ns] * (len(self._node.store.deliveries) - len(self._times))
            told = {"seq": len(self._events) + 1, "t_ns": t_ns, "type": seen.type, **seen.fields}
            self._events.append(_raw(told))
        else:
            self._answers[seen.ticket] = seen

    def _delivery(self, delivered: Delivered) -> dict[str, object]:
        event = delivered.event
        body = event.draft.body.encode()
        return {
            "n": delivered.n,
            "t_ns": self._times[delivered.n - 1],
            "op_id": msgspec.json.decode(body)["op_id"],
            "group": delivered.group,
            "kind": event.draft.kind,
            "entry": event.draft.entry,
            "author": event.author,
            "version": str(event.seq),
            "server_order": event.seq,
            "clock": event.draft.clock or None,
            "digest": hashlib.sha256(body).hexdigest(),
            "size": len(body),
            "path": delivered.path,
        }

    # what the harness asks

    def about(self) -> About:
        return About("1", "bundled/0.1.0", self.device, CAPABILITIES)

    def status(self) -> Status:
        self._must_run()
        core = self._node.core
        return Status(
            device=self.device,
            incarnation=self.incarnation,
            boot_id="virtual time",
            monotonic_ns=_now(self._simulation),
            connection=core.connection,
            deliveries=len(self._node.store.deliveries),
            groups=core.groups,
            breaker=core.breaker,
            quality=core.quality,
            pending=Pending(**core.pending()),
        )

    def metrics(self) -> dict[str, float]:
        self._must_run()
        return dict(self._node.core.metrics())

    def set_group(self, group: str, members: Sequence[str]) -> None:
        self._ask("PUT /groups", lambda ticket: events.GroupSet(ticket, group, tuple(members)))

    def leave_group(self, group: str) -> None:  # noqa: ARG002
        self._refuse("DELETE /groups")

    def set_link(self, peer: str, address: str) -> None:
        """It has been told by the simulation."""

    def markers(self, group: str) -> Markers:
        self._must_run()
        for state in self._node.store.snapshot().groups:
            if state.group == group:
                local = (state.local_seq, state.local_n)
                return Markers(*(_position(*each) for each in (local, (state.remote_seq, state.remote_n))))
        return Markers()

    def set_marker(self, group: str, version: str, n: int) -> None:
        self._ask("PUT /marker", lambda ticket: events.MarkerSet(ticket, group, int(version), n))

    def connect(self) -> None:
        self._must_run()
        self._node.tell(events.ConnectWanted())

    def disconnect(self) -> None:
        self._must_run()
        self._node.tell(events.DisconnectWanted())

    def submit(self, operation: Operation) -> Accepted:
        if operation.blobs:
            self._refuse("POST /ops")
        op = Op(
            operation.op_id, operation.group, operation.kind, operation.body, operation.entry, operation.base
        )
        clocks = {
            str(each.event.seq): each.event.draft.clock
            for each in self._node.store.deliveries
            if each.group == op.group
            and each.event.draft.entry == op.entry
            and str(each.event.seq) in op.base
        }
        answer = self._ask("POST /ops", lambda ticket: events.Submit(ticket, op, clocks))
        return Accepted(op.op_id, answer.seen)

    def entry(self, group: str, entry: str) -> EntryState | None:
        self._must_run()
        for state in self._node.store.snapshot().entries:
            if (state.group, state.entry) == (group, entry) and state.siblings:
                shown = winner(state.siblings)
                siblings = [
                    EntrySibling(s.version, s.deleted, s.digest, dict(s.clock)) for s in state.siblings
                ]
                return EntryState(
                    entry, tuple(siblings), None if shown is None or shown.deleted else shown.version
                )
        return None

    def put_blob(self, digest: str, content: bytes) -> None:  # noqa: ARG002
        self._refuse("PUT /blobs")

    def read_blob(self, digest: str) -> BlobSeen | None:  # noqa: ARG002
        self._refuse("GET /blobs")

    def ask(self, request: Request[T], content: bytes = b"") -> T:  # noqa: ARG002
        self._refuse(f"{request.method} {request.route}")

    def pipeline(self, state: str) -> None:  # noqa: ARG002
        self._refuse("POST /pipeline")

    def advance_clock(self, seconds: float) -> float:  # noqa: ARG002
        self._refuse("POST /clock")

    def close(self) -> None:
        """Nothing is held open."""

    # inside

    def _must_run(self) -> None:
        if not self._node.running or self._process.stands:
            raise AgentUnreachable(f"{self.device}'s agent did not answer: its process does not run.")

    def _refuse(self, request: str) -> NoReturn:
        raise AgentError(self.device, request, 501, "unsupported", "Not in virtual time yet.", "no")

    def _ask(self, request: str, event: Callable[[int], DeviceEvent]) -> actions.Accepted:
        """Tell the device, and let time pass until it has decided."""
        self._must_run()
        self._tickets += 1
        ticket, simulation = self._tickets, self._simulation
        self._node.tell(event(ticket))
        simulation.scheduler.run_until(lambda: ticket in self._answers, simulation.now + _DECISION_S)
        answer = self._answers.pop(ticket, None)
        if answer is None:
            raise AgentError(
                self.device, request, 504, "timeout", f"No decision in {_DECISION_S:g} s.", "maybe"
            )
        if isinstance(answer, actions.Rejected):
            raise AgentError(self.device, request, 409, answer.code, answer.message, "no")
        return answer


class _Device:
    """See `systems.simulated.product.SimulatedDevice`."""

    def __init__(self, simulation: Simulation, node: DeviceNode) -> None:
        self._node, self.uplink = node, node.link
        self.process = _DeviceProcess(node)
        self.agent = self.feed = _Agent(simulation, node, self.process)

    def start(self) -> None:
        self.process.started += 1
        self.agent.begin()
        self._node.start()


class _Server:
    """The relay, and what its operator sees."""

    secret, address = "", "memory:relay"

    def __init__(self, simulation: Simulation) -> None:
        self._relay = relay = simulation.relay
        self.process: Program = _Process("The relay", simulation.crash_relay, lambda: relay.running)

    def start(self) -> None:
        self._relay.start()

    def stop(self) -> None:
        self.process.kill()

    def probe_request(self, reply_bytes: int) -> Exchange:
        return Exchange(bytes(reply_bytes))

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        return [
            LogLine(
                event.draft.op_id,
                str(event.seq),
                event.seq,
                event.author,
                hashlib.sha256(event.draft.body.encode()).hexdigest(),
            )
            for event in self._relay.store.log(group)[after:]
        ]


class SimulatedBundled:
    """One run of the bundled system in virtual time; the same seed gives the same run."""

    def __init__(self, seed: int) -> None:
        self.profile: Profile = profile_of(find("bundled"), CAPABILITIES)
        self._simulation = Simulation(seed, msgspec.convert(self.profile.settings, DeviceSettings))
        self._simulation.scheduler.run(1.0)  # 0 in a history means that nobody looked
        self.server = _Server(self._simulation)

    def now(self) -> int:
        """Virtual time, ns."""
        return _now(self._simulation)

    def run(self, until: int) -> None:
        """Let everything happen that is due by then (ns)."""
        self._simulation.scheduler.run(until / 1e9)

    def add_device(self, identity: str, settings: Mapping[str, float]) -> _Device:
        """A device that is started and not connected. Raises AgentError for settings of its own: all have the same."""
        if settings:
            raise AgentError(identity, "start", 501, "unsupported", "No settings of its own yet.", "no")
        return _Device(self._simulation, self._simulation.add_device(identity))


def _now(simulation: Simulation) -> int:
    return round(simulation.now * 1e9)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _position(seq: int, n: int) -> MarkerPosition | None:
    return MarkerPosition(str(seq), n) if seq else None
