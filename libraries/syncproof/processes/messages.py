"""What a run and its launcher say to each other: one JSON object a line over a socket pair.

Every request has an id of its own and gets exactly one answer with that id, in whatever order things
happen. A process is named by `key`, the id of the request that started it: pids come back, keys do not.
"""

from __future__ import annotations

import msgspec


class Setup(msgspec.Struct, frozen=True, tag="setup"):
    """First line.

    path: where to import from (the run's sys.path). warm: modules to import before the first fork.
    """

    path: list[str]
    warm: list[str]


class Spawn(msgspec.Struct, frozen=True, tag="spawn"):
    """Fork a program of ours and answer when it is ready. entry: `module:function`. enter: paths of namespaces that
    it enters first.
    """

    id: int
    name: str
    log: str
    entry: str
    config: dict[str, object]
    defects: list[str]
    within_s: float
    enter: list[str] = []


class Wrap(msgspec.Struct, frozen=True, tag="wrap"):
    """Fork, bind to this launcher's life, then exec a foreign program; answered when exec has happened."""

    id: int
    name: str
    log: str
    argv: list[str]
    env: dict[str, str]
    directory: str
    within_s: float


class Signal(msgspec.Struct, frozen=True, tag="signal"):
    """Send a signal to a process (to nobody if it has ended)."""

    id: int
    key: int
    signal: int


class Await(msgspec.Struct, frozen=True, tag="await"):
    """Answer when the process has ended and was reaped, or after within_s (0: at once) with how it stands."""

    id: int
    key: int
    within_s: float


class Close(msgspec.Struct, frozen=True, tag="close"):
    """End every process (SIGTERM, after within_s SIGKILL), answer, and end."""

    id: int
    within_s: float


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process runs. values: what the program said when it was ready."""

    id: int
    pid: int
    values: dict[str, object]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The process did not come up. exit_status is None where it was still running (and was killed for it)."""

    id: int
    reason: str
    exit_status: int | None = None


class Status(msgspec.Struct, frozen=True, tag="status"):
    """How a process stands. exit_status: None while it runs, negative for the signal that ended it."""

    id: int
    exit_status: int | None


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """Everything has ended. killed: names of those that had to be killed because SIGTERM did not end them."""

    id: int
    killed: list[str]


Request = Setup | Spawn | Wrap | Signal | Await | Close
Answer = Ready | Failed | Status | Closed

_ENCODER = msgspec.json.Encoder()
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_ANSWERS: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def encode(message: Request | Answer) -> bytes:
    """One line."""
    return _ENCODER.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _REQUESTS.decode(line)


def decode_answer(line: bytes) -> Answer:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _ANSWERS.decode(line)
