"""Entries that devices write into again and again, and their conflicts."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:messages", "conflicts:lww")
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "conflicts:lww": "entries",
    "conflicts:siblings": "versions that are kept side by side",
}
