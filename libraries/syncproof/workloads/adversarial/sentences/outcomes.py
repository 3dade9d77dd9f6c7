"""Sentences about what came of attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.workloads.adversarial.state import SPARE, TIMES, Attacks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class _Attacked(Outcome):
    """Waits for the end of the attacks."""

    def ready(self, world: World) -> bool:
        return world.of(Attacks).over


class RefusesAttack(_Attacked):
    """The relay must have refused every connection of all three attacks, or ended it, so soon after it was begun.

    ``duration``: a `Duration`, from when the hostile client began a connection; TIME_SCALE and SLACK apply.

    Waits for the end of the attacks. Fails where a connection was answered as if nothing were wrong, with an internal
    error, or too late or not at all, where the relay could not be reached any more, and where it did not go on behind
    an unknown message. Of a flood, it may let connections stay until the client leaves. Unknown where the relay refused
    something for a reason that has nothing to do with the attack.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | Then the relay should have refused every attack within 5 seconds

    Source: plan A-PROTO-01, A-PROTO-03 to A-PROTO-05, A-RES-01 to A-RES-04.
    """

    template = "the relay should have refused every attack within ${duration}"
    check = "attack_refused"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"times": TIMES}


class SlowsDown(_Attacked):
    """In each attack the relay must have told the hostile client to come later: 429, with ``Retry-After``.

    ``duration``: a `Duration`, from when the hostile client began a connection; TIME_SCALE and SLACK apply.

    Waits for the end of the attacks. What is within the limits may be served. Fails where no connection of an attack
    was refused so, and where one was answered with an internal error, or too late or not at all.

    Example:
    | When a hostile client attacks the relay with a storm of reconnections
    | And Alice sends 30 messages over 3 seconds
    | Then the relay should have slowed the hostile client down within 5 seconds

    Source: plan A-RES-05.
    """

    template = "the relay should have slowed the hostile client down within ${duration}"
    check = "attack_slowed"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"times": TIMES}


class DelaysNobody(_Attacked):
    """What honest devices sent during the attacks must have reached all others so soon.

    ``duration``: a `Duration`, from when a device was asked to send something to when another one delivered it;
    TIME_SCALE and SLACK apply.

    Waits until all attacks are over and everything has arrived that was sent. Fails with ``3 operations took longer
    than 10 s``; unknown where nothing was sent meanwhile.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | Then no message should have been delayed by more than 5 seconds

    Source: plan A-PROTO-01 to A-PROTO-05, A-RES-01 to A-RES-05.
    """

    template = "no message should have been delayed by more than ${duration}"
    check = "honest_delay"
    duration: Duration

    def ready(self, world: World) -> bool:
        return super().ready(world) and not any(map(world.operations.missing, world.topology.nodes))


class GivesBack(_Attacked):
    """So soon after each attack the relay must have as many descriptors and tasks as before the first.

    ``duration``: a `Duration`, from the end of an attack; TIME_SCALE and SLACK apply. Six more are allowed, for what
    honest devices do meanwhile. Descriptors are open files and connections, as Linux counts them; tasks are what the
    relay says that it is busy with.

    Waits until all attacks are over. Fails with ``behind attack 1 the server has 130 descriptors``.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | And the relay should have given back what the attacks took within 10 seconds

    Source: plan A-PROTO-01 to A-PROTO-05, A-RES-01 to A-RES-05.
    """

    template = "the relay should have given back what the attacks took within ${duration}"
    check = "resources_returned"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"times": TIMES, "spare": SPARE}


class LeaksNothing(Outcome):
    """The relay's memory must not grow by more than so much from the first attack to the second, and to the third.

    ``size``: a `Size`: resident memory, as Linux counts it, when the relay has come to rest behind each. What the first
    attack leaves may be a cache, and what the second or the third adds what the relay kept of a moment with much to do;
    what both of them add is a leak.

    Waits until everything is at rest, see `Rest`. Fails with ``the server's memory was 60.1 MB, 70.3 MB and 80.5 MB
    behind the attacks``.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | And the relay's memory should not have grown by more than 4 MB with every attack

    Source: plan A-PROTO-01 to A-PROTO-05, A-RES-01 to A-RES-05.
    """

    template = "the relay's memory should not have grown by more than ${size} with every attack"
    check = "attack_memory"
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"at_most": self.size.bytes}


class NeverOpensMore(Outcome):
    """During the attacks the relay must never have had more than so many descriptors more than before.

    ``count``: a `Number` of open files and connections, as Linux counts them, twenty times a second.

    Waits until everything is at rest, see `Rest`. Fails with ``the server went from 26 descriptors to 410``.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | And the relay should never have had more than 200 descriptors on top

    Source: plan A-RES-01, A-RES-03.
    """

    template = "the relay should never have had more than ${count} descriptors on top"
    check = "attack_peak"
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"of": "descriptors", "at_most": self.count}


class NeverNeedsMore(Outcome):
    """During the attacks the relay's memory must never have been more than so much above what it was before.

    ``size``: a `Size`: the highest resident memory, as Linux counts it.

    Waits until everything is at rest, see `Rest`. Fails with ``the server went from 47 MB to 230 MB at most``.

    Example:
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | And the relay should never have needed more than 64 MB on top

    Source: plan A-PROTO-04, A-RES-02.
    """

    template = "the relay should never have needed more than ${size} on top"
    check = "attack_peak"
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"of": "memory", "at_most": self.size.bytes}
