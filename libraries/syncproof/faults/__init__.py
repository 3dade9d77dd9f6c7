"""Faults of links and processes, and the Toxiproxy that serves most of them."""
