"""Faults of what a server keeps, one attachment or all that it stores, and of the files of a device."""
