"""Locks of files, which at most one device has at a time, and who leads."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("workloads:locks",)
