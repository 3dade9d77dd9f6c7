"""Sentences about how attachments went over the link: resumed, retried, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Percent
from syncproof.workloads.attachments.at_relay import AtRelay
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ResumedDownload(Outcome):
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

    template = "${device} should have resumed the download at ${share}"
    check = "resumed"
    needs = ("request_log",)
    device: Device
    share: Percent

    def limits(self, world: World) -> dict[str, Any]:
        ref = world.of(Attachments).last_to(self.device.name).ref
        return {"digest": ref.digest, "byte": round(ref.size * self.share.fraction)}

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()


class ResumedWhereItBroke(Outcome):
    """A device's download that broke off must have gone on from there, wherever that was.

    Like `${device} should have resumed the download at ${share}`, where nobody can say at which byte it breaks off: on
    a secured connection whole frames arrive, or none of their bytes. As unknown when it was not interrupted with a part
    of it there.

    Example:
    | And Bob's network is cut in the middle of the download
    | And Bob's network is restored after 5 seconds
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have resumed the download

    Source: plan S-BLOB-03; RFC 9110, 14.
    """

    template = "${device} should have resumed the download"
    check = "resumed"
    needs = ("range", "request_log")
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {"digest": world.of(Attachments).last_to(self.device.name).ref.digest, "byte": None}

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()


class TookUpDownload(Outcome):
    """A device that was killed in the middle of a download must have gone on from what it had on its disk.

    Waits until everything is at rest, see `Rest`. By the relay's own log of requests the device must have asked
    for the whole once, and after the kill for a rest: of what it had said that it has, at least half must not be
    fetched again. Fails with ``expected Bob to go on with the download``; as unknown when the device was not killed.

    Example:
    | And Bob is killed in the middle of the download
    | And Bob starts again after 2 seconds
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have resumed the download after the crash

    Source: plan L-4.2; RFC 9110, 14.
    """

    template = "${device} should have resumed the download after the crash"
    formerly = tuple(
        f"${{device}} should have taken up the download where {word} was killed"
        for word in ("he", "she", "it", "they")
    )
    check = "taken_up"
    needs = ("request_log",)
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        ref = world.of(Attachments).last_to(self.device.name).ref
        return {"digest": ref.digest, "size": ref.size}

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()


class ResumedUpload(Outcome):
    """A device whose upload broke off must have gone on behind what the server had of it.

    ``device``: the author of the last message with an attachment.

    Waits until everything is at rest, see `Rest`. By the server's own log of requests the device must not have brought
    again what the server had confirmed before; of a server that was killed, the log since its start is judged. Fails
    with ``expected Alice to go on with the upload where it broke off``; as unknown when it did not break off in the
    middle, with a part of it confirmed. An attachment that the system uploads in one piece cannot be gone on with: on
    the bundled system that is one of up to 256 KiB.

    Example:
    | Given Alice's upstream bandwidth is limited to 200 KB/s
    | And the relay is killed in the middle of Alice's upload
    | And the relay is restarted after 2 seconds
    | Then Bob should have all attachments within 60 seconds
    | And Alice should have resumed the upload

    Source: plan L-4.2; draft-ietf-httpbis-resumable-upload.
    """

    template = "${device} should have resumed the upload"
    check = "resumed_upload"
    needs = ("range", "request_log")
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        ref = world.of(Attachments).last_of(self.device.name).ref
        return {"digest": ref.digest, "size": ref.size}

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()


class BackedOff(Outcome):
    """A device must have waited longer before each retry of a download, and must have kept to what it said.

    Like `${device}'s retries should have backed off`, of two retries at least, and by the device's own word of when it
    began a download.

    Example:
    | And Bob's download is cut at 50%
    | Then Bob should have all attachments within 60 seconds
    | And Bob should have backed off before each retry of the download

    Source: plan L-4.2.
    """

    template = "${device} should have backed off before each retry of the download"
    check = "retry_backoff"
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return _backoff(world, attempts=2)


class FetchedOnce(Outcome):
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

    template = "${device} should have fetched ${author}'s attachment once"
    check = "fetched_once"
    needs = ("request_log",)
    device: Device
    author: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {"digest": world.of(Attachments).last_of(self.author.name).ref.digest}

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()


class BacksOff(Outcome):
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

    template = "${device}'s retries should have backed off"
    check = "retry_backoff"
    needs = ("request_log",)
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return _backoff(world, attempts=3)

    def look(self, world: World) -> None:
        world.relay_log.read()


def _backoff(world: World, *, attempts: int) -> dict[str, int]:
    """How this system's devices back off, and how many attempts a series must have had."""
    return {
        "attempts": attempts,
        "base_ns": world.topology.setting_ns("retry_base_s"),
        "max_ns": world.topology.setting_ns("retry_max_s"),
        "jitter_percent": round(world.topology.setting("retry_jitter") * 100),
        "ttl_ns": world.topology.setting_ns("retry_ttl_s"),
    }
