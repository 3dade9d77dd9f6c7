"""Sentences about a gateway between a device and its relay that answers in the place of the relay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.bad_gateway import BadGateway
from syncproof.faults.gateway.program import Gateway
from syncproof.kernel.cast import Device
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Answers502(Means):
    """Let every request of a device be answered 502 Bad Gateway, now, while the relay itself is well.

    So answers a gateway (a reverse proxy, a load balancer) that does not reach the server behind it: at once, with a
    page of HTML that is not in the language of the product. Nobody has decided anything, so that the device has to
    ask again, after pauses. Connections that stand are closed, and a WebSocket is refused like any other request.

    Hands over the messages that are due, then begins; for an exact place see InterruptLibrary. Ends with
    `${device}'s gateway passes requests on again after ${duration}`, or with the test. Inconclusive when no request of
    the harness's own was answered 502, or when nothing was outstanding at the device meanwhile. Fails at once where
    the relay was killed and has not been restarted.

    Example:
    | When Alice's gateway answers 502
    | And Alice sends 20 messages
    | And Alice's gateway passes requests on again after 10 seconds

    Source: plan L-5.1, M-09; RFC 9110, 15.6.3 (502 Bad Gateway), 9.2.2 (what may be sent again).
    """

    page = "Network"
    template = "${device}'s gateway answers 502"
    needs = ("http",)
    device: Device

    def begin(self, world: World) -> None:
        links = world.links(self.device)
        if world.faults.ended_process(world.topology.server.name, now=True):
            raise InvalidScenario(
                "A gateway in front of a relay that is dead is nothing of its own: say first when the relay is "
                "restarted, or make it two tests."
            )
        bed = world.test_bed
        gateway = Gateway(bed.stack, bed.fresh_directory("gateway"), bed.server.address)
        world.faults.begin(BadGateway(links, gateway))


class PassesOnAgain(Sentence):
    """Let a device reach its relay again, so long after its gateway began to answer 502.

    ``duration``: a `Duration` above 0 from then; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a request through the link was answered by the relay. Fails at
    once when the gateway answers nothing itself (``There is no bad gateway of Alice that could end here``).

    Example:
    | And Alice's gateway answers 502 after she has sent 5 messages
    | And Alice's gateway passes requests on again after 10 seconds
    | Then Bob should receive all 20 messages within 30 seconds

    Source: plan L-5.1, M-09; RFC 9110, 15.6.3 (502 Bad Gateway).
    """

    page = "Network"
    template = "${device}'s gateway passes requests on again after ${duration}"
    device: Device
    duration: Duration

    @property
    def contradiction(self) -> str:
        """A gateway that passes on again at once has answered nothing."""
        if self.duration.seconds > 0:
            return ""
        return f"A gateway that answers 502 for {self.duration} refuses no request: write like 'after 10 seconds'."

    def run(self, world: World) -> None:
        world.end_fault_after([BadGateway], world.called(self.device), self.duration)
