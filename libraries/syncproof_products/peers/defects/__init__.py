"""Defects of the peers."""
