"""The attacks, by name: each is what a hostile client says, made from requests that the server would take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof.faults.hostile_client import exhausting, malformed, out_of_order, oversized, replayed, unknown
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

#: What a client of the server may ask, by what it does; see `syncproof.kernel.server.AttackedServer`.
Openings = Mapping[str, RawRequest]

ATTACKS: dict[str, Callable[[Openings], list[Conversation]]] = {
    "malformed messages": malformed.conversations,
    "operations out of order": out_of_order.conversations,
    "oversized payloads": oversized.conversations,
    "unknown message types": unknown.conversations,
    "a flood of connections": exhausting.flood,
    "large payloads": exhausting.large,
    "unfinished uploads": exhausting.unfinished,
    "slow clients": exhausting.slow,
    "a storm of reconnections": exhausting.storm,
}
#: What is said in this one was recorded before, as files of bytes.
RECORDED = "what it has recorded"
NAMES = (*ATTACKS, RECORDED)


def conversations(attack: str, openings: Openings, recorded: tuple[bytes, ...] = ()) -> list[Conversation]:
    """What is said in an attack.

    recorded: what a device has said on each of its connections, for `RECORDED`. Raises KeyError for an attack that is
    not in `NAMES`, or an opening that is not there.
    """
    if attack == RECORDED:
        return replayed.conversations(recorded)
    return ATTACKS[attack](openings)
