"""A history as a picture, and what is missing as a table."""

from syncproof.evidence.timeline.missing import missing_table
from syncproof.evidence.timeline.render import render

__all__ = ["missing_table", "render"]
