"""What can go wrong with packet faults, in words for the person who reads the log."""

from __future__ import annotations


class PacketError(Exception):
    """A tool of the kernel's network refused; the message has what it said."""


class PacketsUnavailable(Exception):
    """This machine cannot do packet faults, and the message says why: a test that needs them is skipped."""
