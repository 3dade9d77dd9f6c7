"""Sentences about where read markers must have gone, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.trouble import InvalidScenario
from syncproof.kernel.verdicts import ASK_NS
from syncproof.workloads.markers.checks.reached import marked_by
from syncproof.workloads.markers.state import marked

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class MarkerReaches(Outcome):
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

    template = "${device}'s marker should reach message ${count} within ${duration}"
    check = "marker_reaches"
    needs = ("marker",)
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"count": self.count}

    def ready(self, world: World) -> bool:
        return all(marked(world, self.device.name, scope) >= self.count for scope in ("local", "remote"))


class MarkerNeverSkips(Outcome):
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

    template = "${device}'s marker should never have skipped a message"
    check = "marker_integrity"
    needs = ("marker",)
    device: Device


class CatchUpBeforeMarker(Outcome):
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

    template = "${device} should run catch-up before advancing ${whose} marker"
    check = "catch_up_before_marker"
    wait = SOON
    needs = ("marker",)
    device: Device
    whose: Possessive

    def limits(self, world: World) -> dict[str, Any]:
        world.let_pass()
        if not world.node(self.device.name).came_back_ns:
            raise InvalidScenario(f"{self.device} has not been away in this scenario.")
        return {}

    def ready(self, world: World) -> bool:
        name = self.device.name
        since = world.node(name).came_back_ns
        moves = world.history.of(records.Marker, name)
        return any(move.source == name and move.t_ns >= since for move in moves)


class LocalMarkerAtOnce(Outcome):
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

    template = "${device}'s local marker should have been kept with every message"
    check = "local_marker"
    needs = ("marker",)
    device: Device


class MarkerIsDebounced(Outcome):
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

    template = "${device}'s marker updates should have been debounced"
    check = "marker_debounce"
    needs = ("marker", "request_log")
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "quiet_ns": world.topology.setting_ns("marker_debounce_s"),
            "max_wait_ns": world.topology.setting_ns("marker_max_wait_s"),
        }

    def look(self, world: World) -> None:
        world.relay_log.read()


class RelayKnowsMarker(Outcome):
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

    template = "the relay should know ${device}'s marker at message ${count} within ${duration}"
    check = "server_marker"
    needs = ("marker", "other_client")
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(OtherClients).of(self.device.name)
        return {"count": self.count}

    def ready(self, world: World) -> bool:
        """By asking the relay now and then; what it answers goes on record where it is something new."""
        name, now = self.device.name, world.scheduler.now()
        told = world.history.notes("server_marker", name)
        if told and now - told[-1].t_ns < ASK_NS:
            return False
        place = world.of(OtherClients).of(name).marker(world.topology.group)
        world.note("server_marker", device=name, place=place)
        return marked_by(world.history, name, place) == self.count
