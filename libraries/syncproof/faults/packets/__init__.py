"""Faults of real packets, in the network namespace of whom they hit: loss, one-way drops, rate and delay."""
