"""A task server: repositories of tasks over HTTP, changes of them over WebSocket, and the client for it."""
