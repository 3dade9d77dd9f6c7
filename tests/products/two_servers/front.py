"""Hands every connection on to the store: that it speaks HTTP is the store's business.

python front.py PORT HOST:PORT-OF-THE-STORE
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading


class Handover(socketserver.BaseRequestHandler):
    """One connection, both ways."""

    def handle(self) -> None:
        host, _, port = sys.argv[2].rpartition(":")
        try:
            store = socket.create_connection((host, int(port)))
        except OSError:
            return
        threading.Thread(target=_hand_over, args=(self.request, store), daemon=True).start()
        _hand_over(store, self.request)


def _hand_over(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Front(socketserver.ThreadingTCPServer):
    """It comes back to its own port."""

    daemon_threads = True
    allow_reuse_address = True


Front(("127.0.0.1", int(sys.argv[1])), Handover).serve_forever()
