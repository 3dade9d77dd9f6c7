"""What sentences about attachments expect, beyond that they are all there in the end."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.attachments import Sent
from syncproof.kernel.quantities import Duration, Percent, Size
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.server import RequestLine
from syncproof.systems.stack import Program

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: For what must be on record already, or within the slack, at scale 1.
SOON = Duration(5)


class AttachmentOutcomes:
    """The `Then` of attachments."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._memory: dict[str, int] = {}

    def held_back(self, name: str, author: str) -> None:
        """The descriptor is there, the entry is not shown, and the device says that it waits."""
        world, node = self._world, self._world.node(name)
        sent = world.attachments.last_entry_of(author)

        def there() -> bool:
            return sent.op_id in world.history.delivered(name) and (
                node.agent.metrics().get("pendingJsonPaths", 0) > 0
                or world.attachments.entry(node, sent) is not None
            )

        self._within("entry_held_back", f"{name} to hold back {author}'s entry", there, SOON, name)
        if world.attachments.entry(node, sent) is None:
            world.note("held_back", device=name, entry=sent.entry)
        elif world.attachments.read(node, sent.ref.digest) is None:
            raise world.verdicts.failed(
                "entry_held_back",
                f"expected {name} to hold back {author}'s entry until its attachment {sent.ref.name} is there; {name} "
                "shows the entry and has no such attachment",
            )
        else:
            raise world.verdicts.unknown(
                "entry_held_back",
                f"{name} had the attachment before anybody could look. Make the link slower, or the attachment larger",
            )

    def shown(self, name: str, author: str, within: Duration) -> None:
        """The entry is shown as it was sent, and its attachment is whole."""
        world, node = self._world, self._world.node(name)
        sent = world.attachments.last_entry_of(author)

        def complete() -> bool:
            state = world.attachments.entry(node, sent)
            if state is None or state.winner is None:
                return False
            winner = next(each for each in state.siblings if each.version == state.winner)
            seen = world.attachments.read(node, sent.ref.digest)
            return (
                winner.digest == world.history.operations[sent.op_id].digest
                and seen is not None
                and seen.content == sent.ref.digest
            )

        self._within(
            "entry_shown", f"{name} to show {author}'s entry with its attachment", complete, within, name
        )

    def reported_missing(self, name: str, author: str) -> None:
        """The device has told that the system does not have the attachment."""
        digest = self._world.attachments.last_of(author).ref.digest
        self._within(
            "reported_missing",
            f"{name} to report that {author}'s attachment is missing",
            lambda: self._told(name, digest, "missing"),
            SOON,
            name,
        )

    def rejected(self, name: str, author: str) -> None:
        """The device has thrown damaged bytes away, and never called them the attachment."""
        sent = self._world.attachments.last_of(author)
        self._within(
            "damage_rejected",
            f"{name} to reject the damaged attachment of {author}",
            lambda: self._told(name, sent.ref.digest, "corrupt"),
            SOON,
            name,
        )

    def descriptor_catch_up(self, name: str, within: Duration) -> None:
        """The device has looked again for attachments that it had given up."""
        node = self._world.node(name)
        self._within(
            "descriptor_catch_up",
            f"{name} to have looked again, by descriptor catch-up, for what it had given up",
            lambda: node.agent.metrics().get("descriptorCatchUps", 0) > 0,
            within,
            name,
        )

    def resumed(self, name: str, share: Percent) -> None:
        """It broke off at exactly that byte, went on from there, and never began anew: by the relay's own log."""
        world, sent = self._world, self._world.attachments.last_to(name)
        world.verdicts.at_rest()
        byte = round(sent.ref.size * share.fraction)
        breaks = [
            line.offset
            for line in world.history.of(records.Blob, name)
            if line.digest == sent.ref.digest and line.state == "interrupted"
        ]
        starts = [request.start for request in self._requests("resumed", name, sent)]
        world.note("ranges", device=name, digest=sent.ref.digest, asked=starts, broke_off=breaks)
        if not breaks:
            raise world.verdicts.unknown("resumed", f"{name}'s download was not interrupted")
        if breaks[0] != byte or starts[:1] != [0] or starts[1:2] != [byte] or starts != sorted(set(starts)):
            raise world.verdicts.failed(
                "resumed",
                f"expected {name}'s download to break off at byte {byte} and to go on from there; it broke off at "
                f"{_listed(breaks)}, and by the relay's log {name} asked for the bytes from {_listed(starts)} on",
            )

    def taken_up(self, name: str) -> None:
        """After its kill it asked for a rest only: by the relay's own log."""
        world, sent = self._world, self._world.attachments.last_to(name)
        world.verdicts.at_rest()
        told = [line for line in world.history.of(records.Blob, name) if line.digest == sent.ref.digest]
        lives = {line.incarnation for line in told if line.source == name}
        held = max((line.offset for line in told if line.incarnation == min(lives)), default=0)
        starts = [request.start for request in self._requests("taken_up", name, sent)]
        world.note("ranges", device=name, digest=sent.ref.digest, asked=starts, held=held)
        if len(lives) < 2 or not 0 < held < sent.ref.size:
            raise world.verdicts.unknown("taken_up", f"{name} was not killed in the middle of a download")
        if len(starts) < 2 or starts[0] or starts != sorted(set(starts)) or 2 * starts[1] < held:
            raise world.verdicts.failed(
                "taken_up",
                f"expected {name} to go on with the download where it was killed, with {held} bytes; by the relay's "
                f"log {name} asked for the bytes from {_listed(starts)} on",
            )

    def fetched_once(self, name: str, author: str) -> None:
        """One answer with bytes of the attachment is in the relay's log."""
        world, sent = self._world, self._world.attachments.last_of(author)
        world.verdicts.at_rest()
        requests = self._requests("fetched_once", name, sent)
        if len(requests) != 1:
            raise world.verdicts.failed(
                "fetched_once",
                f"expected {name} to fetch {author}'s attachment {sent.ref.name} once; by the relay's log it asked "
                f"{counted(len(requests), 'time')}",
            )

    def backed_off(self, name: str) -> None:
        """Delays grow, and each further try came when it was due, not before."""
        world = self._world
        world.verdicts.at_rest()
        settings, scale = world.profile.settings, world.scale
        cap_ms = settings["retry_max_s"] * (1 - settings.get("retry_jitter", 0.2)) * scale * 1000
        retries_and_steps: list[records.Retry | records.Blob] = [
            *(line for line in world.history.of(records.Retry, name) if line.what == "download"),
            *(line for line in world.history.of(records.Blob, name) if line.state == "downloading"),
        ]
        told = sorted(retries_and_steps, key=lambda line: (line.incarnation, line.source_seq))
        retries = [line for line in told if isinstance(line, records.Retry)]
        if len(retries) < 2:
            raise world.verdicts.unknown(
                "backed_off",
                f"{name} scheduled {counted(len(retries), 'retry', 'retries')} of a download: no delay could grow",
            )
        hasty = [
            (first.due_ns - second.t_ns) / 1e6
            for first, second in pairwise(told)
            if isinstance(first, records.Retry)
            and isinstance(second, records.Blob)
            and second.t_ns < first.due_ns
        ]
        shrunk = [
            (first.delay_ms, second.delay_ms)
            for first, second in pairwise(retries)
            if second.attempt > first.attempt and second.delay_ms <= first.delay_ms < cap_ms
        ]
        delays = _listed([round(retry.delay_ms) for retry in retries])
        if hasty or shrunk:
            raise world.verdicts.failed(
                "backed_off",
                f"expected {name} to wait longer before each retry of the download; its delays were {delays} ms"
                + (f", and it tried {max(hasty):.0f} ms too early" if hasty else ""),
            )

    def never_a_part(self) -> None:
        """No look at any device has ever seen a part of an attachment, and there were looks while it could have."""
        world = self._world
        world.verdicts.at_rest()
        world.attachments.read_all()
        if not any(line.state == "absent" for line in world.history.of(records.Blob)):
            raise world.verdicts.unknown(
                "whole_attachments",
                "nobody looked while an attachment was on its way. Make the link slower, or the attachment larger",
            )
        world.verdicts.require("whole_attachments", None)

    def named(self, name: str) -> None:
        """Each attachment has at this device the name that its author gave it."""
        world = self._world
        world.verdicts.at_rest()
        wrong: list[str] = []
        sent = [each for each in world.attachments.sent if each.author != name]
        for each in sent:
            delivery = world.history.delivered(name).get(each.op_id)
            names = delivery.names if delivery else ()
            if names != (each.ref.name,):
                wrong.append(f"'{each.ref.name}' came as {' and '.join(map(repr, names)) or 'nothing'}")
        if not sent:
            raise InvalidScenario(f"Nobody sends {name} an attachment in this scenario.")
        if wrong:
            raise world.verdicts.failed(
                "attachment_names", f"expected {name} to know attachments by their names; {'; '.join(wrong)}"
            )

    def stayed_inside(self, name: str) -> None:
        """No file that is called like an attachment lies outside the device's own folder."""
        world = self._world
        world.verdicts.at_rest()
        storage = world.attachments.storage(world.node(name))
        found = [
            stray
            for each in world.attachments.sent
            for stray in storage.strays(posixpath.basename(each.ref.name))
        ]
        if found:
            raise world.verdicts.failed(
                "stays_in_its_folder",
                f"expected {name} to write in its own folder only; outside of it lies {', '.join(found)}",
            )

    def measure_memory(self) -> None:
        """Remember what everybody has in memory now, and let the peaks begin again."""
        stack = self._world.test_bed.stack
        self._memory = {name: stack.reset_peak(program) for name, program in self._programs()}

    def memory_growth(self, at_most: Size) -> None:
        """Nobody's peak since then is higher by more than this, and what was sent is much more than this."""
        world = self._world
        if not self._memory:
            raise InvalidScenario("Nobody's memory was measured: say first from when on it is.")
        total = sum(each.ref.size for each in world.attachments.sent)
        grown = {
            name: world.test_bed.stack.peak_bytes(program) - self._memory[name]
            for name, program in self._programs()
        }
        world.note("memory", grown=grown, allowed=at_most.bytes, attachments=total)
        if total < 3 * at_most.bytes:
            raise world.verdicts.unknown(
                "bounded_memory",
                f"the attachments have {Size(total)}, less than three times the {at_most} that memory may grow "
                "by: they could all be in memory and nobody would see",
            )
        over = [f"{name}'s by {Size(by)}" for name, by in grown.items() if by > at_most.bytes]
        if over:
            raise world.verdicts.failed(
                "bounded_memory",
                f"expected nobody's memory to grow by more than {at_most} over attachments of {Size(total)}; it grew: "
                f"{', '.join(over)}",
            )

    def _programs(self) -> list[tuple[str, Program]]:
        world = self._world
        return [
            *((node.name, node.process) for node in world.topology.nodes.values()),
            ("the relay", world.test_bed.server.process),
        ]

    def _told(self, name: str, digest: str, state: str) -> bool:
        return any(
            line.digest == digest and line.state == state
            for line in self._world.history.of(records.Blob, name)
        )

    def _requests(self, checker: str, name: str, sent: Sent) -> list[RequestLine]:
        """Answers with bytes of this attachment that the relay has given the device; who wants to judge by them."""
        identity = self._world.node(name).identity
        self._world.relay_log.read(checker)
        return [
            line
            for line in self._world.relay_log.requests
            if (line.method, line.path, line.who) == ("GET", f"/blobs/{sent.ref.digest}", identity)
            and line.status in (200, 206)
        ]

    def _within(
        self, checker: str, what: str, predicate: Callable[[], bool], within: Duration, name: str
    ) -> None:
        if not self._world.wait_for(predicate, within.seconds):
            raise self._world.verdicts.unmet(checker, what, within, name)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
