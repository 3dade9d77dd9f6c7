"""The harness's end of the recorder's socket."""

from __future__ import annotations

import socket
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from syncproof.evidence.lines import Line
from syncproof.evidence.recorder.protocol import (
    NOT_READ,
    Answer,
    Attach,
    Command,
    Named,
    Open,
    decode_answer,
    encode,
)
from syncproof.evidence.recorder.socket_path import short
from syncproof.evidence.records import Header
from syncproof.evidence.tail import Tail


class RecorderError(Exception):
    """The recorder is gone or could not do what it was told."""


class RecorderClient:
    """One session with a recorder. Only `open`, `barrier` and `close_history` wait for an answer.

    path: the socket that the recorder named when it was ready. timeout_s: how long an answer may take beyond
    a barrier's own timeout.
    """

    def __init__(self, path: Path | str, timeout_s: float = 10.0) -> None:
        self._timeout_s = timeout_s
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short(Path(path)) as name:
                self._socket.connect(name)
        except OSError as error:
            self._socket.close()
            raise RecorderError(f"No recorder answers at {path}: {error}.") from error
        self._rest = b""
        self._number = 0
        #: What was asked and not answered when its asker gave up (a test's timeout): how long that may still take (s).
        self._abandoned: dict[int, float] = {}

    def open(self, path: Path, header: Header) -> Tail:
        """Start a history; answers its lines as they come. Raises RecorderError where the file cannot be written."""
        number = self._new_number()
        answer = self._ask(Command(open=Open(str(path), header), number=number), number)
        if answer.errors:
            raise RecorderError(f"The history {path} could not be opened: {'; '.join(answer.errors)}.")
        return Tail(path)

    def record(self, record: Line) -> None:
        """Append a record of the harness (`i` is the recorder's; a `t_ns` of 0 is stamped on arrival)."""
        self._send(Command(record=record))

    def attach(
        self,
        device: str,
        url: str,
        identity: str = "",
        installation: int = 0,
        past: int = 0,
        ahead_ns: int = 0,
    ) -> None:
        """Follow an agent; once more after each of its restarts.

        identity: what the system itself calls it. installation: how often all its data was lost before. past: how many
        deliveries of an agent that ran before are none of this history's. ahead_ns: how much its CLOCK_MONOTONIC is
        ahead of ours, on another machine.
        """
        self._send(Command(attach=Attach(device, url, identity, installation, past, ahead_ns)))

    def suspend(self, device: str) -> None:
        """Tell that the device is about to be stopped or killed: its silence is then no error."""
        self._send(Command(suspend=Named(device)))

    def resume(self, device: str) -> None:
        """Tell that a stopped device runs again."""
        self._send(Command(resume=Named(device)))

    def detach(self, device: str) -> None:
        """Follow a device no longer."""
        self._send(Command(detach=Named(device)))

    def barrier(self, timeout_s: float = 2.0) -> Answer:
        """Wait until everything that agents know now is in the file; `answer.i` is then its last line."""
        number = self._new_number()
        return self._ask(Command(barrier=number, timeout_s=timeout_s), number, timeout_s)

    def close_history(self) -> Answer:
        """End the history."""
        number = self._new_number()
        return self._ask(Command(close=True, number=number), number)

    def close(self) -> None:
        """Leave. An open history ends with it."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, command: Command) -> None:
        try:
            self._socket.settimeout(self._timeout_s)
            self._socket.sendall(encode(command))
        except OSError as error:
            raise RecorderError(f"The recorder does not listen any more: {error}.") from error

    def _new_number(self) -> int:
        self._number += 1
        return self._number

    def _ask(self, command: Command, number: int, extra_s: float = 0.0) -> Answer:
        """The answer to this question; one to an earlier question, whose asker gave up, is dropped.

        What went wrong in between is told of by the next answer of the same history.
        """
        patience_s = self._timeout_s + extra_s + sum(self._abandoned.values())  # it works off line after line
        self._abandoned[number] = extra_s
        self._send(command)
        missed: list[str] = []
        while True:
            answer = self._receive(patience_s)
            self._abandoned.pop(answer.number, None)
            if answer.number in (number, NOT_READ):
                self._abandoned.pop(number, None)
                errors = answer.errors if isinstance(command.open, Open) else (*missed, *answer.errors)
                return msgspec.structs.replace(answer, errors=errors)
            missed += answer.errors

    def _receive(self, timeout_s: float) -> Answer:
        self._socket.settimeout(timeout_s)
        while b"\n" not in self._rest:
            try:
                data = self._socket.recv(65536)
            except OSError as error:
                raise RecorderError(f"The recorder gave no answer: {error or 'timed out'}.") from error
            if not data:
                raise RecorderError("The recorder ended. Its log in the output folder says why.")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return decode_answer(line)
