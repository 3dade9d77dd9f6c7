"""What the harness does with Syncthing beyond its manifest: it names another program, and gives devices their ports."""
