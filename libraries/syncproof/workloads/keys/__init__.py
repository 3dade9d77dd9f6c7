"""Keys by which devices know each other: users tell each device those of the others."""

#: The product that its suites run on where a run names none.
PRODUCT = "peers"
NEEDS = ("workloads:keys",)
