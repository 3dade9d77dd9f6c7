"""Sentences about groups that are encrypted from end to end."""
