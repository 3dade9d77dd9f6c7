"""Sentences about storage that takes nothing."""
