"""Attachments: on their way, whole, and never a part of one."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
