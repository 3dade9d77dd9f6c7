"""A client of the task server behind the agent protocol: its store, an HTTP client that tries again, a feed of changes.

It is written as a serious client is: a durable outbox, requests that are repeated under their key, a feed that goes on
behind the last change on disk. It does not know that it is tested.
"""
