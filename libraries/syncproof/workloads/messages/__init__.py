"""Messages: sent, delivered, in order, each once."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:messages",)
