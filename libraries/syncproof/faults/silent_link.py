"""A link over which nothing comes any more while its connections stand, both ways or one."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from syncproof.faults.network import ToxicFault
from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency, Timeout
from syncproof.kernel.link import Link, Probe, Sighting
from syncproof.kernel.trouble import InvalidScenario

#: A silent link must keep a probe waiting this long before it counts as silent: far beyond any loopback answer,
#: and not scaled, because the speed of the machine is not.
SILENCE_NS = 400_000_000
#: Bytes of the smallest answers, with all their headers, at most.
SMALL_ANSWER = 1000


@runtime_checkable
class AskedPast(Protocol):
    """A link whose node can also be asked without it."""

    def probe_past(self) -> Probe:
        """Send a small request of the harness's own to the node behind it, not over it."""

    def lost(self, stream: str) -> int | None:
        """Bytes that came on it one way and went nowhere; None where its engine does not count them."""


class SilentLink(ToxicFault):
    """A black hole: connections stand, bytes vanish, nothing is ever closed.

    direction downstream is the link whose replies are lost: what the device sends still arrives.

    A node that hangs is silent too. So the proof is that the node answers twice what it is asked past the link, while
    what it was asked over the link before that stays without an answer; and, where the engine of the link counts them,
    that bytes were lost on it that way.
    """

    kind = "silence"
    called = "silent network"
    silences = True
    proved_by_waiting = True

    def __init__(self, links: tuple[Link, ...], direction: str) -> None:
        super().__init__(links, Timeout(timeout=0), direction)
        self.isolates = direction == "both"
        self._asked_past: dict[str, list[Probe]] = {}
        self._lost_before: dict[str, int] = {}

    def begin(self) -> None:
        self._lost_before = {link.name: _asked_past(link).lost(self._streams[0]) or 0 for link in self.links}
        super().begin()

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        if sighting is not None or probe.received:
            self._forget_past(link)
        elif link.name not in self._asked_past:  # at once: a turn of the scheduler may be long
            self._asked_past[link.name] = [_sent_past(link)]
        elif probe.silent_ns >= SILENCE_NS + _held_up_ns(link):
            return self._seen_past(link, probe)
        return None

    def _seen_past(self, link: Link, probe: Probe) -> str | None:
        asked = self._asked_past[link.name]
        seen = asked[-1].poll()
        if seen is None:
            return None
        if seen.outcome != "answered":
            self._forget_past(link)
        elif len(asked) == 1:
            # A node that has just begun to answer has by the second answer given the one over the link, too.
            asked.append(_sent_past(link))
        else:
            self._forget_past(link)
            lost = _asked_past(link).lost(self._streams[0])
            if probe.poll() is None and not probe.received and lost != self._lost_before[link.name]:
                there = "" if lost is None else f", with {lost - self._lost_before[link.name]} bytes lost,"
                over = f"over it{there} no byte came back in {probe.silent_ns / 1e6:.1f} ms"
                return f"past the link an answer took {seen.elapsed_ns / 1e6:.1f} ms; {over}"
        return None

    def _forget_past(self, link: Link) -> None:
        for probe in self._asked_past.pop(link.name, ()):
            probe.close()

    def reset_probes(self) -> None:
        for link in self.links:
            self._forget_past(link)
        super().reset_probes()


class OneWay(SilentLink):
    """Nothing passes one way between two devices: the connection stands, and one hears nothing of the other."""

    kind = "one_way_link"
    called = "one-way link"

    def __init__(self, links: tuple[Link, ...], direction: str) -> None:
        super().__init__(links, direction)
        self.isolates = False


def _asked_past(link: Link) -> AskedPast:
    if not isinstance(link, AskedPast):
        raise InvalidScenario(
            f"A link of {link.node} cannot be silent here: the node behind it cannot be asked but over it."
        )
    return link


def _sent_past(link: Link) -> Probe:
    """A probe past the link that is under way: it is sent by the first look."""
    probe = _asked_past(link).probe_past()
    probe.poll()
    return probe


def _held_up_ns(link: Link) -> int:
    """How long a small answer, which comes all the same, may be held up by what is on a link."""
    late = sum(on.latency + on.jitter for on in link.toxics.values() if isinstance(on, Latency))
    thin = sum(SMALL_ANSWER / max(1, on.rate) for on in link.toxics.values() if isinstance(on, Bandwidth))
    return round((late + thin) * 1_000_000)
