"""Broadcast: events on channels, to WebSocket clients of every server instance, joined through Redis."""
