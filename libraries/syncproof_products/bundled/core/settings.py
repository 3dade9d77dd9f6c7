"""The intervals and limits of a device."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

KIB = 1024
MIB = 1024 * KIB


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of a device. Times are in seconds, sizes in bytes.

    retry_base_s, retry_max_s, retry_jitter: the delay before a retry doubles from base to max and is then
    varied by up to this fraction; retry_jitter_s: and put off by up to so long. retry_ttl_s: what has
    failed for so long is pruned from the tracker, and a body that the relay has lacked for so long is waited
    for no longer. retry_limit: things that the tracker follows at once.
    idle_timeout_s: silence after which the live stream counts as dead. heartbeat_s: the device looks at the
    clock at least so often. standby_threshold_s: time between two looks from which it must have been in
    standby. marker_debounce_s: the read marker is told to the relay after this long without a move;
    marker_max_wait_s: and while it keeps moving, at least so often. breaker_failures: exchanges that fail
    in a row until nothing is tried for breaker_cooldown_s. page_events: events asked for in one pull.
    max_lookback: events before the head that count as catch-up; what is older is backfill (fetched all the
    same, first). outbox_limit, outbox_bytes: operations, and bytes of their bodies, that may wait for the
    relay. push_batch, push_bytes: operations and bytes of bodies in one push. hold_limit, hold_bytes: live
    events, and bytes of their bodies, kept in memory ahead of a gap. max_event_bytes: size of the body of
    one operation. transfers: attachments that are downloaded at once, and as many uploaded.
    part_bytes: an attachment that is larger is uploaded in parts of so many.
    descriptor_catchup_s: how often attachments whose retries were pruned are looked for again.
    verification_s: a verification that takes longer is cancelled. ping_s: between two measurements of a
    round trip. degraded_s: round trips from which on the link counts as degraded, and good_s: down to which
    they have to come before it is good again.
    """

    retry_base_s: float = 0.5
    retry_max_s: float = 5.0
    retry_jitter: float = 0.2
    retry_jitter_s: float = 0.0
    retry_ttl_s: float = 600.0
    retry_limit: int = 1000
    idle_timeout_s: float = 15.0
    heartbeat_s: float = 5.0
    standby_threshold_s: float = 30.0
    marker_debounce_s: float = 1.0
    marker_max_wait_s: float = 10.0
    breaker_failures: int = 50
    breaker_cooldown_s: float = 10.0
    page_events: int = 500
    max_lookback: int = 1000
    outbox_limit: int = 10_000
    outbox_bytes: int = 64 * MIB
    push_batch: int = 50
    push_bytes: int = 256 * KIB
    hold_limit: int = 1000
    hold_bytes: int = 4 * MIB
    max_event_bytes: int = MIB
    transfers: int = 2
    part_bytes: int = 256 * KIB
    descriptor_catchup_s: float = 60.0
    verification_s: float = 600.0
    ping_s: float = 2.0
    degraded_s: float = 0.5
    good_s: float = 0.4

    #: Settings of which 0 means something.
    may_be_zero: ClassVar[frozenset[str]] = frozenset({"retry_jitter", "retry_jitter_s"})

    def __post_init__(self) -> None:
        """Raises ValueError for a value that no device could work with."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not value > 0 and name not in self.may_be_zero:
                raise ValueError(f"setting {name}: expected more than 0, seen {value}")
        if not 0 <= self.retry_jitter < 1:
            raise ValueError(
                f"setting retry_jitter: expected 0 or more and less than 1, seen {self.retry_jitter}"
            )
        if self.retry_jitter_s < 0:
            raise ValueError(f"setting retry_jitter_s: expected 0 or more, seen {self.retry_jitter_s}")
        if self.retry_max_s < self.retry_base_s:
            raise ValueError(
                f"setting retry_max_s: expected at least retry_base_s ({self.retry_base_s:g}), "
                f"seen {self.retry_max_s:g}"
            )
        if self.good_s > self.degraded_s:
            raise ValueError(
                f"setting good_s: expected at most degraded_s ({self.degraded_s:g}), seen {self.good_s:g}"
            )
        if self.heartbeat_s >= self.standby_threshold_s:
            raise ValueError(
                f"setting standby_threshold_s: expected more than heartbeat_s ({self.heartbeat_s:g}), "
                f"seen {self.standby_threshold_s:g}: every look at the clock would count as standby"
            )
