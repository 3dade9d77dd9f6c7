"""Sentences that begin and end faults. They stand above the faults, and above the kernel."""
