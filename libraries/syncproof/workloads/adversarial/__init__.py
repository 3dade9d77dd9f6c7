"""A hostile client attacks the server: it is refused, and nobody else notices much."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: What every scenario with one of its sentences needs of a system.
NEEDS = ("hostile_client",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "hostile_client": "a server of which the harness knows how its clients speak",
}
