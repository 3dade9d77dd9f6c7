"""Attachments: on their way, whole, and never a part of one."""
