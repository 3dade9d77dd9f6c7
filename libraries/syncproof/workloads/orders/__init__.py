"""A list of orders on a page in a real browser, which shows at once what its user changes, in every tab."""

#: The product that its suites run on where a run names none.
PRODUCT = "taskserver-page"
NEEDS = ("workloads:orders",)
