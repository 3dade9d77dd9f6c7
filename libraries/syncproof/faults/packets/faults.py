"""Faults of packets on the way between a device and what it syncs through; the kernel's counters are their proof."""

from __future__ import annotations

import contextlib
import itertools
import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from syncproof.faults.packets import rules
from syncproof.faults.packets.errors import PacketError, PacketsUnavailable
from syncproof.faults.packets.namespace import End, Namespace, PacketPath
from syncproof.faults.packets.queue import user_space_delay
from syncproof.faults.packets.rules import Count, Held, Loss, RandomLoss
from syncproof.kernel.fault import Fault

#: How often the kernel is asked what it has counted: each time costs a process, in a container a tenth of a second.
LOOK_NS = 250_000_000

_COUNT = itertools.count(1)


class Figures(Protocol):
    """What was counted, which adds up over ends and directions."""

    def __add__(self, other: Self, /) -> Self: ...


F = TypeVar("F", bound=Figures)


class PacketFault(Fault, Generic[F]):
    """A fault on one or several ways. Begins everywhere or nowhere; every single way has to show that it bit.

    direction: both, upstream (from the device) or downstream. now: CLOCK_MONOTONIC, ns.
    """

    def __init__(self, paths: Sequence[PacketPath], direction: str, now: Callable[[], int]) -> None:
        names = tuple(path.owner for path in paths)
        super().__init__(names, names)
        self.direction = direction
        self._paths, self._now = tuple(paths), now
        self._ways = ("downstream", "upstream") if direction == "both" else (direction,)
        self._begun: dict[str, contextlib.ExitStack] = {}
        self._looks: dict[str, list[Callable[[], F]]] = {}
        self._look_ns = 0
        self._in_all = ""

    def begin(self) -> None:
        """Raises PacketError, PacketsUnavailable; then nothing has begun."""
        with contextlib.ExitStack() as all_begun:
            begun = {path.owner: all_begun.enter_context(contextlib.ExitStack()) for path in self._paths}
            looks = {path.owner: self._on_all_ways(path, begun[path.owner]) for path in self._paths}
            all_begun.pop_all()
        self._begun, self._looks = begun, looks

    def follow(self, owner: str, path: Callable[[], PacketPath]) -> None:
        """Begin again where an owner now lives, if it has left its network, as a container does by each start.

        path: answers its way there. What was counted before counts on, unless the counters are gone with the network.
        Raises PacketError, PacketsUnavailable.
        """
        left = next(each for each in self._paths if each.owner == owner)
        if not self._looks or left.near.namespace.current():
            return
        counted: list[Callable[[], F]] = []
        with contextlib.suppress(PacketError):
            before = self.figures()[owner]
            counted = [lambda: before]
        self._begun.pop(owner).close()
        now = path()
        with contextlib.ExitStack() as begun:
            self._looks[owner] = [*counted, *self._on_all_ways(now, begun)]
            self._begun[owner] = begun.pop_all()
        self._paths = tuple(now if each is left else each for each in self._paths)

    def _on_all_ways(self, path: PacketPath, begun: contextlib.ExitStack) -> list[Callable[[], F]]:
        return [self._install(path, way, begun) for way in self._ways]

    def proof(self) -> str | None:
        if not self._looks or self._now() < self._look_ns:
            return None
        self._look_ns = self._now() + LOOK_NS
        return _told(self.figures()) if self.bitten() else None

    def bitten(self) -> bool:
        """Whether it is on and has taken effect on every way."""
        return bool(self._looks) and all(self._bit(each) for each in self.figures().values())

    def end(self) -> None:
        """Takes away what it made, all of it, also where a look at the counters fails."""
        with contextlib.ExitStack() as ending:
            for begun in self._begun.values():
                ending.callback(begun.close)
            if self._looks:
                self._in_all = _told(self.figures())
            self._looks, self._begun = {}, {}

    def healed(self) -> str | None:
        return f"its rules are gone; in all: {self._in_all}"

    def figures(self) -> dict[str, F]:
        """What was counted so far, by owner."""
        found = {}
        for owner, looks in self._looks.items():
            first, *others = [look() for look in looks]
            found[owner] = sum(others, first)
        return found

    @abstractmethod
    def _install(self, path: PacketPath, way: str, begun: contextlib.ExitStack) -> Callable[[], F]:
        """Make it happen in one direction; answers how to look at what it did, and puts its undoing on `begun`."""

    @abstractmethod
    def _bit(self, figures: F) -> bool:
        """Whether these figures show that it took effect."""


def _told(figures: dict[str, F]) -> str:
    return "; ".join(f"{owner}: {each}" for owner, each in figures.items())


class PacketLoss(PacketFault[Count]):
    """Packets vanish where they arrive. Both ends keep what they have, and TCP sends it again, later and later."""

    kind = "packet_loss"
    called = "loss of packets"
    engine = "nftables"
    slows = True

    def __init__(
        self, paths: Sequence[PacketPath], loss: Loss, direction: str, now: Callable[[], int]
    ) -> None:
        super().__init__(paths, direction, now)
        self._loss, self.requested = loss, str(loss)

    def _install(self, path: PacketPath, way: str, begun: contextlib.ExitStack) -> Callable[[], Count]:
        receiver, sender = _ends(path, way)
        if sender is not None:
            sender.namespace.packets_apart(sender.interface)
            begun.callback(sender.namespace.packets_together, sender.interface)
        table = f"syncproof_{os.getpid()}_{next(_COUNT)}"
        namespace = receiver.namespace
        namespace.undo_with(begun, "nft", rules.undrop(table))
        namespace.run("nft", rules.drop(table, receiver.interface, receiver.peer, self._loss))
        return lambda: rules.counted(namespace.run("nft", "-j", "list", "counters", "table", "inet", table))

    def _bit(self, figures: Count) -> bool:
        return figures.dropped > 0


class OneWay(PacketLoss):
    """A one-way partition: nothing arrives in one direction, and everything in the other. Connections stand."""

    kind = "one_way_partition"
    called = "one-way partition"
    silences = True

    def __init__(self, paths: Sequence[PacketPath], direction: str, now: Callable[[], int]) -> None:
        super().__init__(paths, RandomLoss(1.0), direction, now)
        self.requested = ""


class Shaped(PacketFault[Held]):
    """A queue of the kernel's at the device's end, one for each direction; subclasses say which."""

    def _install(self, path: PacketPath, way: str, begun: contextlib.ExitStack) -> Callable[[], Held]:
        return self._queue(path, way, self._discipline(), begun)

    def _bit(self, figures: Held) -> bool:
        return figures.packets > 0

    @abstractmethod
    def _discipline(self) -> Sequence[str]:
        """The queue, in the words of tc(8)."""

    @staticmethod
    def _queue(
        path: PacketPath, way: str, discipline: Sequence[str], begun: contextlib.ExitStack
    ) -> Callable[[], Held]:
        namespace, device = path.near.namespace, path.near.interface
        if way == "downstream":
            # What arrives has no queue: it is led through a device of its own that has one.
            mirror = f"sp{os.getpid() % 100_000}i{next(_COUNT)}"
            namespace.run("ip", "link", "add", mirror, "type", "ifb")
            namespace.undo_with(begun, "ip", "link", "delete", mirror)
            namespace.run("ip", "link", "set", "dev", mirror, "up")
            namespace.run("tc", "qdisc", "add", "dev", device, "ingress")
            namespace.undo_with(begun, "tc", "qdisc", "delete", "dev", device, "ingress")
            everything = ("protocol", "all", "u32", "match", "u32", "0", "0")
            redirect = ("action", "mirred", "egress", "redirect", "dev", mirror)
            namespace.run("tc", "filter", "add", "dev", device, "parent", "ffff:", *everything, *redirect)
            device = mirror
        namespace.run("tc", "qdisc", "add", "dev", device, "root", *discipline)
        if way == "upstream":
            namespace.undo_with(begun, "tc", "qdisc", "delete", "dev", device, "root")
        return lambda: rules.held(namespace.run("tc", "-s", "-j", "qdisc", "show", "dev", device))


class PacketRate(Shaped):
    """A thin line: so many bytes a second in each direction, all connections and headers together."""

    kind = "bandwidth"
    called = "bandwidth limit"
    engine = "tbf"
    slows = True

    def __init__(
        self, paths: Sequence[PacketPath], bytes_per_s: float, direction: str, now: Callable[[], int]
    ) -> None:
        super().__init__(paths, direction, now)
        self._rate, self.requested = bytes_per_s, f"{bytes_per_s / 1000:g} KB/s"

    def _discipline(self) -> Sequence[str]:
        return rules.bucket(self._rate)


class PacketDelay(Shaped):
    """Every packet arrives later, each way: by netem where the kernel has it, else by a queue in user space."""

    kind = "latency"
    engine = "netem or NFQUEUE"
    slows = True

    def __init__(
        self, paths: Sequence[PacketPath], delay_s: float, direction: str, now: Callable[[], int]
    ) -> None:
        super().__init__(paths, direction, now)
        self._delay_s, self.requested = delay_s, f"{delay_s * 1000:g} ms"

    def _install(self, path: PacketPath, way: str, begun: contextlib.ExitStack) -> Callable[[], Held]:
        self.engine = "netem" if _has_netem(path.near.namespace) else "NFQUEUE"
        if self.engine == "netem":
            return self._queue(path, way, self._discipline(), begun)
        return self._in_user_space(path, way, begun)

    def _discipline(self) -> Sequence[str]:
        return ("netem", "delay", f"{self._delay_s * 1000:g}ms", "limit", "100000")

    def _in_user_space(self, path: PacketPath, way: str, begun: contextlib.ExitStack) -> Callable[[], Held]:
        receiver, _ = _ends(path, way)
        try:
            return user_space_delay(receiver, self._delay_s, begun)
        except PacketError as reason:
            raise PacketsUnavailable(
                f"Packets cannot be delayed here: the kernel has no netem, and no NFQUEUE either: {reason}"
            ) from None


def _has_netem(namespace: Namespace) -> bool:
    if not namespace.can("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"):
        return False
    namespace.run("tc", "qdisc", "delete", "dev", "lo", "root")
    return True


def _ends(path: PacketPath, way: str) -> tuple[End, End | None]:
    """Who receives, and who sends (None where that is not ours)."""
    if way == "downstream":
        return path.near, path.far
    if path.far is None:
        raise PacketError(
            f"What '{path.owner}' sends cannot be dropped: packets are dropped where they arrive, and only its own "
            "end is known."
        )
    return path.far, path.near
