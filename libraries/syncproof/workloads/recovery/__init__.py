"""How devices recover: retries and circuit breaker."""

#: The product that its suites run on where a run names none.
PRODUCT = "bundled"
#: The needs of its sentences in words, where they are of this workload alone.
WORDS = {
    "breaker": "a circuit breaker",
    "breaker_settings": "a manifest that says when a circuit breaker opens, by breaker_failures and breaker_cooldown_s",
    "clients:crowd": "a client with many devices on one network",
    "quality": "devices that say when their link is degraded",
}
