"""Files of a folder that several devices keep the same, without a server in between."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("workloads:files",)
