"""What the harness does with Atuin beyond its manifest: it names another client, and looks through the server."""
