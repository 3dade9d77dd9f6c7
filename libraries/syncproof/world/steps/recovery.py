"""Sentences about how a device recovered: retries, breaker, catch-up, marker, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from syncproof.world.cast import Device, Possessive
from syncproof.world.quantities import Duration, Size
from syncproof.world.step import Step

if TYPE_CHECKING:
    from syncproof.world.world import World


@dataclass(frozen=True)
class RetriesScheduled(Step):
    """A device must have scheduled a retry since the first fault of the scenario began.

    Waits until all that was enqueued is done and every fault that was taken away is proved to have ended, and
    then 5 seconds more, unless a retry is on record before. Fails with ``expected Bob to have scheduled a
    retry since the first fault began``. Without a fault in the scenario any retry of the test will do.

    Example:
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should have scheduled retries

    Source: plan L-1.1, L-1.4.
    """

    template: ClassVar[str] = "${device} should have scheduled retries"
    device: Device

    def run(self, world: World) -> None:
        world.expectations.retried(self.device.name)


@dataclass(frozen=True)
class NoticesSilence(Step):
    """A device must have given up its silent connection by itself, before the silence ended.

    Lets all that was enqueued happen first; then looks at the record: between the beginning of the last
    silence and its end the device must have reported that it is no longer connected.

    Fails with ``expected Bob to find out that nobody answers any more``; at once when no silence of this
    device has begun and ended in the scenario.

    Example:
    | And Bob's network goes silent after he has received 20 messages
    | And Bob's network is restored after 30 seconds
    | Then Bob should receive all 50 messages within 60 seconds
    | And Bob should have noticed the silence

    Source: plan L-1.1.
    """

    template: ClassVar[str] = "${device} should have noticed the silence"
    device: Device

    def run(self, world: World) -> None:
        world.expectations.noticed_silence(self.device.name)


@dataclass(frozen=True)
class CaughtUp(Step):
    """A device must have run a catch-up that brought something, since it came back.

    It came back when it woke up, came online, or when the last fault on it ended. Lets all that was enqueued
    happen first, then waits at most 5 seconds. What a live connection brought does not count.

    Fails with ``expected Bob to have caught up after it came back``; at once when the device has not been
    away (``Bob has not been away in this scenario``).

    Example:
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should have caught up on reconnection

    Source: plan L-1.1.
    """

    template: ClassVar[str] = "${device} should have caught up on reconnection"
    device: Device

    def run(self, world: World) -> None:
        world.expectations.caught_up(self.device.name)


@dataclass(frozen=True)
class CatchUpBeforeMarker(Step):
    """A device that was asleep must notice that, and run catch-up before its read marker moves.

    ``whose``: see `Possessive`. Since the device came back it must have reported a wake, and a page of
    catch-up or its end before the first move of its marker, the local or the remote one. It must have been
    away for longer than the system takes for a sleep: 30 seconds on the bundled one.

    Lets all that was enqueued happen first, then waits at most 5 seconds for the marker to move. Fails when
    it does not, when no wake was reported, and when the marker moved first; at once when the device has not
    been away.

    Example:
    | When Alice sends messages 51 to 100
    | And Bob wakes up 60 seconds later
    | Then Bob should run catch-up before advancing his marker

    Source: plan L-2.1.
    """

    needs: ClassVar[tuple[str, ...]] = ("marker",)
    template: ClassVar[str] = "${device} should run catch-up before advancing ${whose} marker"
    device: Device
    whose: Possessive

    def run(self, world: World) -> None:
        world.expectations.catch_up_before_marker(self.device.name)


@dataclass(frozen=True)
class CatchUpInPages(Step):
    """A device must take a backlog in more than one page, visibly.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device's figure ``catchupBatches`` tells of progress while messages are missing, and until
    two pages are on record with something delivered before the later one. So it must come before the
    sentences that wait for the messages. Fails when everything has arrived without that (``expected Bob to
    catch up page by page``), or when the deadline passes.

    Example:
    | When Bob comes online
    | Then Bob should catch up page by page within 60 seconds
    | And Bob should receive everything within 60 seconds

    Source: plan L-2.2.
    """

    template: ClassVar[str] = "${device} should catch up page by page within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.expectations.catch_up_in_pages(self.device.name, self.duration)


@dataclass(frozen=True)
class BreakerAsFailures(Step):
    """A device's circuit breaker must have opened just as often as its failures demand, zero times included.

    The failed and good exchanges on record say how often: on the bundled system once after 50 failures in a
    row, and again for each probe that fails after a cooldown of 10 seconds. The device's figure
    ``circuitOpens`` must be that.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob's circuit breaker to have opened
    1 times``; as inconclusive when not one of the device's exchanges failed.

    Example:
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds
    | And Bob's circuit breaker should have opened as often as failures demand

    Source: plan L-1.2, L-5.2.
    """

    needs: ClassVar[tuple[str, ...]] = ("breaker_settings",)
    template: ClassVar[str] = "${device}'s circuit breaker should have opened as often as failures demand"
    device: Device

    def run(self, world: World) -> None:
        world.expectations.breaker_matches(self.device.name)


@dataclass(frozen=True)
class MarkerReaches(Step):
    """A device's read marker must get to a message: its own, and the one that the relay knows.

    ``count``: a `Number` of messages of others at or before the marker; where one other device sends, the
    message's number. The marker may be further. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits for both. Fails when the deadline passes (``expected Bob's marker to reach message 160, here and on
    the relay``).

    Example:
    | And Bob starts catching up
    | And Alice sends messages 111 to 160
    | Then Bob's marker should reach message 160 within 60 seconds

    Source: plan L-2.3.
    """

    needs: ClassVar[tuple[str, ...]] = ("marker",)
    template: ClassVar[str] = "${device}'s marker should reach message ${count} within ${duration}"
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        world.expectations.marker_reaches(self.device.name, self.count, self.duration)


@dataclass(frozen=True)
class MarkerNeverSkips(Step):
    """A device's read marker must never have gone back, nor passed a message that was not delivered.

    Every move on record is judged, across restarts, of the marker that the device keeps and of the one that
    the relay knows; the second never ahead of the first. Waits until everything is at rest, see `Rest`.

    Fails with ``Bob's local marker at 160 (number 60) passed Alice #61, not delivered then``, or with ``went
    back from ... to ...``; as unknown when no marker moved.

    Example:
    | Then Bob's marker should reach message 160 within 60 seconds
    | And Bob's marker should never have skipped a message

    Source: plan L-2.3.
    """

    needs: ClassVar[tuple[str, ...]] = ("marker",)
    template: ClassVar[str] = "${device}'s marker should never have skipped a message"
    device: Device

    def run(self, world: World) -> None:
        world.expectations.judge("marker_integrity", self.device.name)


@dataclass(frozen=True)
class HeldBack(Step):
    """A newer message must reach a device live while its catch-up still runs, so that it has to wait there.

    ``number``: the `Number` of the message among those of its sender. This is no promise of the system; it
    makes sure that the scenario shows what it is there for.

    Waits at most 60 seconds, counted from this sentence, until the device reports the message as held, or its
    catch-up as ended. Inconclusive when the catch-up ended first (``Bob's catch-up had ended before message
    160 arrived live``): make the link slower, or send more before.

    Example:
    | And Bob starts catching up
    | And Alice sends messages 111 to 160
    | Then message 160 should arrive at Bob live while catch-up is still running

    Source: plan L-2.3.
    """

    template: ClassVar[str] = (
        "message ${number} should arrive at ${device} live while catch-up is still running"
    )
    number: int
    device: Device

    def run(self, world: World) -> None:
        world.expectations.held_during_catch_up(self.device.name, self.number)


@dataclass(frozen=True)
class MemoryGrows(Step):
    """A device's memory must not have grown by more than so much since it came online.

    ``size``: a `Size`: the highest resident memory since then, as Linux counts it, less what it was then.
    TIME_SCALE does not apply.

    Does not wait: it goes behind the sentence that waits for the backlog. Fails with ``expected Bob's memory
    to grow by at most 5.5 MB``. Inconclusive when all that the others sent is less than five times the size.
    Fails at once when the device did not come online in the scenario.

    Example:
    | When Bob comes online
    | Then Bob should receive everything within 60 seconds
    | And Bob's memory should have grown by at most 5.5 MB

    Source: plan L-2.2; proc(5), VmHWM.
    """

    template: ClassVar[str] = "${device}'s memory should have grown by at most ${size}"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.expectations.memory_growth(self.device.name, self.size)


@dataclass(frozen=True)
class IsSyncingAgain(Step):
    """A device must be connected and live.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all that was enqueued has happened, the faults that ended are proved to have healed, and the
    last state that the device reported is ``live``. Fails when the deadline passes (``expected Bob to be
    syncing again``).

    Example:
    | When Bob comes online
    | Then Bob should be syncing again within 10 seconds

    Source: plan L-1.2.
    """

    template: ClassVar[str] = "${device} should be syncing again within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.expectations.live(self.device.name, self.duration)


@dataclass(frozen=True)
class RecoversWithin(Step):
    """The last message that had to come must have come this soon after the proved end of the last fault.

    ``duration``: a `Duration`; TIME_SCALE applies, and the slack of `Deadlines` is added. What had to come is
    all that was sent before that end, at every device.

    Waits until everything is at rest, see `Rest`. Fails with ``recovery took 21.4 s after the last fault
    ended`` and the message that came last, or with what never came; as unknown when there was no fault, when
    one has not ended, or when nothing had been sent before that end.

    Example:
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds
    | And recovery should have taken at most 15 seconds

    Source: plan L-1.2.
    """

    template: ClassVar[str] = "recovery should have taken at most ${duration}"
    duration: Duration

    def run(self, world: World) -> None:
        world.expectations.recovered_within(self.duration)
