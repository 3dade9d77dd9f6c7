"""Sentences about how attachments were fetched: resumed, retried, once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Device, Pronoun
from syncproof.kernel.quantities import Percent
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.server import RequestLine
from syncproof.workloads.attachments.state import Attachments, Sent

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ResumedDownload(Sentence):
    """A device's download must have broken off at exactly this share, and have gone on from there.

    ``share``: a `Percent` of the last attachment that another device sent.

    Waits until everything is at rest, see `Rest`. By the relay's own log of requests the device must have asked
    for the whole once, then for the rest from that byte on, and never again for what it had. Fails with ``expected
    Bob's download to break off at byte 500000 and to go on from there``; as unknown when it was not interrupted.

    Example:
    | And Bob's download is cut at 50%
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have resumed the download at 50%

    Source: plan L-4.2; RFC 9110, 14.
    """

    page = "Outcome"
    template = "${device} should have resumed the download at ${share}"
    needs = ("request_log",)
    device: Device
    share: Percent

    def run(self, world: World) -> None:
        name, share = self.device.name, self.share
        sent = world.of(Attachments).last_to(name)
        world.verdicts.at_rest()
        byte = round(sent.ref.size * share.fraction)
        breaks = [
            line.offset
            for line in world.history.of(records.Blob, name)
            if line.digest == sent.ref.digest and line.state == "interrupted"
        ]
        starts = [request.start for request in _requests(world, name, sent)]
        world.note("ranges", device=name, digest=sent.ref.digest, asked=starts, broke_off=breaks)
        if not breaks:
            raise world.verdicts.unknown("resumed", f"{name}'s download was not interrupted")
        if breaks[0] != byte or starts[:1] != [0] or starts[1:2] != [byte] or starts != sorted(set(starts)):
            raise world.verdicts.failed(
                "resumed",
                f"expected {name}'s download to break off at byte {byte} and to go on from there; it broke off at "
                f"{_listed(breaks)}, and by the relay's log {name} asked for the bytes from {_listed(starts)} on",
            )


class TookUpDownload(Sentence):
    """A device that was killed in the middle of a download must have gone on from what it had on its disk.

    ``pronoun``: see `Pronoun`.

    Waits until everything is at rest, see `Rest`. By the relay's own log of requests the device must have asked
    for the whole once, and after the kill for a rest: of what it had said that it has, at least half must not be
    fetched again. Fails with ``expected Bob to go on with the download``; as unknown when the device was not killed.

    Example:
    | And Bob is killed in the middle of the download
    | And Bob starts again after 2 seconds
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have taken up the download where he was killed

    Source: plan L-4.2; RFC 9110, 14.
    """

    page = "Outcome"
    template = "${device} should have taken up the download where ${pronoun} was killed"
    needs = ("request_log",)
    device: Device
    pronoun: Pronoun

    def run(self, world: World) -> None:
        name = self.device.name
        sent = world.of(Attachments).last_to(name)
        world.verdicts.at_rest()
        told = [line for line in world.history.of(records.Blob, name) if line.digest == sent.ref.digest]
        lives = {line.incarnation for line in told if line.source == name}
        held = max((line.offset for line in told if line.incarnation == min(lives)), default=0)
        starts = [request.start for request in _requests(world, name, sent)]
        world.note("ranges", device=name, digest=sent.ref.digest, asked=starts, held=held)
        if len(lives) < 2 or not 0 < held < sent.ref.size:
            raise world.verdicts.unknown("taken_up", f"{name} was not killed in the middle of a download")
        if len(starts) < 2 or starts[0] or starts != sorted(set(starts)) or 2 * starts[1] < held:
            raise world.verdicts.failed(
                "taken_up",
                f"expected {name} to go on with the download where it was killed, with {held} bytes; by the relay's "
                f"log {name} asked for the bytes from {_listed(starts)} on",
            )


class BackedOff(Sentence):
    """A device must have waited longer before each retry of a download, and must have kept to what it said.

    Waits until everything is at rest, see `Rest`. Each delay on record must be longer than the one before, up to
    the longest that the system has, and the next attempt must not have begun before it was due.

    Fails with ``expected Bob to wait longer before each retry of the download``; as unknown with fewer than two
    retries on record.

    Example:
    | And Bob's download is cut at 50%
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have backed off before each retry of the download

    Source: plan L-4.2.
    """

    page = "Outcome"
    template = "${device} should have backed off before each retry of the download"
    device: Device

    def run(self, world: World) -> None:
        name = self.device.name
        world.verdicts.at_rest()
        jitter = world.profile.settings.get("retry_jitter", 0.2)
        cap_ms = world.topology.setting_ns("retry_max_s") * (1 - jitter) / 1e6
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


class FetchedOnce(Sentence):
    """A device must have fetched an attachment from the relay once, however many messages speak of it.

    ``author``: the device whose last attachment it is.

    Waits until everything is at rest, see `Rest`; then counts the answers with bytes of it in the relay's own log of
    requests. Fails with ``expected Bob to fetch Alice's attachment alice-1.bin once``.

    Example:
    | And Alice writes an entry with the same attachment
    | Then Bob should show Alice's entry within 20 seconds
    | And Bob should have fetched Alice's attachment once

    Source: plan L-4.1.
    """

    page = "Outcome"
    template = "${device} should have fetched ${author}'s attachment once"
    needs = ("request_log",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        name, author = self.device.name, self.author.name
        sent = world.of(Attachments).last_of(author)
        world.verdicts.at_rest()
        requests = _requests(world, name, sent)
        if len(requests) != 1:
            raise world.verdicts.failed(
                "fetched_once",
                f"expected {name} to fetch {author}'s attachment {sent.ref.name} once; by the relay's log it asked "
                f"{counted(len(requests), 'time')}",
            )


def _requests(world: World, name: str, sent: Sent) -> list[RequestLine]:
    """Answers with bytes of this attachment that the relay has given the device; who wants to judge by them."""
    identity = world.node(name).identity
    world.relay_log.read()
    return [
        line
        for line in world.relay_log.requests
        if (line.method, line.path, line.who) == ("GET", f"/blobs/{sent.ref.digest}", identity)
        and line.status in (200, 206)
    ]


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
