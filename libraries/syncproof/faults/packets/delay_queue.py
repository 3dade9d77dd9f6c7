"""The program behind a queue of the kernel's: takes packets from it and gives each back when its time has come.

    python delay_queue.py QUEUE SECONDS

Imports nothing but the standard library, so that it runs in any container that has a Python. It speaks netlink
itself (linux/netfilter/nfnetlink_queue.h), and needs NET_ADMIN in its network namespace.
"""

from __future__ import annotations

import errno
import heapq
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping

_NETLINK_NETFILTER = 12
_QUEUE = 3 << 8  # NFNL_SUBSYS_QUEUE
_PACKET, _VERDICT, _CONFIG = _QUEUE | 0, _QUEUE | 1, _QUEUE | 2
_ERROR = 2
_REQUEST, _ACK = 1, 4
_CFG_CMD, _CFG_PARAMS, _CFG_QUEUE_MAXLEN = 1, 2, 3
_PACKET_HDR, _VERDICT_HDR, _PAYLOAD, _CAP_LEN = 1, 2, 10, 13
_BIND, _COPY_PACKET, _ACCEPT = 1, 2, 1
#: Of each packet only so much is copied: its length is all that is wanted.
_COPIED = 64
_LONGEST = 65_536
_TELL_S = 0.2


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute of netlink, padded to four bytes."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def message(kind: int, flags: int, queue: int, attributes: bytes) -> bytes:
    """One message about a queue, with its netlink and nfnetlink heads."""
    return struct.pack("=IHHII", 20 + len(attributes), kind, flags, 0, 0) + (
        struct.pack("!BBH", socket.AF_UNSPEC, 0, queue) + attributes
    )


def binding(queue: int) -> list[bytes]:
    """What makes a queue ours: bind, how much to copy, how many packets may wait."""
    settings = [
        attribute(_CFG_CMD, struct.pack("!BBH", _BIND, 0, socket.AF_INET)),
        attribute(_CFG_PARAMS, struct.pack("!IB", _COPIED, _COPY_PACKET)),
        attribute(_CFG_QUEUE_MAXLEN, struct.pack("!I", _LONGEST)),
    ]
    return [message(_CONFIG, _REQUEST | _ACK, queue, each) for each in settings]


def accept(queue: int, packet: int) -> bytes:
    """Gives a packet back to the kernel, unchanged."""
    return message(_VERDICT, _REQUEST, queue, attribute(_VERDICT_HDR, struct.pack("!II", _ACCEPT, packet)))


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content, behind the netlink head, of each message in what was received."""
    at = 0
    while at + 16 <= len(data):
        size, kind = struct.unpack_from("=IH", data, at)
        if size < 16:
            return
        yield kind, data[at + 16 : at + size]
        at += (size + 3) & ~3


def packet(content: bytes) -> tuple[int, int]:
    """Id and length of a queued packet, from its message's content. Raises ValueError if it has no id."""
    at, identity, length = 4, None, 0
    while at + 4 <= len(content):
        size, kind = struct.unpack_from("=HH", content, at)
        if size < 4:
            break
        value = content[at + 4 : at + size]
        kind &= 0x3FFF
        if kind == _PACKET_HDR:
            identity = struct.unpack_from("!I", value)[0]
        elif kind == _PAYLOAD:
            length = max(length, len(value))
        elif kind == _CAP_LEN:
            length = struct.unpack("!I", value)[0]
        at += (size + 3) & ~3
    if identity is None:
        raise ValueError("a queued packet without an id")
    return identity, length


def refusal(content: bytes) -> int:
    """The error number in an answer of kind `error`; 0 is none."""
    return -int(struct.unpack_from("=i", content)[0])


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """As a program of the launcher: config has `queue` and `delay_s`. Raises OSError where the kernel has no queues."""
    queue, delay_s = config["queue"], config["delay_s"]
    assert isinstance(queue, int)
    assert isinstance(delay_s, float | int)
    serve(queue, delay_s, lambda: ready({}))


def serve(queue: int, delay_s: float, ready: Callable[[], None]) -> None:
    """Serves until it is killed; prints `held PACKETS BYTES` now and then."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as line:
        line.bind((0, 0))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for each in binding(queue):
            line.send(each)
            for kind, content in messages(line.recv(65536)):
                if kind == _ERROR and refusal(content):
                    raise OSError(refusal(content), "the kernel refuses the queue")
        ready()
        _hold(line, queue, delay_s)


def _hold(line: socket.socket, queue: int, delay_s: float) -> None:
    due: list[tuple[float, int, int]] = []
    packets = sent = order = 0
    told, tell_at = (0, 0), 0.0
    while True:
        now = time.monotonic()
        while due and due[0][0] <= now:
            line.send(accept(queue, heapq.heappop(due)[2]))
        if (packets, sent) != told and now >= tell_at:
            print(f"held {packets} {sent}", flush=True)
            told, tell_at = (packets, sent), now + _TELL_S
        wait = max(0.0, due[0][0] - now) if due else _TELL_S
        if not select.select([line], [], [], wait)[0]:
            continue
        try:
            data = line.recv(1 << 20)
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # more came than fitted: dropped, as any full queue does
                raise
            continue
        arrived = time.monotonic()
        for kind, content in messages(data):
            if kind == _PACKET:
                identity, length = packet(content)
                heapq.heappush(due, (arrived + delay_s, order, identity))
                order, packets, sent = order + 1, packets + 1, sent + length


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]), lambda: print("ready", flush=True))
