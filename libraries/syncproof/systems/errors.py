"""What can go wrong with a product before anything is tested."""

from __future__ import annotations


class SystemNotThere(Exception):
    """The product that the run names cannot be started or reached here; the message says what to do."""

    #: The message stands for itself: no class name before it in a log.
    ROBOT_SUPPRESS_NAME = True
