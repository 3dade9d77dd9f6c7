"""An upstream that answers as many bytes as it is asked for, and a link to it."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from syncproof.faults.link import ProxiedLink
from syncproof.faults.probe import SocketProber
from syncproof.faults.toxiproxy.client import Client
from syncproof.kernel.link import Exchange


class _Pages(http.server.BaseHTTPRequestHandler):
    """`GET /N` answers N bytes, and keeps the connection as a relay does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        size = int(self.path[1:])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(bytes(size))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def pages() -> Iterator[str]:
    """Serve; `host:port`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def link_to(client: Client, upstream: str, kind: type[ProxiedLink] = ProxiedLink) -> ProxiedLink:
    """A link of that kind to the pages."""

    def request(size: int) -> Exchange:
        return Exchange(f"GET /{size} HTTP/1.1\r\n\r\n".encode())

    return kind("Bob", client, upstream, request, SocketProber(time.monotonic_ns))
