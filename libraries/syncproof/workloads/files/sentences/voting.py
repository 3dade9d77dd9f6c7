"""Sentences about users who choose one of several versions together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class VotesFor(Sentence):
    """Let a user be for one of several versions of a file, which all the others shall give way to.

    ``author``: the `Device` whose user wrote that version last. ``path``: a `Text`. When more than half of all devices
    are for the same version, the others are there no more, on any device. A vote on the same versions stays.

    Enqueues; each vote counts as one of the device's messages. Fails at once when the device does not have that version
    beside another one by then.

    Example:
    | Then file "plan.txt" should have 2 versions everywhere within 10 seconds
    | When Carol votes for Bob's version of file "plan.txt"

    Source: plan P-2.3.3.
    """

    page = "Devices"
    template = '${device} votes for ${author}\'s version of file "${path}"'
    needs = ("folders:votes",)
    roles = ("sends",)
    device: Device
    author: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).vote(self.device.name, self.author.name, str(self.path))


class AllVoteFor(Sentence):
    """Let several users be for the same one of several versions of a file.

    ``devices``: see `Devices`. ``author``: the `Device` whose user wrote that version last. ``path``: a `Text`.

    Otherwise like `${device} votes for ${author}'s version of file "${path}"`.

    Example:
    | Then file "plan.txt" should have 2 versions everywhere within 10 seconds
    | When Alice, Bob and Carol vote for Bob's version of file "plan.txt"

    Source: plan P-3.3.1.
    """

    page = "Devices"
    template = '${devices} vote for ${author}\'s version of file "${path}"'
    needs = ("folders:votes",)
    roles = ("sends",)
    devices: Devices
    author: Device
    path: Text

    def run(self, world: World) -> None:
        for device in self.devices:
            world.of(Files).vote(device.name, self.author.name, str(self.path))


class EachVotesForItself(Sentence):
    """Let each of several users be for the own one of several versions of a file.

    ``devices``: see `Devices`; each of them has written a version. ``path``: a `Text`.

    Otherwise like `${device} votes for ${author}'s version of file "${path}"`.

    Example:
    | When Alice and Bob each vote for their own version of file "plan.txt"
    | Then file "plan.txt" should have 2 versions everywhere within 10 seconds

    Source: plan P-2.3.3.
    """

    page = "Devices"
    template = '${devices} each vote for their own version of file "${path}"'
    needs = ("folders:votes",)
    roles = ("sends",)
    devices: Devices
    path: Text

    def run(self, world: World) -> None:
        for device in self.devices:
            world.of(Files).vote(device.name, device.name, str(self.path))
