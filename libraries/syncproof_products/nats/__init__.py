"""NATS JetStream as a product: somebody else's server, and a device of ours over it."""
