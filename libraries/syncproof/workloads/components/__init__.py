"""Parts of a device: circuit breaker and retries."""
