"""What the harness knows of the bundled system: how it is started, and what its operator may ask."""
