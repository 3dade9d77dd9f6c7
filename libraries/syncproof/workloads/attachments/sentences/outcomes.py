"""Sentences about what must have come of attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Possessive, Pronoun
from syncproof.kernel.quantities import Duration, Percent, Size
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HoldsBack(Sentence):
    """A device must have the descriptor of an entry, and not show the entry while its attachment is missing.

    ``author``: the device whose last entry it is.

    Waits at most 5 seconds until the device has delivered the descriptor and reports that it waits for an
    attachment (``pendingJsonPaths``); then asks it for the entry. Fails with ``expected Bob to hold back Alice's
    entry``. Inconclusive when the attachment came before anybody could look.

    Example:
    | And Alice writes an entry with an attachment of 100 KB
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    page = "Outcome"
    template = "${device} should hold back ${author}'s entry"
    needs = ("awaits",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        world.attachment_outcomes.held_back(self.device.name, self.author.name)


class ShowsEntry(Sentence):
    """A device must show an entry as it was written, with its attachment whole.

    ``author``: the device whose last entry it is. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device shows that version, and reads the attachment back from it and hashes it. Fails when the
    deadline passes (``expected Bob to show Alice's entry with its attachment``).

    Example:
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    page = "Outcome"
    template = "${device} should show ${author}'s entry within ${duration}"
    needs = ("awaits",)
    device: Device
    author: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.attachment_outcomes.shown(self.device.name, self.author.name, self.duration)


class ReportsMissing(Sentence):
    """A device must have reported that the system does not have an attachment.

    ``author``: the device whose last attachment it is.

    Waits at most 5 seconds for that to be on record. Fails with ``expected Bob to report that Alice's attachment
    is missing``.

    Example:
    | And Alice's attachment is lost on the relay
    | And Bob comes online
    | Then Bob should report Alice's attachment as missing

    Source: plan L-4.3.
    """

    page = "Outcome"
    template = "${device} should report ${author}'s attachment as missing"
    needs = ("awaits",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        world.attachment_outcomes.reported_missing(self.device.name, self.author.name)


class RejectsDamaged(Sentence):
    """A device must have thrown damaged bytes of an attachment away.

    ``author``: the device whose last attachment it is.

    Waits at most 5 seconds for that to be on record. Fails with ``expected Bob to reject the damaged attachment``.
    That the device never handed the damaged bytes out is judged at the end of every test.

    Example:
    | And Alice's attachment is damaged on the relay
    | And Bob comes online
    | Then Bob should have rejected Alice's damaged attachment

    Source: plan L-4.2.
    """

    page = "Outcome"
    template = "${device} should have rejected ${author}'s damaged attachment"
    device: Device
    author: Device

    def run(self, world: World) -> None:
        world.attachment_outcomes.rejected(self.device.name, self.author.name)


class LooksAgain(Sentence):
    """A device must have run a descriptor catch-up: looked again for attachments that it had given up.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device counts one (``descriptorCatchUps``). Fails when the deadline passes (``expected Bob to
    have looked again, by descriptor catch-up``).

    Example:
    | Then Bob should report Alice's attachment as missing
    | And Bob should look again by descriptor catch-up within 60 seconds

    Source: plan L-4.3.
    """

    page = "Outcome"
    template = "${device} should look again by descriptor catch-up within ${duration}"
    needs = ("awaits",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.attachment_outcomes.descriptor_catch_up(self.device.name, self.duration)


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
        world.attachment_outcomes.resumed(self.device.name, self.share)


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
        world.attachment_outcomes.taken_up(self.device.name)


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
        world.attachment_outcomes.backed_off(self.device.name)


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
        world.attachment_outcomes.fetched_once(self.device.name, self.author.name)


class NobodySeesAPart(Sentence):
    """No device may ever have handed out a part of an attachment, and there must have been looks that would tell.

    Waits until everything is at rest, see `Rest`. Every device was asked for what was on its way to it, all the time:
    each answer must have been nothing, or the whole. Fails with ``Bob handed out something else than the whole
    attachment: Alice #1``; as unknown when nobody looked while an attachment was on its way.

    Example:
    | Then Bob should have all attachments within 60 seconds
    | And nobody should ever have seen a part of an attachment

    Source: plan L-4.2.
    """

    page = "Outcome"
    template = "nobody should ever have seen a part of an attachment"

    def run(self, world: World) -> None:
        world.attachment_outcomes.never_a_part()


class KnowsNames(Sentence):
    """A device must know each attachment by the name that its author gave it.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob to know attachments by their names;
    'two words.txt' came as 'two'``.

    Example:
    | When Alice sends a message with an attachment named "two words.txt"
    | Then Bob should know all attachments by their names

    Source: plan L-4.1.
    """

    page = "Outcome"
    template = "${device} should know all attachments by their names"
    device: Device

    def run(self, world: World) -> None:
        world.attachment_outcomes.named(self.device.name)


class StaysInside(Sentence):
    """A device must not have written any file outside its own folder that is called like an attachment.

    ``possessive``: see `Possessive`.

    Waits until everything is at rest, see `Rest`; then the machine is searched: the folder of all devices, or the
    container that the device has for itself. Fails with ``expected Bob to write in its own folder only``.

    Example:
    | When Alice sends a message with an attachment named "../../escaped.txt"
    | Then Bob should have all attachments within 10 seconds
    | And Bob should have written in his own folder only

    Source: plan L-4.1; CWE-22 (path traversal).
    """

    page = "Outcome"
    template = "${device} should have written in ${possessive} own folder only"
    device: Device
    possessive: Possessive

    def run(self, world: World) -> None:
        world.attachment_outcomes.stayed_inside(self.device.name)


class NobodysMemoryGrows(Sentence):
    """No device's memory, and not the relay's, may have grown by more than this since it was measured.

    ``size``: a `Size`. It is compared with the highest that each has ever had resident since ``everybody's memory is
    measured``.

    Fails with ``expected nobody's memory to grow by more than 10 MB``; as unknown when the attachments have less
    than three times as much: they could all be in memory, and nobody would see.

    Example:
    | And everybody's memory is measured
    | When Alice sends a message with an attachment of 50 MB
    | Then nobody's memory should have grown by more than 10 MB

    Source: plan L-4.2.
    """

    page = "Outcome"
    template = "nobody's memory should have grown by more than ${size}"
    size: Size

    def run(self, world: World) -> None:
        world.attachment_outcomes.memory_growth(self.size)
