"""Entries that devices write into again and again, and their conflicts."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:messages", "conflicts:lww")
