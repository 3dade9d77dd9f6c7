"""Devices that leave, sleep and come back, and how they catch up."""
