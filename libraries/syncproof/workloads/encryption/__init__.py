"""Groups that are encrypted from end to end: the relay carries what it cannot read."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: What every scenario with one of its sentences needs of a system.
NEEDS = ("encrypted_groups",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "encrypted_groups": "groups that are encrypted from end to end",
}
