"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Noted(msgspec.Struct, frozen=True):
    """Nothing: from now on it is so."""


class Key(msgspec.Struct, frozen=True):
    """What is told of a device so that nobody else passes for it. What it looks like is the product's affair.

    before: what it still shows, where `key` is not shown yet; overlap_s: for so long others are to believe that (s).
    """

    key: str
    before: str = ""
    overlap_s: float = 0.0


class ReadKey(Request[Key], frozen=True):
    """The key of a device."""

    method = "GET"
    route = "/key"


class TellKey(Request[Noted], frozen=True, omit_defaults=True):
    """A user tells a device the key of another one, in place of what was told before.

    overlap_s: for so long the one before it is believed, too; None: not at all, or where the key is the same as long as
    was said before.
    """

    method = "PUT"
    route = "/keys/{peer}"
    peer: str
    key: str
    overlap_s: float | None = None


class RenewKey(Request[Key], frozen=True):
    """A user lets a device have another key. overlap_s: for so long others believe either. Answers the new one."""

    method = "POST"
    route = "/key"
    overlap_s: float
