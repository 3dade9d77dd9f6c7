"""What devices say of storage that takes nothing: of their own disks, and of what a server keeps attachments in."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
