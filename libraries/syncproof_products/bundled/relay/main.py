"""A relay process: from its configuration to SIGTERM."""

from __future__ import annotations

import logging
import os
import random
import sys
import time
from pathlib import Path

from syncproof_agentkit.program import Program, Ready, until_told_to_stop
from syncproof_agentkit.server import HttpServer
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.relay.app import relay_app
from syncproof_products.bundled.relay.blobs import BlobStore
from syncproof_products.bundled.relay.database import (
    open_database,
    read_invites,
    read_snapshot,
    read_tokens,
)
from syncproof_products.bundled.relay.directory import Directory
from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded_http import GuardedHttp
from syncproof_products.bundled.relay.invites import Invites
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.request_log import RequestLog
from syncproof_products.bundled.relay.retention import Retention
from syncproof_products.bundled.relay.secured import RelayIdentity, Secured
from syncproof_products.bundled.relay.settings import Config
from syncproof_products.bundled.relay.start_error import StartError
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.relay.uploads import UploadStore

_log = logging.getLogger(__name__)


async def _serve(config: Config, ready: Ready) -> None:
    # The writer thread comes back from each sync and wants the interpreter: Python's 5 ms is longer than the sync.
    sys.setswitchinterval(0.0005)
    stopping = until_told_to_stop()
    failures: list[Exception] = []

    def fatal(error: Exception) -> None:
        failures.append(error)
        stopping.set()

    settings = config.settings
    directory = Directory(Path(config.directory))
    try:
        writing = open_database(directory.database)
        blobs, uploads = _open_blobs(directory, config)
        identity = _identity(directory)
        node = Node(
            Relay(settings, read_snapshot(writing)),
            directory.database,
            writing,
            clock=time.monotonic,
            rng=random.Random(os.urandom(16)),
            group_commit=settings.group_commit,
            fatal=fatal,
        )
        tokens = Tokens(config.secret, read_tokens(writing), settings.tokens_per_device, node.store)
        invites = Invites(time.time, read_invites(writing), node.store)
        retention = Retention(blobs, settings, node.is_referenced)
        requests = RequestLog(settings.request_log, time.monotonic_ns)
        guard = Guard(settings)
        server = HttpServer(
            guard.app(relay_app(node, tokens, blobs, uploads, retention, requests, invites, settings)),
            websockets="websockets-sansio",
            http=GuardedHttp,
            wrapped=lambda http: guard.protocol(Secured(http, identity.channel, settings.handshake_s)),
        )
        host, port = await server.listen(config.host, config.port, settings.stall_s)
        _log.info("serving %s on %s:%d", config.directory, host, port)
        retention.start()
        ready({"host": host, "port": port})
        await stopping.wait()
        _log.info("stopping")
        uploads.stop()
        retention.stop()
        await server.close(settings.drain_s)
        await node.stop()
    finally:
        directory.release()
    if failures:
        _log.critical("the relay failed and has stopped", exc_info=failures[0])
        raise SystemExit(1)


def _identity(directory: Directory) -> RelayIdentity:
    try:
        return RelayIdentity(directory.key)
    except OSError as error:
        raise StartError(f"cannot use {directory.key}: {error.strerror}") from error
    except ValueError as error:
        raise StartError(f"cannot use {directory.key}: {error}") from error


def _open_blobs(directory: Directory, config: Config) -> tuple[BlobStore, UploadStore]:
    try:
        settings = config.settings
        blobs = BlobStore(
            directory.blobs, settings.max_blob_bytes, settings.blob_chunk_bytes, settings.blob_quota_bytes
        )
        return blobs, UploadStore(blobs, settings)
    except OSError as error:
        raise StartError(f"cannot use {directory.blobs}: {error.strerror}") from error


PROGRAM = Program("syncproof_products.bundled.relay", "Run a relay.", Config, _serve, (StartError,))
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
