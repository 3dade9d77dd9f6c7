"""Sentences about what people do on their command lines, and what must come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.command_line.state import CommandLines

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HaveCommandLine(Sentence):
    """Give devices' users a command line: a device of its own, made by ``init``, which syncs with the same server.

    ``devices``: see `Devices`. Each command is a process of its own, which ends when it is done; the next one goes on
    where it was. These devices are in no group yet, and never in that of the scenario: what is judged at the end of
    every test are the devices themselves.

    Fails with what the command says where it cannot be done.

    Example:
    | When Alice and Bob have a command line
    | And Bob's command line pairs with Alice's

    Source: plan Z-CLI-01.
    """

    page = "Devices"
    template = "${devices} have a command line"
    devices: Devices

    def run(self, world: World) -> None:
        for device in self.devices:
            world.of(CommandLines).make(device.name)


class PairsOnCommandLine(Sentence):
    """Bring two command lines into one group: ``pair --create`` makes an invite, ``pair --join`` uses it.

    ``other``: whose command line makes the invite; it makes the group as well, where it is in none. Fails with what a
    command says where it cannot be done.

    Example:
    | When Alice and Bob have a command line
    | And Bob's command line pairs with Alice's

    Source: plan Z-CLI-01.
    """

    page = "Devices"
    template = "${device}'s command line pairs with ${other}'s"
    device: Device
    other: Device

    def run(self, world: World) -> None:
        lines = world.of(CommandLines)
        code = lines.run(self.other.name, "pair", "--create", "--passphrase", "test").code
        lines.run(self.device.name, "pair", "--join", code)


class PushesOnCommandLine(Sentence):
    """Say something on a command line, ``push``; it ends when the server has it.

    ``text``: a `Text`. Fails with what the command says where it cannot be done.

    Example:
    | And Bob's command line pairs with Alice's
    | And Alice's command line pushes "Hello from A"

    Source: plan Z-CLI-01.
    """

    page = "Devices"
    template = '${device}\'s command line pushes "${text}"'
    device: Device
    text: Text

    def run(self, world: World) -> None:
        world.of(CommandLines).run(self.device.name, "push", self.text.value)


class PullsOnCommandLine(Outcome):
    """A command line must show what another one has said, once.

    ``text``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Pulls again and again until it is shown. Fails when the deadline passes (``expected Bob's command line to pull
    "Hello from A"``, and what it pulled), and where it is shown twice.

    Example:
    | And Alice's command line pushes "Hello from A"
    | Then Bob's command line should pull "Hello from A" within 20 seconds

    Source: plan Z-CLI-01.
    """

    template = '${device}\'s command line should pull "${text}" within ${duration}'
    check = "pulled"
    device: Device
    text: Text
    duration: Duration

    def run(self, world: World) -> None:
        name, asked_ns = self.device.name, world.asked_ns
        within_ns = world.scaled_ns(self.duration) + world.slack_ns
        lines = world.of(CommandLines)
        while self.text.value not in lines.pull(name, within_ns / 1e9):
            if world.scheduler.now() >= asked_ns + within_ns:
                break
        world.verdicts.require(self.check, name, text=self.text.value, asked_ns=asked_ns, within_ns=within_ns)


class GivesUpOnCommandLine(Outcome):
    """Each command of a command line must end in its time where the server does not answer, and say so in one line.

    ``duration``: a `Duration`, for which each command is told to wait for the server. ``text``: what is pushed.

    Tries ``pair --create``, ``push``, ``pull``, ``status`` and ``devices``, one after the other. Fails
    where one goes on (``expected 'push' on Alice's command line to give up``), where its exit status is 0, and where it
    says nothing, or more than one line, beside what it shows as JSON. What is pushed so has to wait, and goes out with
    a command that reaches the server.

    Example:
    | When the relay is paused
    | Then Alice's command line should give up each command within 4 seconds, the push of "Hello again" too

    Source: plan Z-CLI-01.
    """

    template = (
        '${device}\'s command line should give up each command within ${duration}, the push of "${text}" too'
    )
    check = "gives_up"
    device: Device
    duration: Duration
    text: Text

    def run(self, world: World) -> None:
        name, lines, since_ns = self.device.name, world.of(CommandLines), world.scheduler.now()
        timeout_s = world.scaled_s(self.duration)
        within_ns = world.scaled_ns(self.duration) + world.slack_ns
        push = ("push", self.text.value)
        for words in (("pair", "--create"), push, ("pull",), ("status",), ("devices",)):
            lines.try_in_vain(name, words, timeout_s, within_ns)
        world.verdicts.require(self.check, name, since_ns=since_ns, within_ns=within_ns)
