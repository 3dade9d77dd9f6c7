"""The vocabulary: every sentence that a scenario can be written in, by theme."""

from syncproof.world.steps import cut, delivery, link, messages, presence, recovery, relay

__all__ = ["cut", "delivery", "link", "messages", "presence", "recovery", "relay"]
