"""The recorder: the one process that writes a history. Its line protocol is described in `protocol`."""
