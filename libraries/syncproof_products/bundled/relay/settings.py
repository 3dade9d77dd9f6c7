"""The settings of a relay: all that an operator may change, with what it is if nobody does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from syncproof_agentkit.config import ServerConfig
from syncproof_products.bundled.core.relay.limits import KIB, MIB, Limits


class Settings(Limits, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits of the core, and those of its edge. Times are in seconds, sizes in bytes.

    max_request_bytes: the body of one request, blobs excepted.
    blob_quota_bytes: all blobs together, until the operator says otherwise.
    orphan_s: after how long a blob goes to which no event refers, since it was last brought.
    blob_ttl_s: how long a blob is kept since it was last brought.
    collect_turn_s: behind each blob that goes requests get their turn for so long.
    blob_chunk_bytes: what of a blob is in memory at a time while it is read.
    tokens_per_device: valid tokens of one device; one more makes the oldest invalid.
    group_commit: the most commits that share one transaction.
    request_log: requests that the log for the operator holds.
    handshake_s: how long the handshake of a secured connection may take: longer than a device waits for it, which can
    say what did not come.
    max_head_bytes: the target and the headers of a request, and its trailers; one that has more is answered 431.
    device_body_bytes: bodies of one device that have not been answered yet; what is more is answered 429.
    strangers: connections on which nobody has proved who he is; one more ends the oldest.
    connections_per_device: those of one device; one more ends the oldest.
    request_s, slow_rate: a head may take so many seconds to come, and a body as many, and one more for each
    `slow_rate` bytes, but never more than `request_s` ahead; then the connection is ended.
    stream_rate, stream_burst: live streams that one device may open, per second in the long run and at once; one more
    is answered 429 with Retry-After.
    guess_rate, guess_burst: invites that one device may ask for in vain, per second in the long run and at once; from
    then on whatever it asks about invites is answered 429 with Retry-After.
    drain_s: how long requests under way may take to end after SIGTERM.
    """

    max_request_bytes: int = 16 * MIB
    blob_quota_bytes: int = 10 * 1024 * MIB
    orphan_s: float = 86_400.0
    blob_ttl_s: float = 10 * 365 * 86_400.0
    collect_turn_s: float = 0.02
    blob_chunk_bytes: int = 256 * KIB
    tokens_per_device: int = 16
    group_commit: int = 256
    request_log: int = 40_000
    handshake_s: float = 10.0
    max_head_bytes: int = 64 * KIB
    device_body_bytes: int = 32 * MIB
    strangers: int = 128
    connections_per_device: int = 64
    request_s: float = 20.0
    slow_rate: float = 500.0
    stream_rate: float = 5.0
    stream_burst: float = 60.0
    guess_rate: float = 0.1
    guess_burst: float = 10.0
    drain_s: float = 2.0


class Config(ServerConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a relay keeps its data and listens, and the secret to register with."""

    secret: Annotated[str, Meta(min_length=1)]
    settings: Settings = Settings()
