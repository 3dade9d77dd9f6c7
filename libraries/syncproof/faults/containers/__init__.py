"""Containers of a Docker Engine, ours or anybody's: their life, their networks, their limits."""
