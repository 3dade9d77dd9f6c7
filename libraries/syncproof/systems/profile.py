"""What the harness must know of a system before it can judge it: its amounts, its patience, its intervals.

Stated durations of a scenario and the system's own intervals are multiplied by TIME_SCALE, rates divided by it;
sizes and counts stay. The slack is added unscaled to every deadline, because TCP's timers and the speed of the
machine do not scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncproof.systems.agent import Capabilities


@dataclass(frozen=True)
class Profile:
    """One system on one kind of stack.

    settings / server_settings: the system's own intervals and limits at scale 1; names that end in `_s` are
    durations in seconds and scale. retry_interval_s: nothing delivered for this long, and nothing pending, is rest.
    """

    system: str
    slack_s: float
    retry_interval_s: float
    standby_threshold_s: float
    backlog_messages: int
    backlog_message_bytes: int
    capabilities: Capabilities
    settings: dict[str, float] = field(default_factory=dict)
    server_settings: dict[str, float] = field(default_factory=dict)

    def scaled_settings(self, scale: float, changes: Mapping[str, float] | None = None) -> dict[str, float]:
        """The device's settings under a TIME_SCALE, some of them changed."""
        return _scaled({**self.settings, **(changes or {})}, scale)

    def scaled_server_settings(self, scale: float) -> dict[str, float]:
        """The server's settings under a TIME_SCALE."""
        return _scaled(self.server_settings, scale)


def _scaled(settings: dict[str, float], scale: float) -> dict[str, float]:
    return {name: value * scale if name.endswith("_s") else value for name, value in settings.items()}


BUNDLED = Profile(
    system="bundled",
    slack_s=5.0,
    retry_interval_s=5.0,
    standby_threshold_s=30.0,
    backlog_messages=1200,
    backlog_message_bytes=24_000,
    capabilities=Capabilities(
        order="total",
        outbox="durable",
        conflicts="siblings",
        versions="all",
        blobs="separate",
        range=True,
        awaits=True,
        marker=True,
        clock=True,
        pause=True,
        verification=True,
        history=True,
        operator=True,
        breaker=True,
        request_log=True,
        other_client=True,
    ),
    settings={
        "retry_base_s": 0.5,
        "retry_max_s": 5.0,
        "retry_jitter": 0.2,
        "retry_ttl_s": 600.0,
        "descriptor_catchup_s": 60.0,
        "idle_timeout_s": 15.0,
        "heartbeat_s": 5.0,
        "standby_threshold_s": 30.0,
        "marker_debounce_s": 1.0,
        "marker_max_wait_s": 10.0,
        "breaker_failures": 50,
        "breaker_cooldown_s": 10.0,
    },
    server_settings={"heartbeat_s": 5.0},
)
