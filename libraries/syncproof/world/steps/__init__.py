"""The vocabulary: every sentence that a scenario can be written in, by theme."""

from syncproof.world.steps import (
    conflicts,
    crash,
    cut,
    delivery,
    entries,
    link,
    messages,
    packets,
    presence,
    recovery,
    relay,
)

__all__ = [
    "conflicts",
    "crash",
    "cut",
    "delivery",
    "entries",
    "link",
    "messages",
    "packets",
    "presence",
    "recovery",
    "relay",
]
