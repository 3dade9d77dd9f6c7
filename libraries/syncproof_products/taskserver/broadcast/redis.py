"""Instances joined through Redis: what one publishes, all of them get, or know that they may have missed something."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from valkey.asyncio.connection import Connection
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError

from syncproof_products.taskserver.broadcast.messages import Event

_RETRY_S = 0.1
log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_event = msgspec.json.Decoder(Event).decode


class Unpublished(Exception):
    """An event did not go out, or nobody knows whether it did; the message says why."""


class RedisBroker:
    """One instance's two connections to Redis: one to publish, one on which everything comes.

    address: host:port. prefix: of the names of all channels; deployments with different ones do not hear each other.
    heartbeat_s: a Redis that has not answered for so long is given up, and dialled again. happened: told of each event.
    missed: told when all comes again after a connection was lost.
    """

    def __init__(
        self,
        address: str,
        prefix: str,
        heartbeat_s: float,
        happened: Callable[[Event], None],
        missed: Callable[[], None],
    ) -> None:
        self._address, self._prefix, self._heartbeat_s = address, prefix, heartbeat_s
        self._happened, self._missed = happened, missed
        self._publishing: Connection | None = None
        self._turn = asyncio.Lock()
        self._first = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        #: Why no events come now; "" where they do.
        self.trouble = "it is being connected"

    async def start(self) -> None:
        """Begin to listen; back as soon as events come, or a first try has failed."""
        self._task = asyncio.create_task(self._listen(), name="broadcast")
        await self._first.wait()

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._hang_up()

    async def publish(self, event: Event) -> None:
        """Hand an event to every instance. Raises Unpublished; what was raised for may have gone out all the same."""
        async with self._turn:
            try:
                if self._publishing is None:
                    self._publishing = self._connection()
                    await _dial(self._publishing)
                await self._publishing.send_command("PUBLISH", self._prefix + event.channel, _encode(event))
                reached = await self._publishing.read_response()
            except (ValkeyError, OSError) as wrong:
                await self._hang_up()
                raise Unpublished(f"Redis at {self._address}: {wrong}") from None
            except (
                BaseException
            ):  # cancelled between question and answer: the next one must not read this answer
                await self._hang_up()
                raise
        if not reached:
            raise Unpublished("no instance listens to Redis now, so that it went nowhere")

    async def _listen(self) -> None:
        """One connection after the other."""
        listened = False
        while True:
            connection = self._connection()
            try:
                await _dial(connection)
                await connection.send_command("PSUBSCRIBE", f"{_escaped(self._prefix)}*")
                await connection.read_response()
                self.trouble = ""
                if listened:
                    self._missed()
                listened = True
                self._first.set()
                await self._follow(connection)
            except (ValkeyError, OSError) as wrong:
                self.trouble = f"Redis at {self._address}: {wrong}"
                log.warning("no events come: %s", self.trouble)
            except Exception as wrong:  # of our own: what came with it is lost, and everybody has to refetch
                self.trouble = f"cannot take what comes from Redis at {self._address}: {wrong!r}"
                log.exception("no events come")
            finally:
                self._first.set()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(_RETRY_S)

    async def _follow(self, connection: Connection) -> None:
        """Take what comes. Raises ConnectionError where nothing does, not even the answer to a ping."""
        asked = False
        while True:
            # None: nothing came within the time. What has come in part is kept for the next time.
            message = await connection.read_response(timeout=self._heartbeat_s, disconnect_on_error=False)
            if message is None:
                if asked:
                    raise ConnectionError(f"no answer within {self._heartbeat_s:g} s")
                await connection.send_command("PING")
                asked = True
            else:
                asked = False
                if message[0] == b"pmessage":
                    self._take(message[3])

    def _take(self, content: bytes) -> None:
        try:
            event = _event(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            log.warning("somebody else publishes on our channels: %s", wrong)
            return
        self._happened(event)

    def _connection(self) -> Connection:
        host, _, port = self._address.rpartition(":")
        return Connection(
            host=host,
            port=int(port),
            socket_timeout=self._heartbeat_s,
            socket_connect_timeout=self._heartbeat_s,
            retry=Retry(NoBackoff(), 0),  # it would go on on another connection, and not say so
            lib_name=None,
            lib_version=None,
        )

    async def _hang_up(self) -> None:
        if self._publishing is not None:
            connection, self._publishing = self._publishing, None
            await connection.disconnect(nowait=True)


def _escaped(prefix: str) -> str:
    """For a pattern of PSUBSCRIBE, which means just that prefix."""
    return "".join(f"\\{each}" if each in "*?[]^\\" else each for each in prefix)


async def _dial(connection: Any) -> None:
    """Connect. Its package has no type for that."""
    await connection.connect()
