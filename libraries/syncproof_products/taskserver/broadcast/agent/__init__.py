"""A client of the broadcast as a device: WebSocket, publishing over HTTP, and its agent."""
