"""Proves that a sync system survives what the real world does to it: world, systems, faults, evidence."""
