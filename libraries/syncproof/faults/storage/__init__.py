"""Faults of what a server keeps: of one attachment, and of all that it stores."""
