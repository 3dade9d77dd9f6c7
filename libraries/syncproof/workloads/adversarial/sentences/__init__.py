"""Sentences about a hostile client, and about the server that it attacks."""
