"""Peers that keep a folder the same without a server."""
