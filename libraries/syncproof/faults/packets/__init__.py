"""Faults of packets, in the network namespace of a device: loss, one-way drops, rate and delay."""
