"""Sentences about peers that live for weeks in virtual time, and what must have come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Percent
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.lifetimes.state import DAY_S, Lifetimes

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: By when a change has to be everywhere, and from when it is not late, but stuck.
_BOUND_S, _STUCK_S = 30.0, 3600.0
#: How much a peer may keep in memory that it would not have after a restart.
_MOST_KEPT = 500


class LiveInVirtualTime(Sentence):
    """Let peers like those of the scenario live for days in virtual time, with work and faults at random.

    ``count``: a `Number` of peers. ``duration``: a `Duration` of their time; TIME_SCALE does not apply, and a month
    takes seconds.

    A program of the product runs its own nodes, with a network, disks and users that are only in memory: its manifest
    names it in ``[simulation]``. What is not in the nodes is not tested so: processes, TLS, the database, the folder.
    With the peers of this project each user writes on average every two hours; each peer but the last is killed
    every two days, and cut off from all others every day, each two are cut off from each other every two days; each of
    these lasts from a second to an hour. Half of the cuts nobody is told of. The same SEED gives the same life.

    Fails with what the program says where it cannot do that.

    Example:
    | Given Alice, Bob and Carol share a folder
    | When 3 peers of this product live for 31 days in virtual time
    | Then each of them should have been available for 99.9% of the time

    Source: plan P-9.3.1, P-9.3.6.
    """

    page = "Devices"
    template = "${count} peers of this product live for ${duration} in virtual time"
    has_singular = False
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        world.of(Lifetimes).live(self.count, self.duration.seconds / DAY_S)


class WasAvailable(Outcome):
    """Each peer that lived in virtual time must have been available for such a share of the time.

    ``percent``: a `Percent` of the time that the peer was to run: not while it was killed.

    It is not available while it lacks a change for longer than 30 virtual seconds in which nobody was killed and
    nothing was cut, and from when it ended by itself until it runs again.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where nobody lived to the end.

    Example:
    | When 3 peers of this product live for 31 days in virtual time
    | Then each of them should have been available for 99.9% of the time

    Source: plan P-9.3.1.
    """

    template = "each of them should have been available for ${percent} of the time"
    check = "available"
    percent: Percent

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"least": self.percent.fraction, "bound_s": _BOUND_S}


class SeldomFails(Outcome):
    """The mean time between failures of a peer that lived in virtual time must be above that.

    ``mean``: a `Duration`.

    A peer has failed where it has ended by itself, where it refuses, accuses or quarantines one of these peers, where
    it lacks a change for more than an hour beyond the time in which it should have had it, and where it keeps 500
    things more in memory than after a restart.

    Waits until everything is at rest, see `Rest`. Holds but for one chance of 20: without a failure it takes three
    times as many days of all peers together. Inconclusive where there were less.

    Example:
    | When 3 peers of this product live for 31 days in virtual time
    | Then the mean time between failures of a peer should be above 30 days

    Source: plan P-9.3.6.
    """

    template = "the mean time between failures of a peer should be above ${mean}"
    check = "seldom_fails"
    mean: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {
            "mean_days": self.mean.seconds / DAY_S,
            "bound_s": _BOUND_S,
            "stuck_s": _STUCK_S,
            "most_kept": _MOST_KEPT,
        }
