"""How devices recover: retries and circuit breaker."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
