"""Devices that leave, sleep and come back, and how they catch up."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "history": "a past that a new installation gets back",
    "leave": "devices that can leave a group",
}
