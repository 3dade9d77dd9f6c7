"""Ports: which of them a program can have."""

from __future__ import annotations

import socket

from syncproof.processes.ports import is_free


def closed_by_the_server() -> int:
    """A port that nobody listens on, with a connection in TIME_WAIT."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()
            assert client.recv(1) == b""
    return port


def test_a_port_with_closed_connections_is_free_only_for_who_had_it_before() -> None:
    port = closed_by_the_server()
    assert not is_free(port)
    assert is_free(port, again=True)


def test_a_port_with_a_listener_is_free_for_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        assert not is_free(port, again=True)
