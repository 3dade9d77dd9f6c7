"""Atuin as a product: server and client as they are released, and devices that work by the client's command line."""
