"""Faults of a device's link: cut, flap, slow, starved, silent, breaking off, in pieces, replies lost."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency, LimitData, Slicer, Timeout, ToxicType
from syncproof.kernel.fault import Fault
from syncproof.kernel.link import Link, Probe, Sighting

#: A silent link must keep a probe waiting this long before it counts as silent: far beyond any loopback answer,
#: and not scaled, because the speed of the machine is not.
SILENCE_NS = 400_000_000
#: What a server answers a probe at most, bytes. Whoever holds up less than that by less than SEEN_S is not seen.
MOST_PROBED = 900_000
SEEN_S = 0.05
#: Bytes per second above which a limit is not told from a link without one.
FASTEST = MOST_PROBED / SEEN_S
#: Probes of a link before it is slowed down, of which the quickest counts: a machine may be busy for a moment.
LOOKS = 3


class LinkFault(Fault):
    """A fault on the links of one or several devices; each link is probed on its own."""

    #: Bytes that the probe asks for that is to see the fault, and the one that is to see its end (None: the same).
    probe_bytes = 0
    healing_bytes: int | None = None

    def __init__(self, links: tuple[Link, ...]) -> None:
        devices = dict.fromkeys(device for link in links for device in link.devices)
        super().__init__(tuple(dict.fromkeys(link.called for link in links)), tuple(devices))
        self.links, self.engine = links, links[0].engine
        self._probes: dict[str, Probe] = {}
        self._seen: dict[str, str] = {}

    def proof(self) -> str | None:
        return self._ask_all(self.bit, self.probe_bytes)

    def healed(self) -> str | None:
        return self._ask_all(_answers, self.probe_bytes if self.healing_bytes is None else self.healing_bytes)

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        """What this probe proves, or None for nothing yet."""
        raise NotImplementedError

    def reset_probes(self) -> None:
        """Start over, for the next question."""
        for link in self.links:
            probe = self._probes.pop(link.name, None)
            if probe is not None:
                link.abandon(probe)
        self._seen.clear()

    def _ask_all(self, judge: Callable[[Probe, Sighting | None], str | None], reply_bytes: int) -> str | None:
        for link in self.links:
            if link.name in self._seen:
                continue
            probe = self._probes.get(link.name)
            if probe is None:
                probe = self._probes[link.name] = link.probe(reply_bytes)
            sighting = probe.poll()
            said = judge(probe, sighting)
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


def _answers(_probe: Probe, sighting: Sighting | None) -> str | None:
    if sighting is not None and sighting.outcome == "answered":
        return f"the upstream answered after {_ms(sighting.elapsed_ns)}"
    return None


def _ms(ns: int) -> str:
    return f"{ns / 1e6:.1f} ms"


class Cut(LinkFault):
    """The network is gone: standing connections are closed, new ones refused."""

    kind = "cut"
    called = "cut network"

    def begin(self) -> None:
        for link in self.links:
            link.cut()

    def end(self) -> None:
        self.reset_probes()
        for link in self.links:
            link.restore()

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None and sighting.outcome in ("refused", "reset"):
            return f"a connection was {sighting.outcome} after {_ms(sighting.elapsed_ns)}"
        return None


class Flap(Cut):
    """The network goes and comes back, again and again; the scheduler drives its edges (`go`, `come_back`).

    Its proof is all its edges: it bit when each of the `rounds` times that it went a probe was refused.
    """

    kind = "flap"
    called = ""

    def __init__(self, links: tuple[Link, ...], requested: str, rounds: int) -> None:
        super().__init__(links)
        self.requested, self._rounds = requested, rounds
        self._asked: list[Probe] = []
        self._refused = 0

    def begin(self) -> None:
        """Nothing yet: the first edge is the scheduler's."""

    def go(self) -> None:
        """Cut, and ask each link whether it is; the answers are taken in by `proof`."""
        super().begin()
        self._asked += [link.probe() for link in self.links]

    def come_back(self) -> None:
        """Restore."""
        for link in self.links:
            link.restore()

    def proof(self) -> str | None:
        waiting: list[Probe] = []
        for probe in self._asked:
            sighting = probe.poll()
            if sighting is None:
                waiting.append(probe)
            else:
                self._refused += sighting.outcome in ("refused", "reset")
        self._asked = waiting
        if self._refused == self._rounds * len(self.links):
            return f"cut {self._rounds} times, a connection was refused each time"
        return None

    def reset_probes(self) -> None:
        for probe in self._asked:
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
    """A fault that only makes links slower: it has to be seen that they are slower than before.

    `look` before it begins. Where nobody did, links count as having been as fast as can be.
    """

    def __init__(
        self, links: tuple[Link, ...], toxic: ToxicType, direction: str, *, least_ns: float, probe_bytes: int
    ) -> None:
        super().__init__(links, toxic, direction)
        #: How long a probe takes under this fault at least.
        self.least_ns, self.probe_bytes = least_ns, probe_bytes
        self._looks: dict[str, list[float]] = {link.name: [] for link in links}

    def look(self) -> bool:
        """Probe each link as it is, without waiting; whether all was seen. The quickest of some probes counts."""
        for link in self.links:
            looks = self._looks[link.name]
            if len(looks) < LOOKS:
                probe = self._probes.get(link.name) or link.probe(self.probe_bytes)
                self._probes[link.name] = probe
                sighting = probe.poll()
                if sighting is not None:
                    looks.append(sighting.elapsed_ns)
                    del self._probes[link.name]
                elif self.already(probe):
                    looks += [inf] * LOOKS
                    link.abandon(self._probes.pop(link.name))
        return all(len(looks) >= LOOKS for looks in self._looks.values())

    def already(self, probe: Probe) -> bool:
        """Whether a probe shows before it is answered that this fault makes the link no slower."""
        return False

    def slower(self, elapsed_ns: float) -> bool:
        """Whether a probe that took so long shows this fault, and not how the slowest of its links is anyhow."""
        usual = max((min(looks) for looks in self._looks.values() if looks), default=0)
        return elapsed_ns >= max(self.least_ns, usual + self.least_ns / 2)


class SlowLink(Slowing):
    """Every byte arrives later by the latency; with direction both, in both ways.

    latency_s: at least a millisecond, because the toxic counts in whole ones; else ValueError.
    """

    kind = "latency"

    def __init__(
        self, links: tuple[Link, ...], latency_s: float, direction: str, jitter_s: float = 0.0
    ) -> None:
        if latency_s < 0.001:
            raise ValueError(f"a latency of {latency_s * 1000:g} ms makes nothing slower: 1 ms is the least")
        toxic = Latency(latency=round(latency_s * 1000), jitter=round(jitter_s * 1000))
        # With jitter half of the round trips take longer than the latency: one of them will be seen.
        least_ns = latency_s * 1e9 * (2 if direction == "both" else 1)
        super().__init__(links, toxic, direction, least_ns=least_ns, probe_bytes=0)
        self.requested = f"{latency_s * 1000:g} ms"

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None and sighting.outcome == "answered" and self.slower(sighting.elapsed_ns):
            return f"a round trip took {_ms(sighting.elapsed_ns)}"
        return None


class StarvedLink(Slowing):
    """At most so many bytes a second, per connection, towards the device (or both ways).

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
        # Nobody reads it while the next fault is ended, and a real Toxiproxy takes no toxic away from a connection
        # whose reader has stopped: it must fit into what sockets buffer.
        self.healing_bytes = 0

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is None or sighting.outcome != "answered":
            return None
        measured = sighting.received / (sighting.elapsed_ns / 1e9)
        if measured <= self._rate * 1.1 and self.slower(sighting.elapsed_ns):
            return f"{sighting.received} bytes took {_ms(sighting.elapsed_ns)} ({measured / 1000:.1f} KB/s)"
        return None

    def already(self, probe: Probe) -> bool:
        return probe.silent_ns >= self.least_ns


class SilentLink(ToxicFault):
    """A black hole: connections stand, bytes vanish, nothing is ever closed.

    direction downstream is the link whose replies are lost: what the device sends still arrives.
    """

    kind = "silence"
    called = "silent network"

    def __init__(self, links: tuple[Link, ...], direction: str) -> None:
        super().__init__(links, Timeout(timeout=0), direction)

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is None and probe.received == 0 and probe.silent_ns >= SILENCE_NS:
            return f"no byte came back in {_ms(probe.silent_ns)}"
        return None


class BreakingLink(ToxicFault):
    """Every connection breaks off after so many bytes towards the device, in the middle of whatever they carry."""

    kind = "truncation"
    called = "connections that break off"

    def __init__(self, links: tuple[Link, ...], after_bytes: int, direction: str) -> None:
        super().__init__(links, LimitData(bytes=after_bytes), direction)
        self.requested = f"after {after_bytes} bytes"
        self._limit = after_bytes
        self.probe_bytes = after_bytes + 4096

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if (
            sighting is not None
            and sighting.outcome in ("closed", "reset")
            and sighting.received <= self._limit
        ):
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

    def bit(self, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None and sighting.outcome == "answered" and self.slower(sighting.elapsed_ns):
            return (
                f"{sighting.received} bytes came in {sighting.pieces} pieces over {_ms(sighting.elapsed_ns)}"
            )
        return None
