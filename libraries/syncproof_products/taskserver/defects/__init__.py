"""Defects of the task server and of its client."""
