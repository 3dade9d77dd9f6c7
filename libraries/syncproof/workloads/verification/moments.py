"""Moments in which devices verify each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.interrupt import Moment
from syncproof.workloads.verification.state import SHOWN_S, Verifications

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class InTheMiddleOfVerification(Moment):
    """When both devices of a verification show their emoji, and before a person has compared them.

    ``who``: one of the two devices, see `Device`.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to show emoji``. Fails at once when the device takes
    part in no verification.

    Source: plan L-0.3.
    """

    template = "in the middle of ${who}'s verification"
    own = "in the middle of the verification"
    needs = ("verification",)
    before = ("When Alice verifies Bob",)
    who: Device

    def reach(self, world: World, name: str) -> None:
        verifications = world.of(Verifications)
        both = verifications.both(name)
        world.run_until(
            f"{' and '.join(both)} to show emoji",
            lambda: verifications.all_show([Device(each) for each in both]),
            SHOWN_S,
        )
