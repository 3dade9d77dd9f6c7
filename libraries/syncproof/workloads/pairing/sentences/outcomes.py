"""Sentences about what must come of invites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.outcome import Outcome
from syncproof.workloads.pairing.refusal import Refusal, guess
from syncproof.workloads.pairing.state import Invites

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ShortCodeHasItsForm(Outcome):
    """Each short code of a device must have four groups of four letters and digits, and none may come twice.

    Waits until everything is at rest, see `Rest`. Fails with ``expected a short code of Alice to have the form
    XXXX-XXXX-XXXX-XXXX``; as unknown when it made no invite.

    Example:
    | When Carol joins by a short code
    | Then Alice's short code should have the form XXXX-XXXX-XXXX-XXXX

    Source: plan Z-CORE-04.
    """

    template = "${device}'s short code should have the form XXXX-XXXX-XXXX-XXXX"
    check = "invite_form"
    device: Device


class RefusesInvite(Outcome):
    """A device must refuse an invite that cannot be used, and say what is wrong with it.

    ``reason``: a `Refusal`. The device is shown the last invite of the scenario, changed as the reason says; for one
    that has expired it is waited for that first.

    Hands over the messages that are due, then asks the device. Fails with ``expected Bob to refuse the invite as
    'invite_used'``, and its answer, and where its message does not say what is wrong.

    Example:
    | When Carol joins by a short code
    | Then Bob should refuse the invite because it was used already

    Source: plan Z-CORE-04.
    """

    template = "${device} should refuse the invite because ${reason}"
    check = "invite_refused"
    device: Device
    reason: Refusal

    def run(self, world: World) -> None:
        world.operations.flush()
        name, invites = self.device.name, world.of(Invites)
        shown = self.reason.of(invites.last)
        if self.reason is Refusal.EXPIRED:
            world.run_until(
                "the invite to expire", lambda: world.scheduler.now() > invites.until_ns, PATIENCE_S
            )
        invites.show(world.node(name), shown)
        world.verdicts.require(self.check, name, code=self.reason.code, says=self.reason.says)


class GuessesAreBounded(Outcome):
    """Whoever guesses short codes must be stopped before long, and not be told of any whether somebody made it.

    ``count``: a `Number` of short codes that a device may try in vain, one after the other. Each differs from that of
    the last invite of the scenario in one half: every other one has the half by which the server looks an invite up.

    Hands over the messages that are due, then lets the device try one code more. Fails with ``expected Bob to be
    stopped``, and where another answer than ``unknown_invite`` tells the codes apart.

    Example:
    | When Alice makes an invite that is valid for 10 minutes
    | Then Bob should be stopped from guessing after 10 short codes

    Source: plan Z-CORE-04; RFC 4226, 7.3 (guesses have to be throttled).
    """

    template = "${device} should be stopped from guessing after ${count} short codes"
    check = "guesses_bounded"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.operations.flush()
        name, invites = self.device.name, world.of(Invites)
        since_ns = world.scheduler.now()
        for number in range(self.count + 1):
            invites.show(world.node(name), guess(invites.last, number))
        world.verdicts.require(self.check, name, most=self.count, since_ns=since_ns)
