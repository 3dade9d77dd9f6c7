"""A peer behind the agent protocol: its store, its folder, its connections to other peers.

It does not know that it is tested. Whoever uses it changes files in the folder; the agent protocol does so too.
"""
