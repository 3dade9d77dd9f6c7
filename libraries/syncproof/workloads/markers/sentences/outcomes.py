"""Sentences about where read markers must have gone, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.markers.state import marked

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class MarkerReaches(Sentence):
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

    page = "Outcome"
    template = "${device}'s marker should reach message ${count} within ${duration}"
    needs = ("marker",)
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        name, count, within = self.device.name, self.count, self.duration
        world.verdicts.within(
            "marker_reaches",
            f"{name}'s marker to reach message {count}, here and on the relay",
            lambda: marked(world, name, "local") >= count and marked(world, name, "remote") >= count,
            within,
            name,
        )


class MarkerNeverSkips(Sentence):
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

    page = "Outcome"
    template = "${device}'s marker should never have skipped a message"
    needs = ("marker",)
    device: Device

    def run(self, world: World) -> None:
        world.verdicts.require_at_rest("marker_integrity", self.device.name)


class CatchUpBeforeMarker(Sentence):
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

    page = "Outcome"
    template = "${device} should run catch-up before advancing ${whose} marker"
    needs = ("marker",)
    device: Device
    whose: Possessive

    def run(self, world: World) -> None:
        name = self.device.name
        node = world.node(name)
        world.let_pass()
        if not node.came_back_ns:
            raise InvalidScenario(f"{name} has not been away in this scenario.")
        since = node.came_back_ns

        def order() -> list[records.Record]:
            found: list[records.Record] = [
                line
                for kind in (records.Catchup, records.Marker)
                for line in world.history.of(kind, name)
                if line.source == name and line.t_ns >= since  # not where the harness only read a marker
            ]
            return sorted(found, key=lambda line: (line.incarnation, line.source_seq))

        def marker_moved() -> bool:
            return any(isinstance(line, records.Marker) for line in order())

        world.verdicts.soon(
            "catch_up_before_marker", f"{name}'s marker to move after it woke up", marker_moved, name
        )
        if not any(n.what == "wake" and n.t_ns >= since for n in world.history.of(records.Note, name)):
            raise world.verdicts.failed(
                "catch_up_before_marker",
                (f"expected {name} to notice that it had been asleep; it reported no wake"),
            )
        for line in order():
            if isinstance(line, records.Catchup) and line.state in ("page", "ended"):
                return
            if isinstance(line, records.Marker):
                raise world.verdicts.failed(
                    "catch_up_before_marker",
                    (
                        f"expected {name} to run catch-up before advancing its marker; after the wake the marker went "
                        f"from {line.old} to {line.new} ({line.scope}) before any catch-up had taken a page"
                    ),
                )


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
        world.verdicts.require_at_rest("local_marker", self.device.name)


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
        name = self.device.name
        world.relay_log.read_at_rest("marker_debounce")
        world.verdicts.require(
            "marker_debounce",
            name,
            quiet_ns=world.topology.setting_ns("marker_debounce_s"),
            max_wait_ns=world.topology.setting_ns("marker_max_wait_s"),
        )


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
        name, count, within = self.device.name, self.count, self.duration
        group = world.topology.group
        client = world.of(OtherClients).of(name)
        stood: list[int] = []

        def marked() -> int:
            place = client.marker(group)
            return sum(
                1
                for entry in world.history.deliveries(name)
                if entry.author != name and entry.server_order is not None and entry.server_order <= place
            )

        def there() -> bool:
            if world.operations.received(name) < count:
                return False
            stood.append(marked())
            return stood[-1] == count

        if not world.wait_for(world.now_and_then(there), within.seconds):
            raise world.verdicts.failed(
                "server_marker",
                f"expected the relay to know {name}'s marker at message {count} within {within}; by its own word "
                f"it stands at {f'message {stood[-1]}' if stood else 'none, because not all messages came'}",
            )
