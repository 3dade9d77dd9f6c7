"""What a hostile client says that it met."""

from __future__ import annotations

from typing import Literal

import msgspec

#: How a connection ended. closed: the server did it. silent: it has neither answered nor ended it. left: the client did
#: it, as it had meant to. unreachable: there was none.
Ending = Literal["answered", "closed", "silent", "left", "unreachable"]
#: Among the refusals that fit what was said: the server may end the connection without a word.
CLOSED = 0


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """Connections on which the same was said and the same came of it.

    statuses: of the answers, in their order. told_to_wait: one of them said when to come again. refusals: the statuses
    by which a server may refuse this, and `CLOSED`. may_stay: it need do nothing, and the client leaves. lives_on: it
    has to answer what is said behind the refusal, on the same connection; the last status is of that. sent, heard:
    bytes, of all together. slowest_s: the longest from connecting to the ending.
    """

    what: str
    ending: Ending
    statuses: tuple[int, ...] = ()
    told_to_wait: bool = False
    refusals: tuple[int, ...]
    may_stay: bool = False
    lives_on: bool = False
    count: int
    sent: int
    heard: int = 0
    slowest_s: float
