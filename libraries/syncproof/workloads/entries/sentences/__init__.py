"""Sentences about entries."""
