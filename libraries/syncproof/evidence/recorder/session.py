"""One harness at the recorder: its commands, its history, the agents that it has us follow."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import msgspec
from msgspec import UNSET

from syncproof.evidence.lines import Line
from syncproof.evidence.recorder.file import HistoryFile
from syncproof.evidence.recorder.follower import Follower
from syncproof.evidence.recorder.protocol import (
    NOT_READ,
    Answer,
    Attach,
    Command,
    Named,
    Open,
    Unreachable,
    decode_command,
    encode,
)
from syncproof.evidence.records import Record

#: Errors that an answer carries at most; the history has them all.
MOST_ERRORS = 20


class Session:
    """Works off the lines of one connection."""

    def __init__(self) -> None:
        self._file: HistoryFile | None = None
        self._followers: dict[str, Follower] = {}
        #: What the system calls a device -> what the history calls it.
        self._names: dict[str, str] = {}
        self._errors: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the harness closes its end."""
        try:
            while line := await reader.readline():
                answer = await self.take(line)
                if answer is not None:
                    writer.write(encode(answer))
                    await writer.drain()
        except ConnectionError:
            pass  # the harness is gone, which ends the session as its closing would
        finally:
            await self._end()
            writer.close()

    async def take(self, line: bytes) -> Answer | None:
        """Do what one line says. Raises nothing: what cannot be done is an error of the next answer."""
        try:
            command = decode_command(line)
        except msgspec.DecodeError as error:
            text = line[:200].decode("utf-8", "replace").strip()
            self._error(f"the recorder could not take a line: {error}: {text}")
            # A line that asks for an answer gets one even when it is malformed: nobody must wait for ever.
            return (
                self._answer(NOT_READ) if line.startswith((b'{"open"', b'{"barrier"', b'{"close"')) else None
            )
        try:
            return await self._do(command)
        except (OSError, ValueError, LookupError) as error:
            self._error(str(error))
            return self._answer(command.number) if command.open is not UNSET else None

    async def _do(self, command: Command) -> Answer | None:
        if isinstance(command.record, Record):
            self._append(command.record)
        elif isinstance(command.open, Open):
            await self._end()
            self._file = HistoryFile(Path(command.open.path), command.open.header)
            return self._answer(command.number)
        elif isinstance(command.attach, Attach):
            await self._attach(command.attach)
        elif isinstance(command.suspend, Named):
            self._named(command.suspend).suspended = True
        elif isinstance(command.resume, Named):
            self._named(command.resume).suspended = False
        elif isinstance(command.detach, Named):
            await self._named(command.detach).stop()
            del self._followers[command.detach.device]
        elif isinstance(command.barrier, int):
            return await self._barrier(command.barrier, command.timeout_s)
        else:
            answer = self._answer(command.number)
            await self._end()
            return answer
        return None

    def _append(self, record: Line) -> None:
        if record.t_ns == 0:
            record = msgspec.structs.replace(record, t_ns=time.monotonic_ns())
        _write(self._open_file(), [record])

    async def _attach(self, attach: Attach) -> None:
        file = self._open_file()
        self._names[attach.identity or attach.device] = attach.device
        follower = self._followers.get(attach.device)
        if follower is not None:
            await follower.move(attach.url, attach.installation)
            return
        follower = Follower(
            attach.device,
            attach.url,
            self._names,
            lambda lines: _write(file, lines),
            self._error,
            attach.past,
            attach.ahead_ns,
        )
        self._followers[attach.device] = follower
        follower.start()

    async def _barrier(self, number: int, timeout_s: float) -> Answer:
        awaited = [follower for follower in self._followers.values() if not follower.suspended]
        messages = await asyncio.gather(*(follower.read_to_end(timeout_s) for follower in awaited))
        silent = [
            Unreachable(follower.device, message)
            for follower, message in zip(awaited, messages, strict=True)
            if message is not None
        ]
        return self._answer(number, tuple(silent))

    def _answer(self, number: int, unreachable: tuple[Unreachable, ...] = ()) -> Answer:
        errors, self._errors = tuple(self._errors), []
        return Answer(number, self._file.last if self._file else 0, errors, unreachable)

    def _open_file(self) -> HistoryFile:
        if self._file is None:
            raise LookupError("no history is open: send 'open' first")
        return self._file

    def _named(self, named: Named) -> Follower:
        follower = self._followers.get(named.device)
        if follower is None:
            known = ", ".join(self._followers) or "nobody"
            raise LookupError(f"'{named.device}' is not followed (followed: {known})")
        return follower

    def _error(self, message: str) -> None:
        if len(self._errors) < MOST_ERRORS:
            self._errors.append(message)

    async def _end(self) -> None:
        followers, self._followers = list(self._followers.values()), {}
        self._names = {}
        await asyncio.gather(*(follower.stop() for follower in followers))
        if self._file is not None:
            self._file.close()
            self._file = None


def _write(file: HistoryFile, lines: list[Record]) -> None:
    """Append lines. Evidence with a hole is worth nothing: where it cannot be written, the recorder ends."""
    try:
        file.append(lines)
    except OSError as error:
        raise SystemExit(f"The evidence cannot be written: {error.strerror}: {file.path}") from None
