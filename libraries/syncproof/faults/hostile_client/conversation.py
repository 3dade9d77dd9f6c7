"""What a hostile client says on one connection, and what the server may do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Conversation:
    """One connection.

    what: is said, for people. pieces: are sent in this order. pause_s: between two of them, at scale 1. then: is sent
    when the server has answered what was said before. refusals: the statuses by which a server may refuse this, and
    `met.CLOSED`; any other below 500 shows that it was refused for a reason that has nothing to do with the attack.
    answers: the client waits for so many, and goes. holds_s: or it goes so long after all of the attack have begun and
    the server has answered (unless it need not, `may_stay`), at scale 1; 0: when the server has done something. leaves:
    or it goes as soon as a stream is open. sips: it reads so many bytes at a time, and pauses between two. hangs_up: it
    says that nothing more will come. may_stay: the server need do nothing before the client goes. lives_on: it has to
    answer what is said `then`. copies: so many connections beside each other. apart_s: from beginning one of them to
    beginning the next, at any scale.
    """

    what: str
    pieces: tuple[bytes, ...]
    refusals: frozenset[int]
    pause_s: float = 0.0
    then: bytes = b""
    answers: int = 1
    holds_s: float = 0.0
    leaves: bool = False
    sips: int = 0
    hangs_up: bool = False
    may_stay: bool = False
    lives_on: bool = False
    copies: int = 8
    apart_s: float = 0.002
