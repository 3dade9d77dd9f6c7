"""How devices recover: retries, breaker, catch-up, marker, memory."""
