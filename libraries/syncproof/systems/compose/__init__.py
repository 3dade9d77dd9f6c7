"""The compose stack: relay, Toxiproxy and devices in containers of their own, made from `compose/compose.yaml`."""

from syncproof.systems.compose.stack import ComposeStack

__all__ = ["ComposeStack"]
