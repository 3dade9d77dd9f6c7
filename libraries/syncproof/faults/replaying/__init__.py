"""A man in the middle of a link who keeps every message, and sends all of them once more when both are silent."""
