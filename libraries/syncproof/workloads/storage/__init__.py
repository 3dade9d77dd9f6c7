"""What devices say of the disks that they keep everything on."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
