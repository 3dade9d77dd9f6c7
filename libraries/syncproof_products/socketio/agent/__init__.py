"""A Socket.IO client as a device, and its agent."""
