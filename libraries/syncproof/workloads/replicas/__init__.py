"""What a device that has synced holds: the log to its cursor, its version vector, everything by its hash."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
