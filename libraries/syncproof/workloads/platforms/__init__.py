"""Devices on several platforms: what one takes for two names, another takes for one."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
