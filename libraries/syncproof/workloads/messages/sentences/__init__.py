"""Sentences about messages."""
