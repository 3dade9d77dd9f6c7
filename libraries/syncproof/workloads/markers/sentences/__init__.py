"""Sentences about read markers."""
