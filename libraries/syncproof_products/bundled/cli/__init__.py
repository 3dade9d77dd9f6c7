"""The device on a command line, without a window: `sync-cli`."""
