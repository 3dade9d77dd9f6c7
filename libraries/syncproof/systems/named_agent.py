"""An agent that is running already, where the person who runs the conformance suite says."""

from __future__ import annotations

import re

import httpx

from syncproof.systems import urls
from syncproof.systems.errors import SystemNotThere

_ANSWER_S = 30.0


def check(variable: str, url: str) -> None:
    """Raises SystemNotThere unless something answers at the URL; what it answers is for the suite to judge.

    variable: where the URL comes from, for the message: ``AGENT_URL is 'http://127.0.0.1:1'. No agent answers there
    (connection refused). Start it, or correct the URL.``
    """
    urls.read(url, ("http", "https"), f"{variable} is '{url}': it must be a URL like http://127.0.0.1:8701.")
    try:
        # As the suite asks: past any proxy of the environment, and whoever signed the certificate.
        httpx.get(f"{url.rstrip('/')}/about", timeout=_ANSWER_S, trust_env=False, verify=False)
    except (httpx.TransportError, httpx.InvalidURL) as wrong:
        reason = re.sub(r"^\[Errno -?\d+\] ", "", str(wrong)) or type(wrong).__name__
        raise SystemNotThere(
            f"{variable} is '{url}'. No agent answers there ({reason[0].lower()}{reason[1:]}). Start it, or correct "
            "the URL."
        ) from None
