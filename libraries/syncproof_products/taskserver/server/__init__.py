"""The server's shell: SQLite, HTTP and WebSocket around the core."""
