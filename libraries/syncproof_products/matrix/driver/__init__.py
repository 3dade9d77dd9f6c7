"""Drives Matrix: a Synapse of its own, or a homeserver that is running already, and devices of ours."""
