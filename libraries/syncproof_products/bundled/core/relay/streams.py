"""The live streams of a relay: a bounded queue each, lag, heartbeats.

A stream whose queue is full lags: it loses events until the queue is empty and then gets a beat, whose heads
tell it what it missed. Beats are never lost: one may be queued, and one more, with newer heads, follows it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from syncproof_products.bundled.core.relay.actions import CloseStream, RelayAction, SendFrame
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.rooms import Rooms
from syncproof_products.bundled.core.wire import Frame, Heartbeat, Hello, Live

_FRAME_COST = 64


class Stream:
    """One live stream. costs: (bytes, is a beat) of each frame queued; moved_at: when it last took one."""

    __slots__ = ("beat_due", "beat_queued", "costs", "device", "lagging", "moved_at", "queued", "stream_id")

    def __init__(self, stream_id: int, device: str, now: float) -> None:
        self.stream_id = stream_id
        self.device = device
        self.costs: deque[tuple[int, bool]] = deque()
        self.queued = 0
        self.lagging = False
        self.beat_queued = False
        self.beat_due = False
        self.moved_at = now

    def queue(self, now: float, frame: Frame, cost: int) -> SendFrame:
        """Count a frame as queued, and the action that queues it."""
        if not self.costs:
            self.moved_at = now
        self.costs.append((cost, isinstance(frame, Heartbeat)))
        self.queued += cost
        return SendFrame(self.stream_id, frame)

    def sent(self, now: float, count: int) -> None:
        """Take the oldest frames off the queue."""
        self.moved_at = now
        for _ in range(min(count, len(self.costs))):
            cost, is_beat = self.costs.popleft()
            self.queued -= cost
            if is_beat:
                self.beat_queued = False


class Streams:
    """All live streams, by id and by device."""

    def __init__(self, limits: Limits, rooms: Rooms, mail: Callable[[str], int]) -> None:
        self._limits = limits
        self._rooms = rooms
        self._mail = mail
        self._streams: dict[int, Stream] = {}
        self._of_device: dict[str, dict[int, Stream]] = {}
        self.frames_dropped = 0

    def __len__(self) -> int:
        return len(self._streams)

    def open(self, now: float, stream_id: int, device: str) -> list[RelayAction]:
        """A new stream; the oldest of the same device is ended if it has too many."""
        actions: list[RelayAction] = []
        own = self._of_device.setdefault(device, {})
        if len(own) >= self._limits.streams_per_device:
            actions.append(
                self._end(next(iter(own.values())), "replaced by a newer stream of the same device")
            )
            own = self._of_device.setdefault(device, {})
        stream = Stream(stream_id, device, now)
        self._streams[stream_id] = own[stream_id] = stream
        heads = self._rooms.heads(device)
        actions.append(stream.queue(now, Hello(heads, self._mail(device)), _heads_cost(heads)))
        return actions

    def close(self, stream_id: int) -> None:
        """A stream ended by itself."""
        stream = self._streams.get(stream_id)
        if stream is not None:
            self._forget(stream)

    def sent(self, now: float, stream_id: int, count: int) -> list[RelayAction]:
        """The link took frames of a stream."""
        stream = self._streams.get(stream_id)
        if stream is None:
            return []
        stream.sent(now, count)
        if stream.lagging and not stream.costs:
            stream.lagging = False
            stream.beat_due = True
        return self._beat(now, stream) if stream.beat_due else []

    def publish(self, now: float, members: dict[str, None], live: Live, size: int) -> list[RelayAction]:
        """Queue an event of `size` bytes for every stream of these devices that has room for it."""
        actions: list[RelayAction] = []
        cost = size + _FRAME_COST
        for member in members:
            for stream in self._of_device.get(member, _NONE).values():
                if stream.lagging or self._is_full(stream, cost):
                    stream.lagging = True
                    self.frames_dropped += 1
                else:
                    actions.append(stream.queue(now, live, cost))
        return actions

    def beat_device(self, now: float, device: str) -> list[RelayAction]:
        """A beat at once on every stream of a device."""
        actions: list[RelayAction] = []
        for stream in self._of_device.get(device, _NONE).values():
            actions.extend(self._beat(now, stream))
        return actions

    def beat_all(self, now: float) -> list[RelayAction]:
        """The heartbeat; streams that have not moved for too long are ended instead."""
        actions: list[RelayAction] = []
        for stream in list(self._streams.values()):
            if stream.costs and now - stream.moved_at >= self._limits.stall_s:
                actions.append(self._end(stream, f"took no frame for {self._limits.stall_s:g} s"))
            else:
                actions.extend(self._beat(now, stream))
        return actions

    def _beat(self, now: float, stream: Stream) -> list[RelayAction]:
        if stream.beat_queued:
            stream.beat_due = True
            return []
        stream.beat_queued = True
        stream.beat_due = False
        heads = self._rooms.heads(stream.device)
        return [stream.queue(now, Heartbeat(heads, self._mail(stream.device)), _heads_cost(heads))]

    def _is_full(self, stream: Stream, cost: int) -> bool:
        if len(stream.costs) >= self._limits.subscriber_queue:
            return True
        return bool(stream.costs) and stream.queued + cost > self._limits.subscriber_queue_bytes

    def _end(self, stream: Stream, reason: str) -> CloseStream:
        self._forget(stream)
        return CloseStream(stream.stream_id, reason)

    def _forget(self, stream: Stream) -> None:
        del self._streams[stream.stream_id]
        own = self._of_device[stream.device]
        del own[stream.stream_id]
        if not own:
            del self._of_device[stream.device]


_NONE: dict[int, Stream] = {}


def _heads_cost(heads: dict[str, int]) -> int:
    return _FRAME_COST + sum(len(room) + 16 for room in heads)
