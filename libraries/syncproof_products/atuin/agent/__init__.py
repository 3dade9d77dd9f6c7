"""A device of the Atuin product behind the agent protocol: it appends, syncs and reads by Atuin's own command line.

It is written as a serious client is: a durable outbox, one conversation with the server after the other, and the
repairs that Atuin has commands for. It does not know that it is tested.
"""
