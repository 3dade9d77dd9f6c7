"""Sentences about devices as replicas of one log."""
