"""Weeks of the life of a product's nodes, in virtual time: how long they are available, and how seldom one fails."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("simulation",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {"simulation": "a program that runs its own nodes in virtual time"}
