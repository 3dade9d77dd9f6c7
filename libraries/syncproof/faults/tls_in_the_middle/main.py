"""The man in the middle as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from syncproof.faults.passing_on import Change, between

#: What is in the directory for each connection of which both handshakes were tried: a file with this end.
TRIED = ".tried"
_TRIED_WITHIN_S = 10.0
_log = logging.getLogger(__name__)


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Stand between whoever connects and the upstream, until SIGTERM.

    config: host, port (0: any free one), upstream (`host:port`), and directory, where each direction
    of each connection becomes a file of what was read. ready: called with host and port once it serves.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(_serve(config, ready))


async def _serve(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    listener = socket.create_server((str(config["host"]), int(str(config["port"]))))
    listener.setblocking(False)
    folder, numbers = Path(str(config["directory"])), itertools.count(1)
    to_them, to_us = _context(ssl.PROTOCOL_TLS_CLIENT), _context(ssl.PROTOCOL_TLS_SERVER)
    loop, serving = asyncio.get_running_loop(), asyncio.current_task()
    assert serving is not None, "this is one"
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    host, port = listener.getsockname()[:2]
    ready({"host": host, "port": port})
    with listener, contextlib.suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as held:
            while True:
                accepted, _ = await loop.sock_accept(listener)
                file = folder / str(next(numbers))
                held.create_task(_hold(accepted, str(config["upstream"]), to_them, to_us, file))


async def _hold(
    accepted: socket.socket, upstream: str, to_them: ssl.SSLContext, to_us: ssl.SSLContext, file: Path
) -> None:
    """One connection: shake hands with either side, whatever becomes of the other handshake, and pass on."""
    host, _, port = upstream.rpartition(":")
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    try:
        async with asyncio.timeout(_TRIED_WITHIN_S):
            theirs = await asyncio.open_connection(host, int(port), ssl=to_them)
    except (OSError, TimeoutError):
        accepted.close()
        return  # the other side is not there
    with contextlib.closing(theirs[1]):
        try:
            try:
                made, _ = await loop.connect_accepted_socket(
                    lambda: protocol, accepted, ssl=to_us, ssl_handshake_timeout=_TRIED_WITHIN_S
                )
            finally:
                file.with_suffix(TRIED).touch()
            with (
                contextlib.closing(asyncio.StreamWriter(made, protocol, reader, loop)) as writer,
                file.with_suffix(".upstream").open("wb", buffering=0) as said,
                file.with_suffix(".downstream").open("wb", buffering=0) as answered,
            ):
                await between((reader, writer), theirs, _kept_in(said), _kept_in(answered))
        except OSError as wrong:
            _log.info("a connection ended: %s", wrong)


def _kept_in(file: BinaryIO) -> Change:
    def keep(data: bytes) -> bytes:
        file.write(data)
        return data

    return keep


def _context(side: int) -> ssl.SSLContext:
    """It takes whatever the other side shows, and shows a certificate of its own."""
    private = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(private, None)
    )
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    memory = os.memfd_create("certificate")
    try:
        os.write(memory, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        os.write(memory, made.public_bytes(Encoding.PEM))
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)
    return context
