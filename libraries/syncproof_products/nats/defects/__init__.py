"""Defects of the NATS device."""
