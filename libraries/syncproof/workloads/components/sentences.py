"""Sentences about the parts of a device: read marker, circuit breaker, retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.component_expectations import require_no_devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class GivesUpAndLooksAgain(Sentence):
    """How long devices retry an attachment that is missing, and how often they look again for what they gave up.

    ``duration``: a `Duration` from the first failure, after which it is not retried any more. ``period``: a
    `Duration` between two looks at what was given up. TIME_SCALE applies to both. The bundled system has 10
    minutes and 1 minute otherwise. It is for the devices of this scenario alone.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given devices give up a missing attachment after 10 seconds and look for it again every 10 seconds
    | And Alice and Bob are syncing

    Source: plan L-5.1.
    """

    page = "Devices"
    template = "devices give up a missing attachment after ${duration} and look for it again every ${period}"
    needs = ("other_client",)
    duration: Duration
    period: Duration

    def run(self, world: World) -> None:
        require_no_devices(world)
        world.topology.settings["retry_ttl_s"] = self.duration.seconds
        world.topology.settings["descriptor_catchup_s"] = self.period.seconds


class RestoredAfterBreaker(Sentence):
    """Give a device that was cut off its network back, so long after its circuit breaker has opened.

    ``duration``: a `Duration` from the opening; TIME_SCALE applies. On the bundled system the breaker opens
    at 50 failures in a row, and lets nothing through for 10 seconds. ``whose``: see `Possessive`.

    Waits at most 60 seconds until the device reports that the breaker is open, then enqueues; deadlines of
    later sentences begin when a connection through the link was answered. Fails with ``expected Bob's circuit
    breaker to open``; at once when the device's network is not cut.

    Example:
    | When Bob's network is cut
    | And Bob sends 50 messages with attachments of 1 KB
    | And Bob's network is restored 1 second after his circuit breaker has opened

    Source: plan L-5.2.
    """

    page = "Network"
    template = "${device}'s network is restored ${duration} after ${whose} circuit breaker has opened"
    needs = ("breaker",)
    device: Device
    duration: Duration
    whose: Possessive

    def run(self, world: World) -> None:
        opened_ns = world.components.breaker_opened(self.device.name)
        entry = world.faults.find(["cut"], self.device.name)
        since = Duration((opened_ns - entry.started_ns) / 1e9 / world.scale + self.duration.seconds)
        world.end_fault_after(["cut"], [self.device.name], since)


class BreakerPauses(Sentence):
    """While its circuit breaker had to be open, a device must have left the relay alone, and then come back.

    When it had to be open follows from the failed exchanges on record: on the bundled system from the 50th in
    a row for 10 seconds, and as long again after each probe that failed. ``whose``: see `Possessive`.

    Waits until everything is at rest, see `Rest`, then reads the relay's own request log. Fails with ``the
    server heard from Bob (GET /live) 200 ms after Bob's breaker had to open``, or when nothing came after the
    cooldown either; inconclusive when the network worked for less than a twentieth of the pause, or when the
    breaker never had to open.

    Example:
    | And Bob's network is restored 1 second after his circuit breaker has opened
    | Then Bob should have left the relay alone while his circuit breaker was open

    Source: plan L-5.2.
    """

    page = "Outcome"
    template = "${device} should have left the relay alone while ${whose} circuit breaker was open"
    needs = ("breaker", "request_log")
    device: Device
    whose: Possessive

    def run(self, world: World) -> None:
        world.components.breaker_paused(self.device.name)


class BreakerOpens(Sentence):
    """A device's circuit breaker must have opened so many times, or more often.

    ``count``: a `Number`. How often it had to open follows from the failed exchanges on record: at 50 in a
    row on the bundled system, and at each probe that failed after a cooldown.

    Waits until everything is at rest, see `Rest`. Fails when the device reports fewer openings; as
    inconclusive when not so many failures are on record.

    Example:
    | When Bob's network is cut
    | And Bob sends 50 messages with attachments of 1 KB
    | And Bob's network is restored 15 seconds after his circuit breaker has opened
    | Then Bob's circuit breaker should have opened at least 2 times

    Source: plan L-5.2.
    """

    page = "Outcome"
    template = "${device}'s circuit breaker should have opened at least ${count} times"
    needs = ("breaker",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.components.breaker_opened_at_least(self.device.name, self.count)


class LocalMarkerAtOnce(Sentence):
    """A device must have kept its own read marker with every message that it committed, at once.

    Waits until everything is at rest, see `Rest`. Then every commit of deliveries on record must have a move
    of the local marker of its own. No time is measured. Fails with ``Bob's local marker was not kept with 98
    deliveries of 100: Alice #2, #3``; as unknown when nothing was delivered, or when the device was
    restarted.

    Example:
    | When Alice sends 100 messages
    | Then Bob should receive all 100 messages within 30 seconds
    | And Bob's local marker should have been kept with every message

    Source: plan L-5.3.
    """

    page = "Outcome"
    template = "${device}'s local marker should have been kept with every message"
    needs = ("marker",)
    device: Device

    def run(self, world: World) -> None:
        world.verdicts.at_rest()
        world.verdicts.require("local_marker", self.device.name)


class MarkerIsDebounced(Sentence):
    """The relay must have heard of a device's read marker seldom: after pauses, not after every message.

    On the bundled system a pause is a second without a move, and a marker that does not pause is told every
    10 seconds; TIME_SCALE applies. Updates are counted in the relay's own request log, pauses between the
    moves of the local marker on record.

    Waits until everything is at rest, see `Rest`. Fails with ``the server heard of the marker too often: 100
    updates for 100 moves, whose pauses ask for 1 at most``; as unknown when the moves came with so many
    pauses that there was nothing to debounce.

    Example:
    | When Alice sends 100 messages
    | Then Bob should receive all 100 messages within 30 seconds
    | And Bob's marker updates should have been debounced

    Source: plan L-5.3.
    """

    page = "Outcome"
    template = "${device}'s marker updates should have been debounced"
    needs = ("marker", "request_log")
    device: Device

    def run(self, world: World) -> None:
        world.components.marker_debounced(self.device.name)


class RelayKnowsMarker(Sentence):
    """The relay itself must know a device's read marker at a message, neither before nor behind it.

    ``count``: a `Number` of messages of others at or before the marker. ``duration``: a `Duration`; for when
    it begins see `Deadlines`.

    Waits, and asks the relay by its public interface as another client of the same user would. Fails with
    ``by its own word it stands at message 98``.

    Example:
    | When Alice sends 100 messages
    | Then Bob should receive all 100 messages within 30 seconds
    | And the relay should know Bob's marker at message 100 within 15 seconds

    Source: plan L-5.3.
    """

    page = "Outcome"
    template = "the relay should know ${device}'s marker at message ${count} within ${duration}"
    needs = ("marker", "other_client")
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        world.components.server_knows_marker(self.device.name, self.count, self.duration)


class SetsAside(Sentence):
    """A device must have set so many events aside because they cannot be read, and report each with its reason.

    ``count``: a `Number`, as many as the scenario sends. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits for the reports. Fails when the deadline passes (``expected Bob to set aside 3 events``), and at
    once when the scenario sends another number. That they are the right ones is judged at the end.

    Example:
    | When Alice's other client sends 3 events that nobody can read
    | And Alice sends 20 messages
    | Then Bob should have set aside 3 events within 10 seconds

    Source: plan L-5.1.
    """

    page = "Outcome"
    template = "${device} should have set aside ${count} events within ${duration}"
    needs = ("other_client",)
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        world.components.set_aside(self.device.name, self.count, self.duration)


class BacksOff(Sentence):
    """A device's retries of missing attachments must have come with growing pauses, and not for ever.

    On the bundled system half a second after the first failure, and twice as long after each further one, up
    to 5 seconds, give or take a fifth; TIME_SCALE applies. No series of attempts may be longer than fits into
    the time after which a missing attachment is given up.

    Waits until everything is at rest, see `Rest`. Judges the retries that the device scheduled, and the times
    at which the relay's own request log has it ask. Fails with ``Bob scheduled retry 3 of a download in 500
    ms; expected 1600 to 2400 ms``; as unknown when no download was retried three times.

    Example:
    | When Alice's other client sends 100 messages before their attachments of 2 KB
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds
    | And Bob's retries should have backed off

    Source: plan L-5.1.
    """

    page = "Outcome"
    template = "${device}'s retries should have backed off"
    needs = ("request_log",)
    device: Device

    def run(self, world: World) -> None:
        world.components.backed_off(self.device.name)


class FindsAgain(Sentence):
    """Attachments that came very late must have been given up by a device, and found again.

    Very late is later than both times together, of giving a missing attachment up and of looking for it
    again, from when the relay first said that it is missing; DevicesLibrary has the sentence that sets them.
    Given up and looked for again is one whose retries began anew at their first.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob to give up each of 25
    attachments``, or when one of them is not there; inconclusive when no attachment came so late.

    Example:
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds
    | And Bob should have given up late attachments and found them again

    Source: plan L-5.1.
    """

    page = "Outcome"
    template = "${device} should have given up late attachments and found them again"
    needs = ("other_client", "request_log")
    device: Device

    def run(self, world: World) -> None:
        world.components.gave_up_and_found_again(self.device.name)
