"""Deliberate bugs of PocketBase's devices; PocketBase itself is left as it is."""
