"""Faults of a device's link: cut, flap, slow, starved, reset, breaking off, in pieces, replies lost."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from syncproof.faults.toxiproxy.toxic_types import (
    Bandwidth,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    ToxicType,
)
from syncproof.kernel.fault import Fault
from syncproof.kernel.link import Link, Probe, Sighting

#: What a server answers a probe at most, bytes. Whoever holds up less than that by less than SEEN_S is not seen.
MOST_PROBED = 900_000
SEEN_S = 0.05
#: Bytes per second above which a limit is not told from a link without one.
FASTEST = MOST_PROBED / SEEN_S
#: Probes of a link before it is slowed down, of which the quickest counts: a machine may be busy for a moment.
LOOKS = 3
#: Probes at once of a latency that varies: a busy machine makes all of them later, and the quick ones rare.
AT_ONCE = 4
#: Less jitter than this is not told from how the times of a machine vary anyhow.
LEAST_JITTER_S = 0.004
#: In so many pieces a reply comes at least over a link that cuts it into twenty.
PIECES_SEEN = 3


class LinkFault(Fault):
    """A fault on the links of one or several devices; each link is probed on its own."""

    #: Bytes of the probe that is to see the fault: it asks for them, or sends them itself where `sends`.
    probe_bytes = 0
    sends = False

    def __init__(self, links: tuple[Link, ...]) -> None:
        devices = dict.fromkeys(device for link in links for device in link.devices)
        super().__init__(
            tuple(dict.fromkeys(each for link in links for each in link.targets)), tuple(devices)
        )
        self.links, self.engine = links, links[0].engine
        self.answered_by = tuple(dict.fromkeys(link.leads_to for link in links))
        self._probes: dict[str, Probe] = {}
        self._seen: dict[str, str] = {}

    def proof(self) -> str | None:
        return self._ask_all(self.bit, lambda _: self.probe_bytes)

    def healed(self) -> str | None:
        return self._ask_all(self.gone, self.healing_bytes)

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        """What this probe proves, or None for nothing yet."""
        raise NotImplementedError

    def healing_bytes(self, _link: Link) -> int:
        """Bytes of the probe that is to see its end."""
        return self.probe_bytes

    def ask(self, link: Link, size: int) -> Probe:
        """A probe of so many bytes, the way that the fault is about."""
        return link.probe(0, size) if self.sends else link.probe(size)

    def gone(self, _link: Link, _probe: Probe, sighting: Sighting | None) -> str | None:
        """What shows that the link works again, or None for nothing yet."""
        if sighting is not None and sighting.outcome == "answered":
            return f"the upstream answered after {_ms(sighting.elapsed_ns)}"
        return None

    def reset_probes(self) -> None:
        """Start over, for the next question."""
        for link in self.links:
            probe = self._probes.pop(link.name, None)
            if probe is not None:
                link.abandon(probe)
        self._seen.clear()

    def _ask_all(
        self,
        judge: Callable[[Link, Probe, Sighting | None], str | None],
        size: Callable[[Link], int],
    ) -> str | None:
        for link in self.links:
            if link.name in self._seen:
                continue
            probe = self._probes.get(link.name)
            if probe is None:
                probe = self._probes[link.name] = self.ask(link, size(link))
            sighting = probe.poll()
            said = judge(link, probe, sighting)
            if said is not None:
                self._seen[link.name] = f"{link.called}: {said}"
            elif sighting is None:
                continue
            if sighting is None:
                link.abandon(self._probes.pop(link.name))
            else:
                del self._probes[link.name]  # if it ended without saying it: ask again
        if len(self._seen) < len(self.links):
            return None
        said_all = "; ".join(self._seen.values())
        self.reset_probes()
        return said_all


def _ms(ns: int) -> str:
    return f"{ns / 1e6:.1f} ms"


class Cut(LinkFault):
    """The network is gone: standing connections are closed, new ones refused."""

    kind = "cut"
    called = "cut network"
    isolates = True

    def begin(self) -> None:
        for link in self.links:
            link.cut()

    def end(self) -> None:
        self.reset_probes()
        for link in self.links:
            link.restore()

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None and sighting.outcome in ("refused", "reset"):
            return f"a connection was {sighting.outcome} after {_ms(sighting.elapsed_ns)}"
        return None


class Partition(Cut):
    """The network falls into parts: every link between them is cut, and within each everything goes on."""

    kind = "partition"
    called = "partition"
    isolates = False  # there may be a way round, by somebody who is in neither part


class Flap(Cut):
    """The network goes and comes back, again and again; the scheduler drives its edges (`go`, `come_back`).

    Its proof is all its edges: each of the `rounds` times that it went a probe was refused, and each time that it came
    back before the last one a probe was let through, whatever became of it.
    """

    kind = "flap"
    called = ""
    isolates = False  # it comes and goes

    def __init__(self, links: tuple[Link, ...], requested: str, rounds: int) -> None:
        super().__init__(links)
        self.requested, self._rounds = requested, rounds
        self._asked: list[tuple[Probe, bool]] = []
        self._seen_gone = self._seen_back = 0

    def begin(self) -> None:
        """Nothing yet: the first edge is the scheduler's."""

    def go(self) -> None:
        """Cut, and ask each link whether it is; the answers are taken in by `proof`."""
        super().begin()
        self._ask(is_there=False)

    def come_back(self) -> None:
        """Restore, and ask each link whether it is."""
        for link in self.links:
            link.restore()
        self._ask(is_there=True)

    def _ask(self, *, is_there: bool) -> None:
        self._asked += [(link.probe(), is_there) for link in self.links]

    def proof(self) -> str | None:
        waiting: list[tuple[Probe, bool]] = []
        for probe, is_there in self._asked:
            sighting = probe.poll()
            if sighting is None:
                waiting.append((probe, is_there))
            elif is_there:
                self._seen_back += sighting.outcome != "refused"
            else:
                self._seen_gone += sighting.outcome in ("refused", "reset")
        self._asked = waiting
        links = len(self.links)
        if (self._seen_gone, self._seen_back) == (self._rounds * links, (self._rounds - 1) * links):
            return f"cut {self._rounds} times, a connection was refused each time and let through in between"
        return None

    def reset_probes(self) -> None:
        for probe, _ in self._asked:
            probe.close()
        self._asked.clear()
        super().reset_probes()


class ToxicFault(LinkFault):
    """A fault made of toxics, the same on every link."""

    def __init__(self, links: tuple[Link, ...], toxic: ToxicType, direction: str) -> None:
        super().__init__(links)
        self.toxic, self.direction = toxic, direction
        self._added: list[tuple[Link, str]] = []
        self._streams = ("upstream", "downstream") if direction == "both" else (direction,)

    def begin(self) -> None:
        for link in self.links:
            for stream in self._streams:
                self._added.append((link, link.add(self.toxic, stream=stream)))

    def end(self) -> None:
        self.reset_probes()
        for link, name in self._added:
            link.remove(name)


class Slowing(ToxicFault):
    """A fault that only makes links slower: it has to be seen that they are slower than before, and no longer when it
    has ended.

    `look` before it begins. Where nobody did, links count as having been as fast as can be.
    """

    slows = True
    proved_by_waiting = True

    def __init__(
        self, links: tuple[Link, ...], toxic: ToxicType, direction: str, *, least_ns: float, probe_bytes: int
    ) -> None:
        super().__init__(links, toxic, direction)
        #: How long a probe takes under this fault at least.
        self.least_ns, self.probe_bytes = least_ns, probe_bytes
        self._looks: dict[str, list[float]] = {link.name: [] for link in links}
        self._beside: dict[str, set[str]] = {}

    def begin(self) -> None:
        self._beside = {link.name: set(link.toxics) for link in self.links}
        super().begin()

    def look(self) -> bool:
        """Probe each link as it is, without waiting; whether all was seen. The quickest of some probes counts."""
        for link in self.links:
            looks = self._looks[link.name]
            if len(looks) < LOOKS:
                probe = self._probes.get(link.name) or self.ask(link, self.probe_bytes)
                self._probes[link.name] = probe
                sighting = probe.poll()
                if sighting is not None:
                    looks.append(sighting.elapsed_ns)
                    del self._probes[link.name]
                elif self.already(probe):
                    looks.append(inf)  # one slow answer may be the machine's: all of them are the link's
                    link.abandon(self._probes.pop(link.name))
        return all(len(looks) >= LOOKS for looks in self._looks.values())

    def already(self, probe: Probe) -> bool:
        """Whether a probe shows before it is answered that this fault makes the link no slower."""
        return False

    def slower(self, elapsed_ns: float) -> bool:
        """Whether a probe that took so long shows this fault, and not how the slowest of its links is anyhow."""
        return elapsed_ns >= max(self.least_ns, self._usual_ns + self.least_ns / 2)

    def gone(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        """As quick as before, where that can be told: not of little, nor where something else has begun meanwhile."""
        if sighting is not None and self._can_be_told(link):
            least_ns = (
                self.least_ns * self.healing_bytes(link) / self.probe_bytes
                if self.probe_bytes
                else self.least_ns
            )
            if sighting.elapsed_ns >= self._usual_ns + least_ns / 2:
                return None
        return super().gone(link, probe, sighting)

    def _can_be_told(self, link: Link) -> bool:
        return self.least_ns >= 2e9 * SEEN_S and set(link.toxics) <= self._beside[link.name]

    @property
    def _usual_ns(self) -> float:
        """How long a probe of the slowest of its links took before."""
        return max((min(looks) for looks in self._looks.values() if looks), default=0)


class SlowLink(Slowing):
    """Every byte arrives later by the latency; with direction both, in both ways.

    latency_s: at least a millisecond, because the toxic counts in whole ones. jitter_s: so much more or less, from
    LEAST_JITTER_S up to the latency; None for always the same. Else ValueError.
    """

    kind = "latency"

    def __init__(
        self, links: tuple[Link, ...], latency_s: float, direction: str, jitter_s: float | None = None
    ) -> None:
        if latency_s < 0.001:
            raise ValueError(f"a latency of {latency_s * 1000:g} ms makes nothing slower: 1 ms is the least")
        if jitter_s is not None and not LEAST_JITTER_S <= jitter_s <= latency_s:
            raise ValueError(
                f"a jitter of {jitter_s * 1000:g} ms cannot be seen: from {LEAST_JITTER_S * 1000:g} ms up to the "
                "latency can"
            )
        toxic = Latency(latency=round(latency_s * 1000), jitter=round((jitter_s or 0) * 1000))
        # With jitter half of the round trips take longer than the latency: one of them will be seen.
        least_ns = latency_s * 1e9 * (2 if direction == "both" else 1)
        super().__init__(links, toxic, direction, least_ns=least_ns, probe_bytes=0)
        self.requested = f"{latency_s * 1000:g} ms"
        self._jitter_ns = (jitter_s or 0) * 1e9
        #: By link: the quickest round trip, which is quicker than the latency where it varies, and the slowest.
        self._quickest: dict[str, int] = {}
        self._slowest: dict[str, int] = {}
        #: By link: probes beside the first one, of a latency that varies.
        self._more: dict[str, list[Probe]] = {link.name: [] for link in links}

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        for took in self._took(link, sighting):
            self._quickest[link.name] = min(took, self._quickest.get(link.name, took))
            self._slowest[link.name] = max(took, self._slowest.get(link.name, took))
        quickest, slowest = self._quickest.get(link.name, 0), self._slowest.get(link.name, 0)
        if not self.slower(slowest):
            return None
        if not self._jitter_ns:
            return f"a round trip took {_ms(slowest)}"
        # Nothing comes earlier than a latency that is always the same; a toxic counts whole milliseconds.
        if quickest < max(self.least_ns - 1e6, self._usual_ns + self.least_ns - self._jitter_ns / 4):
            return f"a round trip took {_ms(quickest)}, another one {_ms(slowest)}"
        return None

    def _took(self, link: Link, sighting: Sighting | None) -> list[int]:
        """How long the round trips took that have ended since the last look (ns)."""
        polled = [(probe, probe.poll()) for probe in self._more[link.name]]
        waiting = self._more[link.name] = [probe for probe, seen in polled if seen is None]
        if self._jitter_ns:
            waiting += [self.ask(link, self.probe_bytes) for _ in range(AT_ONCE - 1 - len(waiting))]
        sightings = (sighting, *(seen for _, seen in polled))
        return [each.elapsed_ns for each in sightings if each is not None and each.outcome == "answered"]

    def reset_probes(self) -> None:
        for link in self.links:
            for probe in self._more[link.name]:
                link.abandon(probe)
            self._more[link.name].clear()
        super().reset_probes()


class StarvedLink(Slowing):
    """At most so many bytes a second, per connection: towards the device (downstream), or from it (upstream).

    bytes_per_s: at least 1 KB/s, and no more than FASTEST; else ValueError: nobody could see it.
    """

    kind = "bandwidth"
    called = "bandwidth limit"

    def __init__(self, links: tuple[Link, ...], bytes_per_s: float, direction: str) -> None:
        if not 1000 <= bytes_per_s <= FASTEST:
            raise ValueError(
                f"a limit of {bytes_per_s / 1000:g} KB/s cannot be seen, but one from 1 KB/s to "
                f"{FASTEST / 1e6:g} MB/s can"
            )
        probe_bytes = min(max(1500, round(bytes_per_s * 0.3)), MOST_PROBED)
        super().__init__(
            links,
            Bandwidth(rate=round(bytes_per_s / 1000)),
            direction,
            least_ns=probe_bytes / bytes_per_s * 0.9e9,
            probe_bytes=probe_bytes,
        )
        self.requested = f"{bytes_per_s / 1000:g} KB/s"
        self._rate = bytes_per_s
        self.sends = direction == "upstream"

    def healing_bytes(self, link: Link) -> int:
        # Nobody reads it while the next fault is ended, and a real Toxiproxy takes no toxic away from a connection
        # whose reader has stopped: it must fit into what sockets buffer.
        return min(self.probe_bytes, 32_000) if self._can_be_told(link) else 0

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is None or sighting.outcome != "answered":
            return None
        passed = max(sighting.sent, sighting.received)  # the one way that the probe is long
        measured = passed / (sighting.elapsed_ns / 1e9)
        if measured <= self._rate * 1.1 and self.slower(sighting.elapsed_ns):
            return f"{passed} bytes took {_ms(sighting.elapsed_ns)} ({measured / 1000:.1f} KB/s)"
        return None

    def already(self, probe: Probe) -> bool:
        return probe.silent_ns >= self.least_ns


class ResetLink(ToxicFault):
    """Every connection is reset (RST) by the first byte on it; one that stood is closed by its next byte."""

    kind = "reset"
    called = "connections that are reset"

    def __init__(self, links: tuple[Link, ...]) -> None:
        super().__init__(links, ResetPeer(), "both")

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None and sighting.outcome == "reset" and sighting.received == 0:
            return f"a connection was reset after {_ms(sighting.elapsed_ns)}"
        return None


class BreakingLink(ToxicFault):
    """Every connection breaks off after so many bytes one way, in the middle of whatever they carry."""

    kind = "truncation"
    called = "connections that break off"

    def __init__(self, links: tuple[Link, ...], after_bytes: int, direction: str) -> None:
        super().__init__(links, LimitData(bytes=after_bytes), direction)
        self.requested = f"after {after_bytes} bytes"
        self._limit = after_bytes
        self.probe_bytes = after_bytes + 4096
        self.sends = direction == "upstream"

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is None or sighting.outcome not in ("closed", "reset"):
            return None
        if self.sends:
            return f"a request of more than {self.probe_bytes} bytes broke off without its answer"
        if sighting.received == self._limit:
            return f"a reply of more than {self.probe_bytes} bytes broke off after {sighting.received}"
        return None


class SlicedLink(Slowing):
    """Everything towards the device arrives in small pieces with a pause behind each.

    piece_bytes: at least 1, and few enough that a probe has twenty; pause_s: above 0. Else ValueError.
    """

    kind = "slicing"

    def __init__(self, links: tuple[Link, ...], piece_bytes: int, pause_s: float, direction: str) -> None:
        toxic = Slicer(average_size=piece_bytes, size_variation=piece_bytes // 4, delay=round(pause_s * 1e6))
        if not 1 <= piece_bytes <= MOST_PROBED // 20 or pause_s <= 0:
            raise ValueError(
                f"pieces of {piece_bytes} bytes cannot be seen: from 1 to {MOST_PROBED // 20} bytes can"
            )
        super().__init__(links, toxic, direction, least_ns=8 * pause_s * 1e9, probe_bytes=piece_bytes * 20)
        self.requested = f"{piece_bytes} bytes every {pause_s * 1000:g} ms"

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        # How many of the pieces are seen one by one depends on how often somebody looks.
        if (
            sighting is not None
            and sighting.outcome == "answered"
            and sighting.pieces >= PIECES_SEEN
            and self.slower(sighting.elapsed_ns)
        ):
            return (
                f"{sighting.received} bytes came in {sighting.pieces} pieces over {_ms(sighting.elapsed_ns)}"
            )
        return None
