"""Messages: sent, delivered, in order, each once."""
