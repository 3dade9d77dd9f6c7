"""Devices that leave, sleep and come back, and how they catch up."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
