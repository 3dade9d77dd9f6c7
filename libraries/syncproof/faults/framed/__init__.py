"""Somebody between a device and its relay who changes one message of a handshake: frames, not bytes, are counted."""
