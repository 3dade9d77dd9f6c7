"""The attacks of one scenario: three, each begun when the one before is over and the server has come to rest."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from syncproof.faults.hostile_client.attacks import RECORDED
from syncproof.faults.hostile_client.fault import HostileClient
from syncproof.faults.tap.program import Tap
from syncproof.kernel.faultbook import Entry
from syncproof.kernel.server import AttackedServer, ServerGone
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.adversarial.records import Attacked, ServerUse

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often it attacks: the memory that one attack leaves behind may be a cache, and that of a third is a leak.
TIMES = 3
#: How long a connection waits for the server, and how long the server may take to come to rest, at scale 1.
PATIENCE_S = 30.0
SETTLE_S = 20.0
#: How long devices may take to be live before the first attack.
LIVE_S = 30.0
#: How many descriptors and tasks may be more than before: honest devices open a connection more now and then.
SPARE = 6
_LOOK_NS = 50_000_000


class Attacks(State):
    """Drives the attacks, and measures the server before, during and behind each."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._tap: Tap | None = None
        self._entry: Entry | None = None
        self._fault: HostileClient | None = None
        self._n, self._began_ns, self._settling_since = 0, 0, 0
        self._before: ServerUse | None = None
        self._most, self._looked_ns = 0, 0

    def record(self, name: str) -> None:
        """Lead a device through a tap, which keeps what it says."""
        bed = self._world.test_bed
        self._tap = Tap(bed.stack, bed.fresh_directory("tap"), bed.server.address)
        self._world.node(name).link.redirect(self._tap.address)

    def begin(self, attack: str) -> None:
        """Attack the server now, and twice more.

        Raises InvalidScenario where a hostile client is at work already, and where it has nothing to repeat, and
        AssertionError where a device is not live in time.
        """
        world = self._world
        server = world.test_bed.server
        if self._fault is not None or not isinstance(server, AttackedServer):
            raise InvalidScenario("One hostile client attacks a scenario's server: make it two tests.")
        recorded: list[Path] = []
        if attack == RECORDED:
            found = [] if self._tap is None else self._tap.files()
            recorded = [path for path in found if path.suffix == ".upstream" and path.stat().st_size]
            if not recorded:
                raise InvalidScenario("The hostile client has recorded nothing: say first whom it records.")
        bed = world.test_bed
        slack_s = world.slack_ns / 1e9
        fault = HostileClient(
            world.topology.server.name,
            bed.stack,
            bed.fresh_directory("hostile_client"),
            server.address,
            attack,
            server.openings(),
            scale=world.scale,
            patience_s=PATIENCE_S * world.scale + slack_s,
            recorded=recorded,
        )
        # One that is recorded connects anew, and what its stream takes would count for the attack.
        world.run_until("every device to be live", lambda: not world.topology.unconnected(), LIVE_S)
        self._before = self._record(self._measure(0))
        self._fault, self._n, self._began_ns = fault, 1, world.scheduler.now()
        self._entry = world.faults.begin(fault)
        now = world.scheduler.now()
        world.scheduler.at(now, self._end, "the end of the attack", held=lambda: self._n <= TIMES)

    @property
    def over(self) -> bool:
        """Whether no attack is made any more."""
        return self._n > TIMES

    def on_tick(self) -> None:
        """Look how the attack goes on."""
        now = self._world.scheduler.now()
        if self._fault is None or self.over or now - self._looked_ns < _LOOK_NS:
            return
        self._looked_ns = now
        if self._settling_since:
            self._settle(self._fault, now)
            return
        # Where it is gone, what came of the attack says so.
        with contextlib.suppress(ServerGone):
            self._most = max(self._most, self._descriptors())
        met = self._fault.met()
        if met is not None:
            record = Attacked(t_ns=now, n=self._n, began_ns=self._began_ns, met=tuple(met))
            self._world.record(record)
            self._settling_since = now
            if any(each.ending == "silent" for each in met):
                self._n = TIMES + 1

    def _settle(self, fault: HostileClient, now: int) -> None:
        """Go on when the server has given back what the attack took, or has not for long."""
        world = self._world
        assert self._before is not None
        patience_ns = round(SETTLE_S * world.scale * 1e9) + world.slack_ns
        try:
            used = self._measure(self._n)
        except ServerGone as gone:
            world.note("server_gone", message=str(gone))
            self._n = TIMES + 1
            return
        back = (
            used.descriptors <= self._before.descriptors + SPARE and used.tasks <= self._before.tasks + SPARE
        )
        if not back and now - self._settling_since < patience_ns:
            return
        self._record(used)
        self._settling_since, self._most = 0, 0
        self._n += 1
        if not self.over:
            self._began_ns = world.scheduler.now()
            fault.attack()

    def _measure(self, n: int) -> ServerUse:
        world = self._world
        server, stack = world.test_bed.server, world.test_bed.stack
        assert isinstance(server, AttackedServer)
        # It is asked first: the connection that asks is open then, each time.
        tasks, descriptors = server.tasks(), self._descriptors()
        program = world.topology.server.server.process
        return ServerUse(
            t_ns=world.scheduler.now(),
            n=n,
            descriptors=descriptors,
            tasks=tasks,
            memory=0,
            most_descriptors=max(self._most, descriptors),
            most_memory=stack.peak_bytes(program),
        )

    def _record(self, used: ServerUse) -> ServerUse:
        """What was judged by itself is what is recorded; only the memory is of this moment."""
        world = self._world
        memory = world.test_bed.stack.reset_peak(world.topology.server.server.process)
        used = replace(used, memory=memory)
        world.record(used)
        return used

    def _descriptors(self) -> int:
        world = self._world
        try:
            return world.test_bed.stack.descriptors(world.topology.server.server.process)
        except FileNotFoundError:
            raise ServerGone(f"{world.topology.server.name} has ended") from None

    def _end(self) -> None:
        assert self._entry is not None
        self._world.topology.end_fault(self._entry)
