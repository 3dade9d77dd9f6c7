"""The vocabulary: every sentence that a scenario can be written in, by theme."""

from syncproof.world.steps import (
    attachment_outcomes,
    attachments,
    components,
    conflicts,
    crash,
    cut,
    delivery,
    entries,
    link,
    messages,
    other_client,
    packets,
    presence,
    recovery,
    relay,
    verification,
)

__all__ = [
    "attachment_outcomes",
    "attachments",
    "components",
    "conflicts",
    "crash",
    "cut",
    "delivery",
    "entries",
    "link",
    "messages",
    "other_client",
    "packets",
    "presence",
    "recovery",
    "relay",
    "verification",
]
