"""Sentences that say who invites, and who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.lost_answer import LostAnswer
from syncproof.kernel.cast import Device
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.pairing.refusal import Refusal
from syncproof.workloads.pairing.state import Invites
from syncproof.workloads.pairing.way import Way

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Longer than any scenario.
_VALID_S = 3600.0


class JoinsBy(Sentence):
    """Start one more device, which comes into the group by an invite of a member, and wait until it is in and live.

    ``device``: one that takes no part yet. ``way``: a `Way`. The first device of the scenario that is online makes an
    invite, unless it is to be the last one; the new one is told nothing else: neither the group nor its key, nor who is
    in it. From here on it is a
    member like the others: it must get all that is said, and what was said before (capability ``history``).

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent; then
    waits at most 60 seconds; fails with ``expected Carol to come in by the invite``, and what her device said, and with
    ``expected Carol to have joined and to be syncing``.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Carol joins by a short code
    | And Alice sends 5 messages
    | Then Carol should receive all 5 messages within 20 seconds

    Source: plan Z-CORE-04.
    """

    page = "Devices"
    template = "${device} joins by ${way}"
    needs = ("history",)
    devices_are = "joining"
    device: Device
    way: Way

    def run(self, world: World) -> None:
        invites = world.of(Invites)
        last = invites.last if self.way is Way.LAST else None
        world.operations.settle()

        def take_in(member: DeviceNode, node: DeviceNode) -> None:
            invites.show(node, self.way.of(last or invites.make(member, _VALID_S)))
            world.verdicts.require("invite_taken", node.name)

        world.topology.join(self.device.name, take_in)


class RepeatsJoin(Sentence):
    """Start one more device, which comes into the group by an invite at its second attempt: the first is not answered.

    ``device``: one that takes no part yet. ``way``: a `Way`. The server has let it in, and the answer is lost on the
    way; for anybody else the invite is used up, also for the member that made it, which is asked in between. The device
    shows the same invite again, and goes on like with `${device} joins by ${way}`.

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent; then
    waits at most 60 seconds. Fails with ``expected Carol to come in by the invite``, and what her device said; and with
    ``expected Alice to refuse the invite as 'invite_used'``. Inconclusive when no answer was lost, or when nothing was
    outstanding at the device until the test ends.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Carol repeats a join by a short code that was not answered
    | And Alice sends 5 messages
    | Then Carol should receive all 5 messages within 20 seconds

    Source: plan Z-CORE-04.
    """

    page = "Devices"
    template = "${device} repeats a join by ${way} that was not answered"
    needs = ("history", "encrypted_groups")
    devices_are = "joining"
    device: Device
    way: Way

    def run(self, world: World) -> None:
        invites, bed = world.of(Invites), world.test_bed
        last = invites.last if self.way is Way.LAST else None
        world.operations.settle()

        def take_in(member: DeviceNode, node: DeviceNode) -> None:
            shown = self.way.of(last or invites.make(member, _VALID_S))
            folder = bed.fresh_directory("framed")
            lost = world.faults.begin(LostAnswer(node.link, bed.stack, folder, bed.server.address))
            invites.show(node, shown)
            world.run_until(
                f"an answer to {node.name} to be lost", lambda: lost.state == "proved", PATIENCE_S
            )
            invites.show(member, shown)
            used = Refusal.USED
            world.verdicts.require("invite_refused", member.name, code=used.code, says=used.says)
            invites.show(node, shown)
            world.verdicts.require("invite_taken", node.name)

        world.topology.join(self.device.name, take_in)


class MakesInvite(Sentence):
    """Let a device make an invite to the group of the scenario, which nobody uses yet.

    ``duration``: a `Duration`, for how long it can be used; TIME_SCALE applies.

    Acts at once. Fails where the group is not encrypted: there is no key to hand on.

    Example:
    | When Alice makes an invite that is valid for 2 seconds
    | Then Bob should refuse the invite because it has expired

    Source: plan Z-CORE-04.
    """

    page = "Devices"
    template = "${device} makes an invite that is valid for ${duration}"
    device: Device
    duration: Duration

    @property
    def contradiction(self) -> str:
        """One that is valid for no time is none."""
        if self.duration.seconds > 0:
            return ""
        return "An invite that is valid for no time cannot be made: write like 'for 2 seconds'."

    def run(self, world: World) -> None:
        world.of(Invites).make(world.node(self.device.name), world.scaled_s(self.duration))
