"""Attachments: on their way, whole, and never a part of one."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "awaits": "entries that wait for their attachments",
    "blobs": "attachments",
    "server_settings:blob_ttl_s": "a server whose manifest says how long it keeps attachments",
}
