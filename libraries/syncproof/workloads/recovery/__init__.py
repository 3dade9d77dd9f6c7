"""How devices recover: retries and circuit breaker."""
