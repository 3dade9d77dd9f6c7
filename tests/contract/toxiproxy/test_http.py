"""HTTP below the API: what any client may send, in whatever segments it comes."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

import pytest
from tests.contract.toxiproxy.peers import DEADLINE_S, Route
from tests.contract.toxiproxy.servers import Server

HOST = b"Host: toxiproxy\r\n"
VERSION = b"GET /version HTTP/1.1\r\n" + HOST + b"\r\n"
UPGRADE = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
)
CREATE = b'{"name":"p","listen":"127.0.0.1:0","upstream":"a:1"}'
MIB = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """A client that sends bytes as they are and reads one answer after the other."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection((server.host, server.port), timeout=DEADLINE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, *segments: bytes) -> None:
        """Segments, each by itself."""
        for number, segment in enumerate(segments):
            if number:
                time.sleep(0.03)
            self._socket.sendall(segment)

    def answer(self) -> Answer:
        status = int(self._file.readline().split()[1])
        headers = {}
        while line := self._file.readline().strip():
            name, _, value = line.decode("ascii").partition(":")
            headers[name.lower()] = value.strip()
        if "content-length" in headers:
            return Answer(status, headers, self._file.read(int(headers["content-length"])))
        return Answer(status, headers, self._file.read() if headers.get("connection") == "close" else b"")

    def closed(self) -> bool:
        return self._file.read(1) == b""


def post(body: bytes, more: bytes = b"", path: bytes = b"/proxies") -> bytes:
    return b"POST %b HTTP/1.1\r\n%b%bContent-Length: %d\r\n\r\n%b" % (path, HOST, more, len(body), body)


def chunked(body: bytes) -> bytes:
    head = b"POST /proxies HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"7\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (body[:7], len(body) - 7, body[7:])


@pytest.fixture
def connection(server: Server, http: object) -> Connection:  # noqa: ARG001
    """A connection to the API; `http` deletes what is created through it."""
    return Connection(server)


REQUESTS = {
    "plain": post(CREATE),
    "chunked": chunked(CREATE),
    "an offer of HTTP/2": post(CREATE, UPGRADE),
    "an offer of WebSocket": post(CREATE, b"Connection: upgrade\r\nUpgrade: websocket\r\n"),
    "any content type": post(CREATE, b"Content-Type: text/nonsense\r\n"),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("cut", [0, 1, 20, len(CREATE), len(CREATE) + 2, -20])
def test_a_body_arrives_in_whatever_segments_and_the_next_request_behind_it_too(
    connection: Connection, request_: bytes, cut: int
) -> None:
    """`cut` bytes before the end of the request (from its beginning if negative) a new segment begins."""
    connection.send(
        *filter(None, (request_[:-cut] + b"", request_[-cut:] + VERSION)) if cut else [request_ + VERSION]
    )
    assert connection.answer().status == 201
    assert b'"version"' in connection.answer().body
    connection.send(VERSION)
    assert connection.answer().status == 200


def test_a_client_that_waits_for_100_continue_gets_it(connection: Connection) -> None:
    request = post(CREATE, b"Expect: 100-continue\r\n")
    connection.send(request[: -len(CREATE)])
    assert connection.answer().status == 100
    connection.send(CREATE)
    assert connection.answer().status == 201


MALFORMED = {
    "no request line": b"NONSENSE\r\n\r\n",
    "no host": b"GET /version HTTP/1.1\r\n\r\n",
    "two lengths": b"GET /version HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length that is none": b"GET /version HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n",
    "a blank in a header's name": b"GET /version HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n",
    "a wrong percent-encoding": b"GET /%zz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a wrong chunk": b"POST /reset HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_400_after_the_answer_to_the_one_before_it(
    connection: Connection, malformed: bytes
) -> None:
    connection.send(VERSION + malformed)
    assert connection.answer().status == 200
    if malformed is MALFORMED["a wrong chunk"]:
        connection.answer()  # the real server does not read the body of a reset, and answers 204 first
    else:
        assert connection.answer().status == 400
    assert connection.closed()


@pytest.mark.parametrize("method", ["PUT", "HEAD", "FOO", "get", "PROPFINDALL", "TRACE"])
def test_any_other_method_is_405(connection: Connection, method: str) -> None:
    connection.send(method.encode() + b" /proxies HTTP/1.1\r\n" + HOST + b"\r\n")
    assert connection.answer().status == 405


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("//a%0d%0aSet-Cookie:%20x", "/a%0D%0ASet-Cookie:%20x"),
        ("//%E2%82%AC", "/%E2%82%AC"),
        ("//€", "/%E2%82%AC"),
        ("/proxies//b%2Fc/./d%3F/", "/proxies/b/c/d%3F/"),
        ("/x/../a!b(c)[d]'*;=$", "/a%21b%28c%29%5Bd%5D%27%2A;=$"),
        ("//proxies?a=1&b=%20", "/proxies?a=1&b=%20"),
        ("http://other//version?q", "http://other/version?q"),
    ],
)
def test_a_redirect_names_the_clean_path_encoded(connection: Connection, target: str, location: str) -> None:
    connection.send(f"GET {target} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
    answer = connection.answer()
    assert (answer.status, answer.headers.get("location")) == (301, location)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("target", ["/%E2%82%AC", "/€", "/%ff", "/proxies/%F0%9F%8C%8D"])
def test_a_path_beyond_ascii_is_answered(connection: Connection, target: str) -> None:
    connection.send(f"GET {target} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
    assert connection.answer().status == 404


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"X: " + b"a" * (MIB * 3 // 4) + b"\r\n", 200),
        (b"X: " + b"a" * (2 * MIB) + b"\r\n", 431),
        (b"X: aaaaaaaaaaaaaaaa\r\n" * (MIB // 10), 431),
    ],
    ids=["of 768 KiB", "of 2 MiB", "2 MiB of small ones"],
)
def test_headers_may_be_large_but_are_bounded(connection: Connection, header: bytes, status: int) -> None:
    connection.send(b"GET /version HTTP/1.1\r\n" + HOST + header + b"\r\n")
    assert connection.answer().status == status


LARGE = {
    "not closed": b'{"name":"' + b"x" * (10 * MIB),
    "many numbers": b"[" + b"1," * (5 * MIB),
    "many brackets": b"[" * (10 * MIB),
    "many escapes": b'{"name":"' + b"\\u00e9" * (2 * MIB),
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_a_large_invalid_body_is_400_and_does_not_hold_up_what_passes(
    server: Server, route: Route, body: bytes
) -> None:
    near, far = route.open()
    stop = threading.Event()
    longest = 0.0

    def pass_bytes() -> None:
        nonlocal longest
        while not stop.is_set():
            begin = time.perf_counter()
            near.sendall(b"x")
            assert far.recv(1) == b"x"
            longest = max(longest, time.perf_counter() - begin)

    passing = threading.Thread(target=pass_bytes)
    passing.start()
    try:
        connection = Connection(server)
        # The real server may answer, and close, as soon as it has seen the fault.
        sending = threading.Thread(target=_send_what_is_taken, args=(connection, post(body)))
        sending.start()
        assert connection.answer().status == 400
        sending.join()
    finally:
        stop.set()
        passing.join()
    assert longest < 1


def _send_what_is_taken(connection: Connection, data: bytes) -> None:
    try:
        connection.send(data)
    except (BrokenPipeError, ConnectionResetError):
        return
