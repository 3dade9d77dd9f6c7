"""What the harness says to the recorder: JSON lines over a unix socket.

A line is an object with exactly one of these keys. Lines are worked off one after the other.

    {"open": {"path": "/out/h.jsonl", "header": {...}}}   start a history file (an earlier one ends)
    {"record": {"type": "invoke", ...}}                   append a record of the harness; `i` is assigned
                                                          here, `t_ns` is kept, or stamped if it is 0
    {"attach": {"device": "Bob", "url": "http://..."}}    follow an agent; again after each restart; `identity` is
                                                          what the system itself calls it, where that differs;
                                                          `installation` how often it was installed anew
    {"suspend": {"device": "Bob"}}                        Bob will be stopped or killed: silence is no error
    {"resume": {"device": "Bob"}}                         Bob runs again, same address (`attach` implies it)
    {"detach": {"device": "Bob"}}                         follow Bob no longer
    {"barrier": N, "timeout_s": 2.0}                      read all agents' events and deliveries to the end
    {"close": true}                                       end the history and forget its agents

`open`, `barrier` and `close` are answered with one line (`Answer`): `number` echoes the N of a barrier, or the
`number` that may stand beside `open` and `close`, so that an answer for which nobody waited any more is not
taken for another one (-1: none was given, or the line could not be read); `i` is the number of the last line
written, `unreachable` names agents that did not answer in time (never suspended ones), `errors` says what went
wrong since the last answer (malformed replies of agents, lines that the recorder could not take). All other
lines are not answered. One connection is one session with one history at a time; a closed connection ends its
history.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Header

#: The number of an answer to a line whose own number could not be read.
NOT_READ = -1


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Start a history at `path` (an existing file is replaced)."""

    path: str
    header: Header


class Attach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Follow the agent of `device` at `url` (http://host:port).

    identity: the name that the system knows it by, as deliveries name their author; default: the device's
    own. installation: how often all of the device's data was lost before. past: how many deliveries of an agent that
    ran before are none of this history's. ahead_ns: how much its CLOCK_MONOTONIC is ahead of ours, on another machine.
    """

    device: str
    url: str
    identity: str = ""
    installation: int = 0
    past: int = 0
    ahead_ns: int = 0


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command about one device."""

    device: str


class Command(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line from the harness: exactly one field is set.

    `timeout_s` goes with `barrier`, `number` with `open` and `close`.
    """

    open: Open | UnsetType = UNSET
    record: Line | UnsetType = UNSET
    attach: Attach | UnsetType = UNSET
    suspend: Named | UnsetType = UNSET
    resume: Named | UnsetType = UNSET
    detach: Named | UnsetType = UNSET
    barrier: int | UnsetType = UNSET
    timeout_s: float = 2.0
    close: bool | UnsetType = UNSET
    number: int = NOT_READ

    def __post_init__(self) -> None:
        """Refuse a line that says nothing or two things at once."""
        names = [name for name in self.__struct_fields__ if name not in ("timeout_s", "number")]
        given = [name for name in names if getattr(self, name) is not UNSET]
        if len(given) != 1:
            raise ValueError(f"a line needs exactly one of {', '.join(names)}; it has {given or 'none'}")


class Unreachable(msgspec.Struct, frozen=True):
    """An agent that did not answer, and how that looked."""

    device: str
    message: str


class Answer(msgspec.Struct, frozen=True):
    """The recorder's reply to `open`, `barrier` and `close`."""

    number: int
    i: int
    errors: tuple[str, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()


_command = msgspec.json.Decoder(Command)
_answer = msgspec.json.Decoder(Answer)
_encoder = msgspec.json.Encoder()


def decode_command(line: bytes) -> Command:
    """One line of the harness. Raises msgspec.DecodeError, whose message names the field."""
    return _command.decode(line)


def decode_answer(line: bytes) -> Answer:
    """One line of the recorder."""
    return _answer.decode(line)


def encode(message: Command | Answer) -> bytes:
    """A line, with its line feed."""
    return _encoder.encode(message) + b"\n"
