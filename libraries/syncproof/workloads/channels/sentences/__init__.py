"""Sentences about channels, one page of them a file."""
