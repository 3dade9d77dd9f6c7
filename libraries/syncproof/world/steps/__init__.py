"""The vocabulary: every sentence that a scenario can be written in, by theme."""

from syncproof.world.steps import (
    attachment_outcomes,
    attachments,
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
    "attachment_outcomes",
    "attachments",
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
