"""A probe: one exchange over a plain socket that never blocks, to prove that a fault bit or healed.

It is polled by the scheduler like everything else, and it sees what a client of the link would see: refused, reset,
closed early, silent, slow, in pieces. It works the same through any proxy, unlike counters (the real Toxiproxy
counts bytes only when a connection ends).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Callable

import httptools

from syncproof.kernel.link import Exchange, Outcome, Sighting

#: Bytes of a header that makes a request longer: no server that is known refuses one of that length.
_PADDING = 8000


def lengthened(exchange: Exchange, size: int) -> Exchange:
    """The exchange repeated until at least `size` bytes are sent; HTTP requests get a header that nobody reads."""
    request = exchange.request
    if request.endswith(b"\r\n\r\n") and size > len(request):
        request = request[:-2] + b"X-Padding: " + b"0" * min(size, _PADDING) + b"\r\n\r\n"
    times = max(1, -(-size // len(request)))
    return Exchange(request * times, exchange.replies * times, exchange.reply)


class _HttpReplies:
    """Counts whole HTTP replies, with a length or in chunks."""

    def __init__(self) -> None:
        self.count = self.status = 0
        self._parser = httptools.HttpResponseParser(self)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.count += 1
        self.status = self._parser.get_status_code()

    def feed(self, piece: bytes) -> None:
        """Take in what came; anything that is no HTTP ends no reply."""
        with contextlib.suppress(httptools.HttpParserError):
            self._parser.feed_data(piece)


class _Literals:
    """Counts how often the same bytes came."""

    status = 0

    def __init__(self, reply: bytes) -> None:
        self.count = 0
        self._reply, self._rest = reply, b""

    def feed(self, piece: bytes) -> None:
        """Take in what came."""
        parts = (self._rest + piece).split(self._reply)
        self.count += len(parts) - 1
        self._rest = parts[-1]


class SocketProbe:
    """One exchange with `host:port`. Poll it until it answers a Sighting; close it when it is no longer wanted.

    Raises OSError where it is not the other side that refuses: no route, no port left.
    """

    def __init__(self, address: str, exchange: Exchange, now: Callable[[], int]) -> None:
        host, _, port = address.rpartition(":")
        self._now, self._exchange, self._unsent = now, exchange, exchange.request
        self.started = now()
        self._answer = _Literals(exchange.reply) if exchange.reply else _HttpReplies()
        self._received = self._pieces = 0
        self._sighting: Sighting | None = None
        self._was_reset = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        code = self._socket.connect_ex((host.strip("[]"), int(port)))
        if code == errno.ECONNREFUSED:
            self._end("refused")
        elif code not in (0, errno.EINPROGRESS):
            self._socket.close()
            raise OSError(code, f"a probe cannot connect to {address}: {os.strerror(code)}")

    @property
    def silent_ns(self) -> int:
        """How long it has been under way without an end."""
        return self._now() - self.started

    @property
    def received(self) -> int:
        """Bytes that came back so far."""
        return self._received

    def poll(self) -> Sighting | None:
        """Go on as far as is possible without waiting; the Sighting once the exchange ended."""
        if self._sighting is not None:
            return self._sighting
        try:
            if self._unsent:
                self._send()
            while True:
                piece = self._socket.recv(65536)
                if not piece:
                    return self._end("reset" if self._was_reset else "closed")
                self._received += len(piece)
                self._pieces += 1
                self._answer.feed(piece)
                if self._answer.count >= self._exchange.replies:
                    return self._end("answered")
        except BlockingIOError:
            return None
        except ConnectionRefusedError:
            return self._end("refused")
        except (ConnectionResetError, BrokenPipeError):
            return self._end("reset")
        except OSError as wrong:
            if wrong.errno in (errno.ENOTCONN, errno.EALREADY):
                return None  # the connection is still being made
            raise

    def _send(self) -> None:
        """Send on. What came before a reset is still there to be read."""
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except (ConnectionResetError, BrokenPipeError):
            self._unsent, self._was_reset = b"", True

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def _end(self, outcome: Outcome) -> Sighting:
        self._socket.close()
        sent = len(self._exchange.request) - len(self._unsent)
        self._sighting = Sighting(
            outcome, self._now() - self.started, self._received, self._pieces, sent, self._answer.status
        )
        return self._sighting


class SocketProber:
    """Sends probes over sockets. now: CLOCK_MONOTONIC, ns."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now

    def probe(self, address: str, exchange: Exchange) -> SocketProbe:
        """Begin an exchange with `host:port`."""
        return SocketProbe(address, exchange, self._now)
