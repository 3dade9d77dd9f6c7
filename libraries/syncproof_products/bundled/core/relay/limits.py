"""The limits and intervals of a relay core."""

from __future__ import annotations

from msgspec import Struct

KIB = 1024
MIB = 1024 * KIB


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits of a relay. Times are in seconds, sizes in bytes.

    heartbeat_s: between two beats of a live stream.
    page_events, page_bytes: the most that one pull answers (one event at least).
    max_event_bytes: size of one event: its body and everything that describes it.
    max_push_events: events in one push.
    push_rate, push_burst: events that one device may push, per second in the long run and at once.
    pending_bytes: event bytes of all devices that may wait to become durable.
    subscriber_queue, subscriber_queue_bytes: frames and bytes that may wait for one live stream.
    streams_per_device: live streams of one device; one more ends the oldest.
    stall_s: a live stream that takes no frame for so long, while some wait, is ended.
    max_blob_bytes: one blob.
    uploads_per_device: unfinished uploads of one device; one more drops the one that was not touched for longest.
    upload_idle_s: an unfinished upload that nobody goes on with for so long is dropped.
    """

    heartbeat_s: float = 5.0
    page_events: int = 500
    page_bytes: int = 256 * KIB
    max_event_bytes: int = MIB
    max_push_events: int = 1000
    push_rate: float = 20_000.0
    push_burst: float = 20_000.0
    pending_bytes: int = 64 * MIB
    subscriber_queue: int = 1024
    subscriber_queue_bytes: int = 4 * MIB
    streams_per_device: int = 8
    stall_s: float = 120.0
    max_blob_bytes: int = 256 * MIB
    uploads_per_device: int = 16
    upload_idle_s: float = 86_400.0

    def __post_init__(self) -> None:
        """Raises ValueError for a value that no relay could work with."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not 0 < value < float("inf"):
                raise ValueError(f"setting {name}: expected more than 0, seen {value}")
