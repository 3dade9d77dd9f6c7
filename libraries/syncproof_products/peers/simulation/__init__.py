"""Peers in virtual time: the node as it is, over a network, disks and users that are only in memory.

One scheduler, one seed: the same seed gives the same run. The shell of a peer (processes, TLS, SQLite, its folder) is
not in it, nor are locks: what is found here is found in `core`.
"""
