"""The application in the hands of its user: what it shows of its syncing, and how it is left and closed."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:application",)
