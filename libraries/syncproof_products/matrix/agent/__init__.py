"""A device of the Matrix product behind the agent protocol: an account, its store, and the client-server API.

It is written as a serious client is: one sync stream, gaps filled from the room's history, sends that are retried
under their transaction id, everything delivered kept in SQLite. It does not know that it is tested.
"""
