"""How a group lies in JetStream: a stream of its own with one subject, a message for each operation."""

from __future__ import annotations

from urllib.parse import quote, unquote

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    Header,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

#: Of whoever published a message.
AUTHOR = "Syncproof-Author"
#: How long the server knows a message id again, seconds. After a restart it reads them from the stream.
DUPLICATE_WINDOW_S = 600.0
#: The server's own limit.
NAME_BYTES = 255


def stream_of(group: str) -> str:
    """The name of a group's stream, in which dots, stars and the like have no place; two groups never share one.

    (Nor does a percent sign: nats-server 2.9 takes it for a verb when it makes the subject of an acknowledgement.)
    """
    return quote(group, safe="").replace("_", "%5F").replace(".", "%2E").replace("%", "_")


def subject_of(group: str) -> str:
    """Where a group's messages are published."""
    return f"groups.{stream_of(group)}"


def stream_config(group: str) -> StreamConfig:
    """A group's stream. Every member makes it, and the same one again is no error."""
    return StreamConfig(
        name=stream_of(group),
        subjects=[subject_of(group)],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        duplicate_window=DUPLICATE_WINDOW_S,
    )


def consumer_config(position: int, under_way: int, ack_wait_s: float) -> ConsumerConfig:
    """What brings a group's messages behind a position, in order.

    under_way: that many before the first is acked. ack_wait_s: when they come again, if they are not.
    """
    return ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=position + 1,
        ack_policy=AckPolicy.ALL,
        ack_wait=ack_wait_s,
        max_ack_pending=under_way,
    )


def headers_of(device: str, op_id: str) -> dict[str, str]:
    """The headers of a device's operation. Its message id is the same whenever it is published again."""
    author = quote(device, safe="")
    return {Header.MSG_ID.value: f"{author}/{quote(op_id, safe='')}", AUTHOR: author}


def author_of(headers: dict[str, str] | None) -> str:
    """Who published a message; "" where another client did, which does not say."""
    return unquote((headers or {}).get(AUTHOR, ""))
