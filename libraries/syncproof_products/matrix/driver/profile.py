"""What the harness must know of Synapse and of the Matrix device."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from syncproof.systems.agent import Capabilities
from syncproof.systems.profile import Profile

MATRIX = Profile(
    system="matrix",
    # Synapse on SQLite takes some 20 messages a second; nothing of that scales with TIME_SCALE.
    slack_s=30.0,
    retry_interval_s=5.0,
    standby_threshold_s=30.0,
    # Few and long ones: an event has at most 64 KB, and 28 MB are five times what a device's memory may grow by.
    backlog_messages=470,
    backlog_message_bytes=60_000,
    capabilities=Capabilities(
        order="total",
        outbox="memory",
        conflicts="lww",
        versions="all",
        blobs="separate",
        range=False,
        marker=True,
        clock=True,
        pause=True,
        history=True,
        verification=True,
    ),
    settings={
        "poll_s": 2.0,
        "idle_timeout_s": 15.0,
        "retry_base_s": 0.5,
        "retry_max_s": 5.0,
        "standby_threshold_s": 30.0,
        "marker_debounce_s": 3.0,
        "breaker_failures": 50,
        "breaker_cooldown_s": 10.0,
        "page_events": 10,
        "company_ms": 100,
    },
)

#: The same devices and the same Synapse; what they say is end-to-end encrypted.
MATRIX_ENCRYPTED = replace(
    MATRIX,
    system="matrix-encrypted",
    # A message costs devices and homeserver a third more.
    slack_s=45.0,
    # An event of 64 KB has room for 48 KB once it is encrypted; the same 28 MB.
    backlog_messages=640,
    backlog_message_bytes=44_000,
    # Keys of the past are on the devices that were there, and nowhere else: a new installation cannot read it.
    capabilities=msgspec.structs.replace(MATRIX.capabilities, e2ee=True, history=False),
)
