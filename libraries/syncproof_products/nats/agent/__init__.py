"""A device of the NATS product behind the agent protocol: its store, and a JetStream client.

It is written as a serious client is: a durable outbox, publishes that are retried under their message id, one consumer
a group that goes on behind the last message on disk. It does not know that it is tested.
"""
