"""A relay process: from its configuration to SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvloop

from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.relay.app import relay_app
from syncproof_products.bundled.relay.blobs import BlobStore
from syncproof_products.bundled.relay.config import Config, config_of, read_config
from syncproof_products.bundled.relay.database import open_database, read_snapshot, read_tokens
from syncproof_products.bundled.relay.directory import Directory
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.request_log import RequestLog
from syncproof_products.bundled.relay.serving import Serving, listening_socket
from syncproof_products.bundled.relay.start_error import StartError
from syncproof_products.bundled.relay.tokens import Tokens

_CANNOT_START = 2

_log = logging.getLogger(__name__)

Ready = Callable[[Mapping[str, object]], None]


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run a relay until SIGTERM or SIGINT.

    config: directory, host, port (0: any free one), secret, settings. ready: called with host and port once
    the relay serves. Raises SystemExit with a status other than 0, after a line on stderr, if it cannot start
    or cannot go on.
    """
    # The writer thread comes back from each sync and wants the interpreter: Python's 5 ms is longer than the sync.
    sys.setswitchinterval(0.0005)
    _log_to_stderr()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(config_of(config), ready))
    except StartError as error:
        print(f"syncproof_products.bundled.relay: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a relay by hand: prints where it listens as one line of JSON on stdout."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof_products.bundled.relay", description="Run a relay."
    )
    parser.add_argument(
        "--config", required=True, type=Path, help="JSON file: directory, host, port, secret, settings"
    )
    path = parser.parse_args(arguments).config
    try:
        config = read_config(path)
    except StartError as error:
        print(f"syncproof_products.bundled.relay: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None
    run(config, lambda where: print(json.dumps(where), flush=True))


async def _serve(config: Config, ready: Ready) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    failures: list[Exception] = []

    def fatal(error: Exception) -> None:
        failures.append(error)
        stopping.set()

    settings = config.settings
    directory = Directory(config.directory)
    try:
        writing = open_database(directory.database)
        blobs = _open_blobs(directory, config)
        listener = listening_socket(config.host, config.port, settings.stall_s)
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
        requests = RequestLog(settings.request_log, time.monotonic_ns)
        serving = Serving(relay_app(node, tokens, blobs, requests, settings))
        await serving.start(listener)
        host, port = listener.getsockname()[:2]
        _log.info("serving %s on %s:%d", config.directory, host, port)
        ready({"host": host, "port": port})
        await stopping.wait()
        _log.info("stopping")
        await serving.stop(settings.drain_s)
        await node.stop()
    finally:
        directory.release()
    if failures:
        _log.critical("the relay failed and has stopped", exc_info=failures[0])
        raise SystemExit(1)


def _open_blobs(directory: Directory, config: Config) -> BlobStore:
    try:
        settings = config.settings
        return BlobStore(directory.blobs, settings.max_blob_bytes, settings.blob_chunk_bytes)
    except OSError as error:
        raise StartError(f"cannot use {directory.blobs}: {error.strerror}") from error


def _log_to_stderr() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # uvicorn says at this level that a stream was accepted; the request log has it.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
