"""What a client of a proxy sees, and waiting until it is what a toxic should make of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["refused", "reset", "closed", "silent", "answered"]

HTTP_REQUEST: Final = b"GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"
"""What a probe sends when nothing else is asked for; any HTTP server answers it, if only with an error."""

_PAUSE_S: Final = 0.02


class NotInTime(AssertionError):
    """What was waited for did not come; the message has the last observation."""


@dataclass(frozen=True)
class Observation:
    """One connection: how it went, and the times in seconds from its first byte sent."""

    outcome: Outcome
    round_trip_s: float = 0.0
    """Until the first byte of an answer (only if there was one)."""
    received: int = 0
    elapsed_s: float = 0.0

    @property
    def rate(self) -> float:
        """Bytes per second of the answer, from the request to its last byte."""
        return self.received / self.elapsed_s if self.elapsed_s > 0 else 0.0

    def __str__(self) -> str:
        if self.outcome != "answered":
            return f"the connection was {self.outcome} after {self.elapsed_s * 1000:.0f} ms"
        return (
            f"an answer began after {self.round_trip_s * 1000:.1f} ms and brought "
            f"{self.received} bytes in {self.elapsed_s * 1000:.0f} ms ({self.rate / 1000:.1f} KB/s)"
        )


def observe(address: str, request: bytes, patience_s: float) -> Observation:
    """Connect, send, and read until the end of the answer or until `patience_s` are over."""
    host, _, port = address.rpartition(":")
    begin = time.monotonic()
    until = begin + patience_s
    try:
        near = socket.create_connection((host.strip("[]"), int(port)), timeout=patience_s)
    except ConnectionRefusedError:
        return Observation("refused", elapsed_s=time.monotonic() - begin)
    except ConnectionResetError:
        return Observation("reset", elapsed_s=time.monotonic() - begin)
    except TimeoutError:
        return Observation("silent", elapsed_s=time.monotonic() - begin)
    with near:
        begin = time.monotonic()
        first, last, received = 0.0, begin, 0
        try:
            near.sendall(request)
            while (left := until - time.monotonic()) > 0:
                near.settimeout(left)
                part = near.recv(65536)
                if not part:
                    break
                last = time.monotonic()
                first = first or last - begin
                received += len(part)
            else:
                raise TimeoutError
        except TimeoutError:
            if not received:
                return Observation("silent", elapsed_s=time.monotonic() - begin)
        except (ConnectionResetError, BrokenPipeError):
            if not received:
                return Observation("reset", elapsed_s=time.monotonic() - begin)
    if not received:
        return Observation("closed", elapsed_s=time.monotonic() - begin)
    return Observation("answered", first, received, last - begin)


def wait_until(
    address: str,
    wanted: Callable[[Observation], bool],
    *,
    expected: str,
    request: bytes = HTTP_REQUEST,
    patience_s: float,
    within_s: float,
) -> Observation:
    """Probe again and again until an observation is as wanted.

    Args:
        address: `host:port` of the proxy.
        wanted: Whether an observation shows the effect.
        expected: The effect in words, for the failure message.
        request: What each probe sends.
        patience_s: How long one probe waits before it counts as silent.
        within_s: The deadline.

    Raises:
        NotInTime: No observation was as wanted; says what was expected and the last that was seen.
    """
    until = time.monotonic() + within_s
    count = 0
    while True:
        seen = observe(address, request, patience_s)
        count += 1
        if wanted(seen):
            return seen
        if time.monotonic() >= until:
            raise NotInTime(
                f"Expected {expected} at {address} within {within_s:g} s. "
                f"Seen last, with probe {count}: {seen}."
            )
        time.sleep(min(_PAUSE_S, max(0.0, until - time.monotonic())))
