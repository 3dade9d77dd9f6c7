"""Two devices that verify each other by comparing emoji."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "verification": "devices that verify each other",
}
