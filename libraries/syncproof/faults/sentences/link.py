"""Sentences about a link that is there and bad: slow, thin, in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncproof.faults import network
from syncproof.faults.packets.faults import PacketRate
from syncproof.faults.program import Suspended
from syncproof.faults.silent_link import SilentLink
from syncproof.kernel.cast import Device, Devices, Ends, ServerName
from syncproof.kernel.quantities import Duration, Rate, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class LatencyIs(Sentence):
    """Let everything that comes to a device arrive late; order is kept, and nothing is lost.

    ``latency``: a `Duration`, added to whatever comes from the relay; what the device sends is on time.
    TIME_SCALE applies, and whole milliseconds are set.

    Hands over the messages that are due, then begins; lasts until `${device}'s latency is back to normal
    after ${duration}`, or to the end of the test. Inconclusive when no round trip of the harness's own took that
    long, and longer than before, or when nothing was outstanding at the device. Fails at once for less than 1 ms, which
    is no latency.

    Example:
    | When Bob's latency is set to 5000 ms
    | And Alice sends 20 messages
    | Then Bob should receive all 20 messages within 60 seconds

    Source: plan L-1.3.
    """

    page = "Network"
    template = "${device}'s latency is set to ${latency}"
    on_link = "the latency of ${link} is set to ${latency}"
    device: Device
    latency: Duration

    def run(self, world: World) -> None:
        _begin_slowing(world, _late(world, self.latency, (self.device,), "downstream"))


class UpstreamLatencyIs(Sentence):
    """Let everything that a device sends arrive late; what comes to it is on time.

    ``latency``: a `Duration`, added to whatever goes to the relay. TIME_SCALE applies, and whole milliseconds
    are set.

    Every request of the device is under way for that long: what befalls the relay meanwhile befalls a
    request that it never answers. Else like `${device}'s latency is set to ${latency}`.

    Example:
    | When Bob's upstream latency is set to 2000 ms
    | And Bob starts catching up
    | And the relay is killed after Bob has caught up on 40 messages

    Source: plan L-2.2; the stream ``upstream`` of a toxic in Toxiproxy.
    """

    page = "Network"
    template = "${device}'s upstream latency is set to ${latency}"
    on_link = "the upstream latency of ${link} is set to ${latency}"
    device: Device
    latency: Duration

    def run(self, world: World) -> None:
        _begin_slowing(world, _late(world, self.latency, (self.device,), "upstream"))


class LatencyIsBothWays(Sentence):
    """Let everything to and from a device arrive late, each way.

    ``latency``: a `Duration`; a round trip takes twice that. TIME_SCALE applies, and whole milliseconds are
    set.

    Like `${device}'s latency is set to ${latency}`, which it does not go together with on one device.
    Inconclusive when no round trip of the harness's own took twice the latency, or when nothing was
    outstanding at the device.

    Example:
    | When Bob's latency both ways is set to 5000 ms
    | And Alice sends 20 messages
    | And Bob sends 20 messages
    | Then Alice and Bob should each have all 40 messages within 90 seconds

    Source: plan L-1.3.
    """

    page = "Network"
    template = "${device}'s latency both ways is set to ${latency}"
    on_link = "the latency both ways of ${link} is set to ${latency}"
    device: Device
    latency: Duration

    def run(self, world: World) -> None:
        _begin_slowing(world, _late(world, self.latency, (self.device,), "both"))


class LatencyIsOver(Sentence):
    """Let everything of a device be on time again, so long after its latency was set.

    ``duration``: a `Duration` from when the latency was set; TIME_SCALE applies. Of several the latest one ends.

    Enqueues; deadlines of later sentences begin when a request through the link was answered, and as quickly as
    before. Fails at once when there is no latency (``There is no latency of Bob that could end here``).

    Example:
    | When Bob's latency is set to 500 ms
    | And Alice sends 20 messages
    | And Bob's latency is back to normal after 15 seconds

    Source: plan Z-8.4 (T-LAT-02).
    """

    page = "Network"
    template = "${device}'s latency is back to normal after ${duration}"
    on_link = "the latency of ${link} is back to normal after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([network.SlowLink], world.called(self.device), self.duration)


class LatencyVaries(Sentence):
    """Let everything that comes to a device arrive late, now more and now less; order is kept.

    ``latency``: a `Duration`, added on average to whatever comes from the relay. ``jitter``: a `Duration`, at
    most that much more or less. TIME_SCALE applies to both, and whole milliseconds are set.

    Hands over the messages that are due, then begins; lasts to the end of the test. Inconclusive when no
    round trip of the harness's own took at least ``latency`` and another one less, or when nothing was
    outstanding at the device. Fails at once where the jitter is more than the latency, or less than 4 ms
    (with TIME_SCALE).

    Example:
    | Given Alice, Bob and Carol are syncing
    | And Bob's latency varies by 100 ms around 300 ms
    | When Alice sends 20 messages over 20 seconds

    Source: plan L-3.3.
    """

    page = "Network"
    template = "${device}'s latency varies by ${jitter} around ${latency}"
    on_link = "the latency of ${link} varies by ${jitter} around ${latency}"
    device: Device
    jitter: Duration
    latency: Duration

    def run(self, world: World) -> None:
        if self.jitter > self.latency:
            raise InvalidScenario(
                f"A latency of {self.latency} cannot vary by {self.jitter}: nothing is early."
            )
        _begin_slowing(world, _late(world, self.latency, (self.device,), "downstream", self.jitter))


class BandwidthIs(Sentence):
    """Let only so many bytes a second come to a device, on each of its connections.

    ``rate``: a `Rate`, from 1 KB/s; what the device sends is not held up. TIME_SCALE divides it, and whole
    KB/s are set.

    Hands over the messages that are due, then begins. Ends with `${device}'s bandwidth is back after
    ${duration}`, or with the test. Inconclusive when a reply to the harness itself came faster, or no slower
    than before, or when nothing was outstanding at the device. Fails at once for more than 18 MB/s (with
    TIME_SCALE): nobody could tell such a limit from none.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Alice sends 10 messages with attachments of 20 KB
    | Then Bob should have all attachments within 90 seconds

    Source: plan L-1.4.
    """

    page = "Network"
    template = "${device}'s bandwidth is limited to ${rate}"
    on_link = "the bandwidth of ${link} is limited to ${rate}"
    also = ("${device}'s downstream bandwidth is limited to ${rate}",)
    device: Device
    rate: Rate

    def run(self, world: World) -> None:
        _begin_slowing(world, _starved(world, self.rate, (self.device,)))


class UpstreamBandwidthIs(Sentence):
    """Let only so many bytes a second leave a device, on each of its connections; what comes to it is not held up.

    ``rate``: a `Rate`, from 1 KB/s. TIME_SCALE divides it, and whole KB/s are set.

    Else like `${device}'s bandwidth is limited to ${rate}`, and ends like it. Inconclusive when a request of the
    harness itself left faster, or no slower than before, or when nothing was outstanding at the device.

    Example:
    | When Alice's upstream bandwidth is limited to 100 KB/s
    | And Alice sends a message with an attachment of 1 MB
    | And the relay is killed in the middle of Alice's upload

    Source: plan L-1.4, L-4.2; the stream ``upstream`` of a toxic in Toxiproxy.
    """

    page = "Network"
    template = "${device}'s upstream bandwidth is limited to ${rate}"
    on_link = "the upstream bandwidth of ${link} is limited to ${rate}"
    device: Device
    rate: Rate

    def run(self, world: World) -> None:
        _begin_slowing(world, _starved(world, self.rate, (self.device,), "upstream"))


class CatchesUpOver(Sentence):
    """Limit the bandwidth of a device that went offline, tell it to connect, and wait until it is catching up.

    ``rate``: a `Rate`, the bytes per second of each connection towards the device; TIME_SCALE applies. Each
    connection has the rate for itself, so that a live message overtakes a backlog.

    The same as `${device}'s bandwidth is limited to ${rate}` and ``${device} starts catching up``, one behind the
    other; see there for what fails or is inconclusive. Ends with `${device}'s bandwidth is back after
    ${duration}`, or with the test.

    Example:
    | When Bob starts catching up over a link of 4 KB/s
    | And Alice sends messages 111 to 160
    | Then message 160 should arrive at Bob live while catch-up is still running

    Source: plan L-2.3.
    """

    page = "Network"
    template = "${device} starts catching up over a link of ${rate}"
    device: Device
    rate: Rate

    def run(self, world: World) -> None:
        BandwidthIs(self.device, self.rate).run(world)
        world.topology.start_catching_up(self.device.name)


class BandwidthIsFree(Sentence):
    """Take a device's limit of bandwidth away, so long after it was set.

    ``duration``: a `Duration` from when the limit was set; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a request through the link was answered. Fails at once
    when there is no limit (``There is no bandwidth limit of Bob that could end here``).

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Alice sends 100 messages of 2 KB
    | And Bob's bandwidth is back after 10 seconds

    Source: plan L-1.4.
    """

    page = "Network"
    template = "${device}'s bandwidth is back after ${duration}"
    on_link = "the bandwidth of ${link} is back after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([network.StarvedLink, PacketRate], world.called(self.device), self.duration)


class IsSliced(Sentence):
    """Let everything that comes to a device arrive in small pieces, with a pause behind each.

    ``size``: a `Size` of about one piece, from 1 B to 45 KB. The pause is 1 ms. TIME_SCALE applies to
    neither.

    Hands over the messages that are due, then begins; lasts to the end of the test. Whoever takes what one
    read brings for a whole message fails here. Inconclusive when twenty pieces to the harness itself came no
    later than before, or when nothing was outstanding at the device. Fails at once for larger pieces.

    Example:
    | When Bob's traffic arrives in pieces of 20 B
    | And Alice sends 50 messages
    | Then Bob should receive all 50 messages within 60 seconds

    Source: plan L-1.1; RFC 9293, 2.2 (TCP is a stream of bytes).
    """

    page = "Network"
    template = "${device}'s traffic arrives in pieces of ${size}"
    on_link = "the traffic of ${link} arrives in pieces of ${size}"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        try:
            fault = network.SlicedLink(world.links(self.device), self.size.bytes, 0.001, "downstream")
        except ValueError as wrong:
            raise InvalidScenario(f"Traffic cannot arrive in pieces of {self.size}: {wrong}.") from None
        _begin_slowing(world, fault)


class IsDegraded(Sentence):
    """Put 200 ms of latency and 300 KB/s on what comes to each of the devices.

    ``devices``: see `Devices`. TIME_SCALE applies to both figures. They are two faults, and both must be seen
    on every one of the links; neither goes together with another latency or bandwidth on the same device.

    Hands over the messages that are due, then begins; lasts to the end of the test. The variable
    NETWORK=degraded does the same to every device of every test, and is no fault then.

    Example:
    | When the network of Alice and Bob is degraded
    | And Alice sends 10 messages
    | Then Bob should receive all 10 messages within 30 seconds

    Source: plan L-0.2.
    """

    page = "Network"
    template = "the network of ${devices} is degraded"
    devices: Devices

    def run(self, world: World) -> None:
        devices = tuple(self.devices)
        late, starved = (
            _late(world, Duration(0.2), devices, "downstream"),
            _starved(world, Rate(300_000), devices),
        )
        _begin_slowing(world, late, starved)


def _late(
    world: World,
    latency: Duration,
    of: Sequence[Device | Ends],
    direction: str,
    jitter: Duration | None = None,
) -> network.SlowLink:
    """Raises InvalidScenario for a latency that is none."""
    links, latency_s = world.links(*of), world.scaled_s(latency)
    try:
        return network.SlowLink(
            links, latency_s, direction, None if jitter is None else world.scaled_s(jitter)
        )
    except ValueError as wrong:
        raise InvalidScenario(f"The latency cannot be {latency}{_at_scale(world)}: {wrong}.") from None


def _starved(
    world: World, rate: Rate, of: Sequence[Device | Ends], direction: str = "downstream"
) -> network.StarvedLink:
    """Raises InvalidScenario for a limit that holds nothing up, or everything."""
    try:
        return network.StarvedLink(world.links(*of), rate.bytes_per_s / world.scale, direction)
    except ValueError as wrong:
        raise InvalidScenario(
            f"The bandwidth cannot be limited to {rate}{_at_scale(world)}: {wrong}."
        ) from None


def _at_scale(world: World) -> str:
    return "" if world.scale == 1 else f" with TIME_SCALE {world.scale:g}"


def _begin_slowing(world: World, *faults: network.Slowing) -> None:
    """See how fast links are, then make them slower.

    What is due is handed over right before, so that it is still outstanding then. Raises InvalidScenario where nothing
    is answered now.
    """
    links = {link.name: link for fault in faults for link in fault.links}.values()
    called = dict.fromkeys(each for link in links for each in link.targets)
    names = " and ".join(called)
    silent = [f"{name}'s network is silent" for name in called if world.faults.is_on(SilentLink, name)]
    paused = [
        f"{link.leads_to if link.leads_to in world.topology.nodes else f'the {ServerName(link.leads_to)}'} is paused"
        for link in links
        if world.faults.is_on(Suspended, link.leads_to)
    ]
    for why in [*silent, *paused][:1]:
        raise InvalidScenario(
            f"{names} cannot be seen to be slower while {why}: nothing is answered. Say this sentence before that one."
        )
    world.operations.run_sending_nothing(
        f"probes of the link of {names} to be answered", lambda: all(fault.look() for fault in faults)
    )
    world.operations.flush()
    for fault in faults:
        world.faults.begin(fault)
