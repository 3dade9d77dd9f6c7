"""The port where other peers connect: TLS, and nothing else but a word about itself for whoever speaks plain HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from syncproof_agentkit.server import PortError

_BACKLOG = 2048
#: How a connection begins on which TLS is spoken: with a record of its handshake (RFC 8446, 5.1).
_HANDSHAKE = b"\x16"
#: How long nobody is let in after the system could not (it has no file left): the first time, doubled up to the last.
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.01, 1.0
#: So many may be connected at a time who have not proved who they are.
_STRANGERS = 32
#: How often it is written down at most that some of them went for others, s.
_SAID_S = 10.0
_log = logging.getLogger(__name__)


class Http(HttpToolsProtocol):
    """HTTP that knows whose certificate was shown: `certificate` in the state of a request; None without TLS."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called once the handshake is done."""
        super().connection_made(transport)
        self.app_state["certificate"] = certificate_of(transport)


def certificate_of(transport: asyncio.BaseTransport) -> bytes | None:
    """Of the other side of a connection; None for one without TLS."""
    tls = transport.get_extra_info("ssl_object")
    return None if tls is None else tls.getpeercert(binary_form=True)


class Port:
    """One listening socket."""

    def __init__(self, host: str, port: int, within_s: float) -> None:
        """Take it. within_s: what a handshake may take. Raises PortError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        except OSError as wrong:
            raise PortError(f"cannot listen on {host}:{port}: {wrong.strerror}") from wrong
        self._listener.setblocking(False)
        self._within_s = within_s
        #: Those who have not proved who they are, in the order in which they came.
        self._strangers: dict[asyncio.Task[None], None] = {}
        #: How many of them have gone for others since that was written down, and from when on it may be again.
        self._gone, self._said_until = 0, 0.0
        name = self._listener.getsockname()
        self.address = f"{name[0]}:{name[1]}"

    async def run(
        self,
        make: Callable[[], asyncio.Protocol],
        secured: Callable[[], ssl.SSLContext],
        refused: Callable[[str], None],
    ) -> None:
        """Take connections until cancelled.

        Whoever has come first goes when there are too many who have not proved who they are: a peer has done so long
        before that.

        make: what serves one. secured: by what TLS is spoken now. refused: called with why a handshake has failed.
        """
        loop = asyncio.get_running_loop()
        with self._listener:
            async with asyncio.TaskGroup() as beginning:
                pause_s = 0.0
                while True:
                    try:
                        accepted, _ = await loop.sock_accept(self._listener)
                    except OSError as wrong:
                        if not pause_s:
                            _log.warning("nobody can be let in: %s", wrong)
                        pause_s = min(max(2 * pause_s, _FIRST_PAUSE_S), _LAST_PAUSE_S)
                        await asyncio.sleep(pause_s)
                        continue
                    pause_s = 0.0
                    one = beginning.create_task(self._begin(accepted, make, secured, refused))
                    self._strangers[one] = None
                    one.add_done_callback(lambda done: self._strangers.pop(done, None))
                    # It has to have begun before it goes for others; and with many that wait none of these calls does.
                    await asyncio.sleep(0)
                    self._make_room()

    def _make_room(self) -> None:
        while len(self._strangers) > _STRANGERS:
            first = next(iter(self._strangers))
            del self._strangers[first]
            first.cancel()
            self._gone += 1
        if self._gone and time.monotonic() >= self._said_until:
            _log.warning("%d who had not proved who they are have gone for those who came after", self._gone)
            self._gone, self._said_until = 0, time.monotonic() + _SAID_S

    async def _begin(
        self,
        accepted: socket.socket,
        make: Callable[[], asyncio.Protocol],
        secured: Callable[[], ssl.SSLContext],
        refused: Callable[[str], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            accepted.setblocking(False)
            async with asyncio.timeout(self._within_s):
                first = await _first_byte(accepted)
                if not first:
                    accepted.close()
                    return
                tls = secured() if first == _HANDSHAKE else None
                transport, _ = await loop.connect_accepted_socket(make, accepted, ssl=tls)
                if tls is None:  # who speaks plain HTTP proves nothing, and has no more time than others
                    try:
                        await loop.create_future()
                    finally:
                        transport.abort()
        except ssl.SSLCertVerificationError as wrong:
            refused(f"it has shown an unknown certificate: {wrong.verify_message}")
        except ssl.SSLError as wrong:
            if wrong.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
                refused("it has shown no certificate")
            else:
                _log.info("a handshake failed: %s", wrong)
        except (OSError, TimeoutError):
            accepted.close()
        except asyncio.CancelledError:
            accepted.close()
            raise


async def _first_byte(accepted: socket.socket) -> bytes:
    """Of what the other side says, which stays to be read; nothing when it ends the connection."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(accepted, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(accepted)
    return accepted.recv(1, socket.MSG_PEEK)
