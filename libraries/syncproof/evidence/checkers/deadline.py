"""When a sentence's deadline passes, from what is on record alone."""

from __future__ import annotations

from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, Accept, Invoke, Note

#: Notes about something that a scenario had enqueued and that is done now.
_DONE = frozenset({"attachment_follows", "unreadable"})


def due(history: History, asked_ns: int, within_ns: int) -> int:
    """The deadline (CLOCK_MONOTONIC, ns) of what was asked for then, and may take so long.

    It runs from the latest of three: when the sentence was said, when the last thing that the scenario had enqueued
    was done, and when the last fault was proved to have ended. What devices do meanwhile does not move it.

    Example: said at 10 s, ``within 5 seconds``, and the last fault ended at 12 s: 17 s.
    """
    asked = (history.of(kind)[-1].t_ns for kind in (Invoke, Accept) if history.of(kind))
    edges = (edge.t_ns for edges in history.faults.values() for edge in edges if edge.edge != "proved")
    notes = (note.t_ns for note in history.of(Note) if note.what in _DONE and note.source == HARNESS)
    return max((asked_ns, *asked, *edges, *notes)) + within_ns


def within(within_ns: int) -> str:
    """How a message says it: ``within 5.1 seconds (with TIME_SCALE and slack)``."""
    return f"within {within_ns / 1e9:g} seconds (with TIME_SCALE and slack)"
