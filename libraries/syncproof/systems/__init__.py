"""Drives what is tested: agents, servers, and what the harness must know of a system before it can judge it."""
