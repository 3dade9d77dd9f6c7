"""The far end of the proxy benchmark, a process of its own: echoes, or swallows so many bytes and then says so.

A connection begins with one byte (`e` echo, `s` swallow) and for `s` with a count of eight bytes.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading


def _swallow(far: socket.socket, buffer: bytearray) -> None:
    while head := far.recv(8, socket.MSG_WAITALL):
        left = struct.unpack("!Q", head)[0]
        while left:
            left -= far.recv_into(buffer, min(left, len(buffer)))
        far.sendall(b"k")


def _echo(far: socket.socket, buffer: bytearray) -> None:
    while count := far.recv_into(buffer):
        far.sendall(memoryview(buffer)[:count])


def _serve(far: socket.socket) -> None:
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with far, contextlib.suppress(OSError):
        mode = far.recv(1)
        if mode:
            # Allocated only now, so that a thousand connections at rest cost this process little.
            (_swallow if mode == b"s" else _echo)(far, bytearray(256 * 1024))


def main() -> None:
    """Print the port, serve until stdin ends."""
    threading.stack_size(256 * 1024)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        print(listener.getsockname()[1], flush=True)
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        far, _ = listener.accept()
        threading.Thread(target=_serve, args=(far,), daemon=True).start()


if __name__ == "__main__":
    main()
