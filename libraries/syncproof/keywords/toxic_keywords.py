"""Keywords of ToxiproxyLibrary that add, change and remove toxics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from robot.api.deco import keyword

from syncproof.faults.toxiproxy import toxic_types
from syncproof.faults.toxiproxy.client import Client, Direction
from syncproof.kernel.quantities import Duration, Percent, Rate, Size

_ALL = Percent(1.0)
_NEVER = Percent(0.0)
_NONE = Duration(0.0)
_NOTHING = Size(0)
_RETRANSMIT = Duration(0.2)
"""The shortest that Linux waits before it sends a packet again."""


class ToxicKeywords(ABC):
    """Everything that a toxic can do to a proxy."""

    @property
    @abstractmethod
    def client(self) -> Client:
        """The connected server."""

    @abstractmethod
    def undo_later(self, undo: Callable[[], object]) -> None:
        """Keep what takes back what was just done."""

    @keyword
    def add_latency(
        self,
        proxy: str,
        latency: Duration,
        jitter: Duration = _NONE,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Delay data by ``latency``, plus or minus up to ``jitter``; order is kept. Returns the toxic's name.

        Example:
        | Add Latency    database    200 ms
        | Add Latency    database    2 seconds    jitter=500 ms    direction=upstream    toxicity=50%
        """
        toxic = toxic_types.Latency(_ms(latency), _ms(jitter))
        return self._add(proxy, toxic, direction, toxicity, name)

    @keyword
    def limit_bandwidth(
        self,
        proxy: str,
        rate: Rate,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Let at most ``rate`` pass on each connection; ``0 KB/s`` lets nothing pass. Returns the toxic's name.

        Example:
        | Limit Bandwidth    database    10 KB/s
        """
        return self._add(proxy, toxic_types.Bandwidth(_kb_s(rate)), direction, toxicity, name)

    @keyword
    def delay_close(
        self,
        proxy: str,
        delay: Duration,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Hold back the end of connections for ``delay`` (the toxic slow_close). Returns the toxic's name.

        Example:
        | Delay Close    database    3 seconds
        """
        return self._add(proxy, toxic_types.SlowClose(_ms(delay)), direction, toxicity, name)

    @keyword
    def swallow_data(
        self,
        proxy: str,
        timeout: Duration = _NONE,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Swallow data, and close connections after ``timeout`` without any (the toxic timeout).

        Without ``timeout`` connections stay open: a black hole. An end of the connection passes all the same, and
        removing the toxic closes connections. To hold back everything see `Cut One Way`. Returns the toxic's name.

        Example:
        | Swallow Data    database
        | Swallow Data    database    timeout=5 seconds    direction=upstream
        """
        return self._add(proxy, toxic_types.Timeout(_ms(timeout)), direction, toxicity, name)

    @keyword
    def reset_connections(
        self,
        proxy: str,
        timeout: Duration = _NONE,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Reset new connections (RST) ``timeout`` after their first data (the toxic reset_peer).

        Connections that are there already are closed in the ordinary way (FIN) by their next data.
        Returns the toxic's name.

        Example:
        | Reset Connections    database    timeout=100 ms
        """
        return self._add(proxy, toxic_types.ResetPeer(_ms(timeout)), direction, toxicity, name)

    @keyword
    def slice_data(
        self,
        proxy: str,
        average_size: Size,
        size_variation: Size = _NOTHING,
        delay: Duration = _NONE,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Cut data into pieces of ``average_size`` +- ``size_variation``, with ``delay`` after each piece.

        Returns the toxic's name.

        Example:
        | Slice Data    database    64 B    size_variation=32 B    delay=1 ms
        """
        toxic = toxic_types.Slicer(average_size.bytes, size_variation.bytes, round(delay.seconds * 1e6))
        return self._add(proxy, toxic, direction, toxicity, name)

    @keyword
    def limit_data(
        self,
        proxy: str,
        size: Size,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Close each connection once ``size`` has passed, in mid-message if need be. Returns the toxic's name.

        Example:
        | Limit Data    database    10 KB
        """
        return self._add(proxy, toxic_types.LimitData(size.bytes), direction, toxicity, name)

    @keyword
    def lose_packets(
        self,
        proxy: str,
        loss: Percent,
        correlation: Percent = _NEVER,
        retransmit: Duration = _RETRANSMIT,
        direction: Direction = Direction.DOWNSTREAM,
        toxicity: Percent = _ALL,
        name: str | None = None,
    ) -> str:
        """Embedded server only: what losing ``loss`` of the packets does to TCP. Returns the toxic's name.

        A proxy sees no packets, so this is an emulation: a lost chunk, and all that follows it, is late by
        ``retransmit``, doubled for each loss in a row. ``correlation`` is added to the probability right after
        a loss, so that losses come in bursts. With ``retransmit=0 ms`` lost chunks never arrive (a hole in
        the data that no real network leaves).

        Example:
        | Lose Packets    database    5%    correlation=20%
        """
        toxic = toxic_types.PacketLoss(loss.fraction, correlation.fraction, _ms(retransmit))
        return self._add(proxy, toxic, direction, toxicity, name)

    @keyword
    def fail_first_connections(
        self, proxy: str, count: int, toxicity: Percent = _ALL, name: str | None = None
    ) -> str:
        """Embedded server only: reset the next ``count`` connections, then let all through.

        Returns the toxic's name.

        Example:
        | Fail First Connections    database    3
        """
        return self._add(proxy, toxic_types.FailFirst(count), Direction.DOWNSTREAM, toxicity, name)

    @keyword
    def cut_one_way(self, proxy: str, direction: Direction, name: str | None = None) -> str:
        """Let nothing pass in one direction, on live and new connections; nothing is lost when it is removed.

        Returns the toxic's name. A real server serves it by a bandwidth of 0, which lets the end of an idle
        connection pass.

        Example:
        | ${cut} =    Cut One Way    database    upstream
        | Remove Toxic    database    ${cut}
        """
        toxic = self.client.cut_one_way(proxy, direction, name).name
        self.undo_later(lambda: self.client.remove_toxic(proxy, toxic))
        return toxic

    @keyword
    def set_toxicity(self, proxy: str, toxic: str, toxicity: Percent) -> None:
        """Change to which share of connections a toxic applies; it is decided anew, for live ones too.

        Example:
        | Set Toxicity    database    latency_downstream    25%
        """
        self.client.update_toxic(proxy, toxic, toxicity=toxicity.fraction)

    @keyword
    def update_toxic(self, proxy: str, toxic: str, **attributes: int | float) -> None:
        """Change attributes of a toxic, named and counted as in the Toxiproxy API; others stay as they are.

        That is ms for times (microseconds for the slicer's ``delay``), KB/s for ``rate``, bytes for sizes.

        Example:
        | Update Toxic    database    latency_downstream    latency=500    jitter=20
        """
        self.client.update_attributes(proxy, toxic, attributes)

    @keyword
    def remove_toxic(self, proxy: str, toxic: str) -> None:
        """Take a toxic away; what it held back passes at once.

        Example:
        | ${toxic} =    Add Latency    database    200 ms
        | Remove Toxic    database    ${toxic}
        """
        self.client.remove_toxic(proxy, toxic)

    @keyword
    def list_toxics(self, proxy: str) -> list[dict[str, object]]:
        """The toxics of a proxy: ``name``, ``type``, ``direction``, ``toxicity`` (0 to 1), ``attributes``.

        Example:
        | ${toxics} =    List Toxics    database
        | Should Be Empty    ${toxics}
        """
        return [
            {**vars(toxic), "direction": str(toxic.direction), "attributes": dict(toxic.attributes)}
            for toxic in self.client.toxics(proxy)
        ]

    def _add(
        self,
        proxy: str,
        toxic: toxic_types.ToxicType,
        direction: Direction,
        toxicity: Percent,
        name: str | None,
    ) -> str:
        added = self.client.add_toxic(
            proxy, toxic, stream=direction, toxicity=toxicity.fraction, name=name
        ).name
        self.undo_later(lambda: self.client.remove_toxic(proxy, added))
        return added


def _ms(duration: Duration) -> int:
    milliseconds = round(duration.seconds * 1000, 6)
    if milliseconds != int(milliseconds):
        raise ValueError(f"{duration} cannot be set: Toxiproxy counts this in whole milliseconds.")
    return int(milliseconds)


def _kb_s(rate: Rate) -> int:
    kilobytes = rate.bytes_per_s / 1000
    if kilobytes != int(kilobytes):
        raise ValueError(f"{rate} cannot be set: Toxiproxy counts bandwidth in whole KB/s.")
    return int(kilobytes)
