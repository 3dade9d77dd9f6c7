"""Sentences about how devices recover."""
