"""Syncthing as a product: its program as it is released, and an agent that works with it by its REST API."""
