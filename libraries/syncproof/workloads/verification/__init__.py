"""Two devices that verify each other by comparing emoji."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
