"""The HTTP client that everything of a device shares."""

from __future__ import annotations

import httpx


def client(address: str, idle_timeout_s: float, connections: int) -> httpx.AsyncClient:
    """One for the server at this `host:port`. connections: how many it opens at once, and keeps, at most.

    A connection that has had nothing to do for a minute is closed.
    """
    return httpx.AsyncClient(
        base_url=f"http://{address}",
        timeout=httpx.Timeout(idle_timeout_s, pool=None),
        limits=httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60.0
        ),
        trust_env=False,
        verify=False,  # plain HTTP: no certificates have to be read
    )
