"""Devices that come into a group by an invite of one of its members."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:pairing",)
