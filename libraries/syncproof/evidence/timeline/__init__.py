"""A history as a picture."""

from syncproof.evidence.timeline.render import render

__all__ = ["render"]
