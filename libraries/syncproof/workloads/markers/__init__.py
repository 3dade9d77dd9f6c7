"""Read markers: how far a user has read, on the device and on the server."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
