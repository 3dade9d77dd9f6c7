"""Peers that do harm: each is a peer as it should be, but for one thing."""
