"""Messages: sent, delivered, in order, each once."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
NEEDS = ("workloads:messages",)
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "message_bytes": "messages of so many bytes",
}
