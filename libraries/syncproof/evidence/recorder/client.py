"""The harness's end of the recorder's socket."""

from __future__ import annotations

import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from syncproof.evidence.recorder.protocol import Answer, Attach, Command, Named, Open, decode_answer, encode
from syncproof.evidence.recorder.socket_path import short
from syncproof.evidence.records import Header, Line, Phase


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
        self._barrier = 0

    def open(self, path: Path, header: Header) -> None:
        """Start a history. Raises RecorderError where the file cannot be written."""
        answer = self._ask(Command(open=Open(str(path), header)))
        if answer.errors:
            raise RecorderError(f"The history {path} could not be opened: {'; '.join(answer.errors)}.")

    def record(self, record: Line) -> None:
        """Append a record of the harness (`i` is the recorder's; a `t_ns` of 0 is stamped on arrival)."""
        self._send(Command(record=record))

    def phase(self, phase: Phase) -> None:
        """The phase of what agents report from here on."""
        self._send(Command(phase=phase))

    def attach(self, device: str, url: str, identity: str = "", installation: int = 0) -> None:
        """Follow an agent; once more after each of its restarts.

        identity: what the system itself calls it. installation: how often all its data was lost before.
        """
        self._send(Command(attach=Attach(device, url, identity, installation)))

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
        self._barrier += 1
        answer = self._ask(Command(barrier=self._barrier, timeout_s=timeout_s), timeout_s)
        if answer.barrier != self._barrier:
            raise RecorderError(f"The recorder answered {answer} to barrier {self._barrier}.")
        return answer

    def close_history(self) -> Answer:
        """End the history."""
        return self._ask(Command(close=True))

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

    def _ask(self, command: Command, extra_s: float = 0.0) -> Answer:
        self._send(command)
        self._socket.settimeout(self._timeout_s + extra_s)
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
