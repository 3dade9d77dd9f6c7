"""Follows one agent: its events by long poll, its delivery log whenever there is more of it.

Two connections: `_poll` waits for events, `_read` serves barriers, so that a barrier never waits for a long
poll. Both take the incarnation from a reply to /events on the very connection on which the delivery log is
then read: a connection belongs to one process, so no entry can be put down to the wrong incarnation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import structs

from syncproof.evidence.recorder.http import HttpConnection, MalformedReplyError
from syncproof.evidence.recorder.mapping import DeliveriesReply, EventsReply, decode_delivery, decode_event
from syncproof.evidence.records import INSTALLATION, Marker, Note, Record

R = TypeVar("R", bound=Record)

#: Seconds a long poll may wait at the agent; an idle agent costs one request in this time.
WAIT_S = 20
#: Seconds beyond the wait after which an agent is taken to hang.
REPLY_S = 10.0
PAGE = 1000
FIRST_PAUSE_S = 0.01
LONGEST_PAUSE_S = 0.5
#: Between two polls that brought nothing: an agent without long poll must not make us spin.
IDLE_S = 0.02

_events = msgspec.json.Decoder(EventsReply)
_deliveries = msgspec.json.Decoder(DeliveriesReply)


class Follower:
    """Reads one agent until `stop`. Never raises out of its task; what goes wrong is a line and an error.

    write: takes the lines. malformed: takes a message for people about a reply that is not what the protocol
    says. past: deliveries from before the history; those behind count from 1. ahead_ns: how much the clock of the
    agent's machine is ahead of ours.
    """

    def __init__(
        self,
        device: str,
        url: str,
        names: Mapping[str, str],
        write: Callable[[list[Record]], None],
        malformed: Callable[[str], None],
        past: int = 0,
        ahead_ns: int = 0,
    ) -> None:
        self.device = device
        self._names = names
        self.suspended = False
        self._write = write
        self._malformed = malformed
        self._poll = HttpConnection(url)
        self._read = HttpConnection(url)
        #: As the agent itself counts; `_recorded` is what goes on record.
        self._incarnation = 0
        self._installation = 0
        self._after = 0
        self._past, self._ahead_ns = past, ahead_ns
        self._delivered = past
        self._announced = 0
        self._owed = True
        self._whole = False
        self._outage = False
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.get_running_loop().create_task(self._follow(), name=f"follow {self.device}")

    async def stop(self) -> None:
        """Follow no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._poll.close()
        self._read.close()

    async def move(self, url: str, installation: int) -> None:
        """The agent is at another address now (after a restart). What was read stays read.

        installation: how often its data was lost so far; where that is new, it is read from the start.
        """
        await self.stop()
        if installation != self._installation:
            self._installation, self._incarnation, self._after = installation, 0, 0
        self._poll = HttpConnection(url)
        self._read = HttpConnection(url)
        self.suspended = False
        self.start()

    async def read_to_end(self, timeout_s: float) -> str | None:
        """Read events and delivery log to their end; a message where the agent did not let us, else None."""
        try:
            async with asyncio.timeout(timeout_s), self._turn:
                while await self._digest(self._read, await self._ask(self._read, 0), self._position()):
                    pass
                self._owed = True
                await self._take_deliveries(self._read)
        except MalformedReplyError as error:
            self._note_malformed(str(error))
            return str(error)
        except TimeoutError:
            return f"no answer within {timeout_s:g} s"
        except OSError as error:
            return str(error) or type(error).__name__
        self._reached()
        return None

    async def _follow(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                before = self._position()
                reply = await self._ask(self._poll, 0 if self._owes() else WAIT_S)
                self._reached()
                async with self._turn:
                    # Else a barrier read on while this request was waiting: its events are written already.
                    came = self._position() != before or await self._digest(self._poll, reply, before)
                pause = FIRST_PAUSE_S
                if not came:
                    await asyncio.sleep(IDLE_S)
                continue
            except MalformedReplyError as error:
                self._note_malformed(str(error))
            except OSError as error:  # TimeoutError is one
                self._lost(str(error) or type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _position(self) -> tuple[int, int]:
        return self._incarnation, self._after

    def _owes(self) -> bool:
        """Whether there are entries of the delivery log that we know of, or must look for."""
        return self._owed or self._announced > self._delivered

    async def _ask(self, connection: HttpConnection, wait_s: int, limit: int = PAGE) -> EventsReply:
        target = f"/events?incarnation={self._incarnation}&after={self._after}&wait={wait_s}&limit={limit}"
        body = await connection.get(target, wait_s + REPLY_S)
        try:
            return _events.decode(body)
        except msgspec.DecodeError as error:
            raise MalformedReplyError(f"GET /events: {error}") from None

    async def _digest(self, connection: HttpConnection, reply: EventsReply, before: tuple[int, int]) -> bool:
        """Write a reply to /events, then read the deliveries that it tells of. True if it held events."""
        lines: list[Record] = []
        if reply.incarnation != before[0]:
            begun = self._recorded(reply.incarnation)
            lines.append(self._line("incarnation", begun, {"before": self._recorded(before[0])}))
            self._incarnation, self._after = reply.incarnation, 0
            self._delivered, self._announced, self._owed, self._whole = self._past, 0, True, False
        start = self._after
        for raw in reply.events:
            try:
                seq, line = decode_event(raw, self.device, self._recorded(reply.incarnation), self._announce)
            except msgspec.DecodeError as error:
                lines.append(self._malformed_line(f"GET /events: {error}", bytes(raw)))
                self._after += 1
                continue
            if seq != self._after + 1:
                lines.append(
                    self._line(
                        "event_gap", self._recorded(reply.incarnation), {"after": self._after, "next": seq}
                    )
                )
                self._owed = True
            self._after = seq
            if isinstance(line, Marker) and self._past:
                line = structs.replace(line, n=line.n - self._past) if line.n > self._past else None
            if line is not None:
                lines.append(_by_our_clock(line, self._ahead_ns))
        # Before the deliveries are asked for: a failure there must not lose what was read here.
        self._write(lines)
        if reply.events and self._after <= start:
            raise MalformedReplyError(
                f"GET /events?after={start}: its last event is {self._after}, not a later one"
            )
        await self._take_deliveries(connection)
        return bool(reply.events)

    def _announce(self, n: int) -> None:
        self._announced = max(self._announced, n)

    async def _take_deliveries(self, connection: HttpConnection) -> None:
        """Read the delivery log on from where we are, to its end."""
        while self._owes():
            made = connection.fresh
            body = await connection.get(f"/deliveries?after={self._delivered}&limit={PAGE}", REPLY_S)
            if connection.fresh != made:
                # Another connection, so perhaps another process: whose log was this?
                incarnation = (await self._ask(connection, 0, limit=1)).incarnation
                if incarnation != self._incarnation:
                    raise ConnectionResetError("the agent restarted while its delivery log was read")
            try:
                reply = _deliveries.decode(body)
            except msgspec.DecodeError as error:
                raise MalformedReplyError(f"GET /deliveries: {error}") from None
            lines: list[Record] = []
            before = self._delivered
            for raw in reply.deliveries:
                try:
                    line = decode_delivery(raw, self.device, self._recorded(), self._names)
                except msgspec.DecodeError as error:
                    lines.append(self._malformed_line(f"GET /deliveries: {error}", bytes(raw)))
                    self._delivered += 1
                    continue
                self._delivered = max(self._delivered, line.n)
                line = structs.replace(line, n=line.n - self._past) if self._past else line
                lines.append(_by_our_clock(line, self._ahead_ns))
            done = self._delivered >= reply.total
            if done and not self._whole:
                self._whole = True
                lines.append(
                    self._line("deliveries_read", self._recorded(), {"total": reply.total - self._past})
                )
            self._write(lines)
            if done:
                self._owed = False
                self._announced = self._delivered
            elif self._delivered == before:
                raise MalformedReplyError(
                    f"GET /deliveries?after={before}: nothing new, but total says {reply.total}"
                )

    def _recorded(self, incarnation: int | None = None) -> int:
        """An incarnation that the agent told (default: the present one), as it goes on record."""
        own = self._incarnation if incarnation is None else incarnation
        return self._installation * INSTALLATION + own

    def _line(self, what: str, incarnation: int, fields: dict[str, object]) -> Note:
        return Note(
            what=what,
            device=self.device,
            source="recorder",
            incarnation=incarnation,
            t_ns=time.monotonic_ns(),
            fields=fields,
        )

    def _malformed_line(self, message: str, raw: bytes = b"") -> Note:
        self._malformed(f"{self.device}: {message}")
        fields: dict[str, object] = {"message": message}
        if raw:
            fields["reply"] = raw[:200].decode("utf-8", "replace")
        return self._line("malformed_reply", self._recorded(), fields)

    def _note_malformed(self, message: str) -> None:
        self._write([self._malformed_line(message)])

    def _lost(self, message: str) -> None:
        """An outage is one line at its beginning and one at its end, however often we knock."""
        if not self._outage and not self.suspended:
            self._outage = True
            self._write([self._line("unreachable", self._recorded(), {"message": message})])

    def _reached(self) -> None:
        if self._outage:
            self._outage = False
            self._write([self._line("reachable", self._recorded(), {})])


def _by_our_clock(line: R, ahead_ns: int) -> R:
    """A line whose times are ours: the clock of another machine is ahead by so much."""
    if not ahead_ns:
        return line
    times = {
        name: told - ahead_ns
        for name in line.__struct_fields__
        if name.endswith("_ns") and isinstance(told := getattr(line, name), int) and told
    }
    return structs.replace(line, **times)
