"""Sentences about keys that others take the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence.records import NEVER
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.keys.checks import given_up_by
from syncproof.workloads.keys.state import Keys

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class GetsNewKey(Sentence):
    """Let a device have another key, and tell it to all others, who believe the old one, too, for some time.

    ``duration``: a `Duration`, for which either key is believed; TIME_SCALE applies. When the device begins to use the
    new one is its own affair, as long as that is before the end.

    Acts at once. What is a key, and what signs files, may be two things: this is about connections.

    Example:
    | When Alice gets a new key and the old one counts for 20 seconds more
    | And Alice writes file "plan.txt"
    | Then Alice's old key should be given up within 40 seconds

    Source: plan P-6.1.5.
    """

    page = "Devices"
    template = "${device} gets a new key and the old one counts for ${duration} more"
    needs = ("p2p",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.of(Keys).renew(self.device.name, world.scaled_ns(self.duration) / 1e9)


class OldKeyGivenUp(Outcome):
    """Every other device must have said that it does not believe the old key of a device any more.

    ``whose``: the `Device` that has got a new one. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | When Alice gets a new key and the old one counts for 20 seconds more
    | Then Alice's old key should be given up within 40 seconds

    Source: plan P-6.1.5.
    """

    template = "${whose}'s old key should be given up within ${duration}"
    check = "old_key_given_up"
    whose: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"whose": self.whose.name, "identity": world.node(self.whose.name).identity}

    def ready(self, world: World) -> bool:
        name = self.whose.name
        since = max((note.t_ns for note in world.history.notes("key_renewed", name)), default=NEVER)
        return given_up_by(
            world.history, world.node(name).identity, since=since
        ) >= world.topology.nodes.keys() - {name}


class NobodyTurnedAway(Outcome):
    """No device may have turned anybody away since one of them has got a new key: whoever came is who it was to be.

    Waits until everything is at rest, see `Rest`. Belongs into scenarios without a stranger.

    Example:
    | When Alice gets a new key and the old one counts for 20 seconds more
    | Then Alice's old key should be given up within 40 seconds
    | And nobody should have been turned away

    Source: plan P-6.1.5.
    """

    template = "nobody should have been turned away"
    check = "nobody_turned_away"
