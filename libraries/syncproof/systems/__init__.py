"""Drivers of the systems under test: agents, servers, and the profile by which each is judged."""
