"""The URL of an agent that runs already: whoever answers is left to the suite, and who does not is told clearly."""

from __future__ import annotations

import http.server
import re
import threading

import pytest

from syncproof.systems.errors import SystemNotThere
from syncproof.systems.named_agent import check


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("foo", "it must be a URL like http://127.0.0.1:8701."),
        ("127.0.0.1:8701", "it must be a URL like"),
        ("http://127.0.0.1:port", "it must be a URL like"),
        ("http://", "it must be a URL like"),
        ("http://127.0.0.1:1", "No agent answers there (connection refused). Start it, or correct the URL."),
    ],
)
def test_nobody_there(url: str, said: str) -> None:
    with pytest.raises(SystemNotThere, match=re.escape(f"AGENT_URL is '{url}'") + ".*" + re.escape(said)):
        check("AGENT_URL", url)


def test_whatever_answers_is_there() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        check("AGENT_URL", f"http://127.0.0.1:{server.server_port}/")
