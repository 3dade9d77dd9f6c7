"""What is seen of attacks, and of the server that is attacked."""

from __future__ import annotations

from syncproof.evidence.met import Met
from syncproof.evidence.records import Record


class Attacked(Record, frozen=True, kw_only=True, tag="attacked"):
    """An attack is over.

    n: which of the scenario, from 1. began_ns: CLOCK_MONOTONIC. met: what came of its connections.
    """

    n: int
    began_ns: int
    met: tuple[Met, ...]


class ServerUse(Record, frozen=True, kw_only=True, tag="server_use"):
    """What the server uses.

    n: behind which attack; 0: before the first. descriptors: open files and connections. tasks: by its own count.
    memory: resident bytes. most_descriptors, most_memory: since the line before.
    """

    n: int
    descriptors: int
    tasks: int
    memory: int
    most_descriptors: int
    most_memory: int
