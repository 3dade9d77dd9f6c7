"""Read markers: how far a user has read, on the device and on the server."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "marker": "a read marker",
}
