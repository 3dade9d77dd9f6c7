"""Tasks that several clients create, change and delete, alone and in batches, and are notified of."""

#: The product that its suites run on where a run names none.
PRODUCT = "taskserver"
NEEDS = ("workloads:tasks",)
