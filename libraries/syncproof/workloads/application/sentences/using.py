"""Sentences that say what a user does with the application on a device."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from syncproof.faults.program import Killed
from syncproof.kernel.agent import AgentSilent, Request
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.application import surface
from syncproof.workloads.application.checks.left import ASKED
from syncproof.workloads.application.closing import Closed

if TYPE_CHECKING:
    from syncproof.kernel.world import World

T = TypeVar("T", surface.Flushed, surface.Focused)
#: How long closing an application may take, at most.
CLOSING = Duration(0.5)


class LosesFocus(Sentence):
    """The application on a device leaves the foreground.

    Hands over the messages that are due, then tells the device; how long that kept it goes on record.

    Example:
    | When Alice's network goes silent
    | And Alice sends 20 messages
    | And Alice's application loses focus
    | Then Alice's application should have been free again within 500 ms

    Source: plan Z-11.4 (Z-LIFE-04).
    """

    page = "Devices"
    template = "${device}'s application loses focus"
    device: Device

    def run(self, world: World) -> None:
        _focus(world, self.device.name, focused=False)


class GainsFocus(Sentence):
    """The application on a device comes to the foreground.

    Hands over the messages that are due, then tells the device; how long that kept it goes on record.

    Example:
    | When Bob's application loses focus
    | And Bob's application gains focus
    | Then Bob should have begun to sync within 100 ms of gaining focus

    Source: plan Z-11.4 (Z-LIFE-04).
    """

    page = "Devices"
    template = "${device}'s application gains focus"
    device: Device

    def run(self, world: World) -> None:
        _focus(world, self.device.name, focused=True)


class Flushes(Sentence):
    """The application on a device pushes what waits, for as long as its user has.

    ``duration``: a `Duration`, the most that it may take; TIME_SCALE does not apply, a user is as patient as ever.

    Hands over the messages that are due, then asks for the flush and waits for its answer: how many were pushed, how
    many still wait, and how long it took go on record.

    Example:
    | When Alice's upstream bandwidth is limited to 5 KB/s
    | And Alice sends 100 messages of 2 KB
    | And Alice's application flushes within 500 ms
    | Then Alice should have kept what was not pushed

    Source: plan Z-11.4 (Z-LIFE-02).
    """

    page = "Devices"
    template = "${device}'s application flushes within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.operations.flush()
        _ask(world, self.device.name, "flush", surface.Flush(self.duration.seconds * 1000))


class Closes(Sentence):
    """The user of a device closes the application: it pushes what it can in half a second, and its process ends.

    ``possessive``: see `Possessive`.

    Hands over the messages that are due, then closes it, and waits at most 60 seconds for the process to end. From then
    on it is dead like a device that was killed, until `${device} starts again after ${duration}`.

    Inconclusive when nothing was outstanding at the device while it was closed.

    Example:
    | And Alice sends 100 messages of 2 KB
    | And Alice closes her application
    | And Alice starts again after 2 seconds
    | Then Bob should receive all 100 messages within 30 seconds

    Source: plan Z-11.4 (Z-LIFE-05).
    """

    page = "Devices"
    template = "${device} closes ${possessive} application"
    roles = ("kills",)
    device: Device
    possessive: Possessive

    def run(self, world: World) -> None:
        world.operations.flush()
        name = self.device.name
        node = world.node(name)
        world.topology.expect_silence(name)
        _ask(
            world,
            name,
            "close",
            surface.Close(CLOSING.seconds * 1000),
            lambda: world.run_until(f"{name}'s process to end", lambda: not node.process.alive(), PATIENCE_S),
        )
        closed = Killed(
            name, (name,), lambda: Closed(world.node(name).process), lambda: world.topology.start_again(name)
        )
        closed.engine = "close request"
        world.faults.begin(closed)


def _focus(world: World, name: str, *, focused: bool) -> None:
    world.operations.flush()
    _ask(world, name, "gain focus" if focused else "lose focus", surface.Focus(focused))


def _ask(
    world: World, name: str, asked: str, request: Request[T], wait: Callable[[], None] = lambda: None
) -> None:
    """Ask an application, and put on record how long that kept it: as long as the harness waited if it is still busy.

    wait: for what has to come behind the answer.
    """
    node, began_ns = world.node(name), world.scheduler.now()
    answer: surface.Flushed | surface.Focused | None = None
    told: dict[str, float] = {}
    try:
        answer = node.agent.ask(request)
    except AgentSilent:
        if not node.process.alive():
            raise
    if isinstance(answer, surface.Flushed):
        begun_ns = world.scheduler.now() - round(answer.took_ms * 1e6)  # or a little earlier
        told = {"pushed": answer.pushed, "pending": answer.pending, "begun_ns": begun_ns}
    wait()
    seen_ms = (world.scheduler.now() - began_ns) / 1e6
    took_ms = seen_ms if answer is None else answer.took_ms
    world.note(ASKED, device=name, asked=asked, seen_ms=seen_ms, took_ms=took_ms, **told)
