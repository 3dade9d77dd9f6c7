"""Socket.IO as a product: a server as its documentation shows one, and devices of ours over its own client."""
