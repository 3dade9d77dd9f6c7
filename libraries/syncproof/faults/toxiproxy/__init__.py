"""Toxiproxy, both ends: an embedded server of its v2.12 HTTP API, and one typed client that works on any
server of it.

`toxics` is pure (no I/O, no clock) and is shared with simulated links; everything else here moves real bytes.
"""
