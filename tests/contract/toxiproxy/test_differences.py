"""Where the embedded server differs from the real one, on purpose."""

from __future__ import annotations

import socket
import time

import httpx
import pytest
from tests.contract.toxiproxy.peers import Route, Upstream, connect, pass_through, receive, receive_all
from tests.contract.toxiproxy.servers import Server, serving

from syncproof.faults.toxiproxy.client import Client, InvalidRequest
from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Hold, Latency, Slicer


@pytest.mark.parametrize(
    ("toxic", "words"),
    [
        (Slicer(average_size=0), "average_size must be at least 1 byte, got 0"),
        (Slicer(average_size=10, size_variation=11), "size_variation must be from 0 to average_size"),
        (Slicer(average_size=10, size_variation=-1), "size_variation must be from 0 to average_size"),
        (Bandwidth(-1), "rate must be 0 KB/s or more, got -1"),
    ],
)
def test_what_would_crash_the_real_server_is_a_clear_400(
    extended_route: Route, toxic: Slicer | Bandwidth, words: str
) -> None:
    client, name = extended_route.client, extended_route.name
    with pytest.raises(InvalidRequest, match=words):
        client.add_toxic(name, toxic)
    good = client.add_toxic(name, Slicer(average_size=10) if isinstance(toxic, Slicer) else Bandwidth(1))
    with pytest.raises(InvalidRequest, match=words):
        client.update_toxic(name, good.name, toxic=toxic)
    assert client.toxic(name, good.name) == good, "a refused update changes nothing at all"


def test_a_half_close_passes_through(extended_route: Route) -> None:
    near, far = extended_route.open()
    near.sendall(b"question")
    near.shutdown(socket.SHUT_WR)
    assert receive_all(far) == b"question"
    far.sendall(b"answer after the end of the question")
    far.close()
    assert receive_all(near) == b"answer after the end of the question"


def test_a_half_close_passes_through_toxics_too(extended_route: Route) -> None:
    extended_route.client.add_toxic(extended_route.name, Latency(50), stream="upstream")
    near, far = extended_route.open()
    near.sendall(b"question")
    near.shutdown(socket.SHUT_WR)
    assert receive_all(far) == b"question"
    far.sendall(b"answer")
    assert receive(near, 6) == b"answer"


def test_a_half_closed_connection_lives_as_long_as_bytes_pass_or_are_held(extended_route: Route) -> None:
    client = extended_route.client
    near, far = extended_route.open()
    near.shutdown(socket.SHUT_WR)
    with Upstream() as upstream:
        holding = Route(client, client.create_proxy("holding", upstream.address), upstream)
        held, holder = holding.open()
        client.add_toxic("holding", Hold())
        holder.sendall(b"held")
        holder.shutdown(socket.SHUT_WR)
        held.shutdown(socket.SHUT_WR)
        begin = time.monotonic()
        while time.monotonic() < begin + 7:
            time.sleep(0.5)
            pass_through(far, near, b"still here")
        client.remove_toxic("holding", "hold_downstream")
        assert receive_all(held) == b"held"


def test_nothing_hangs_while_a_dial_is_pending(extended: Client) -> None:
    with socket.socket() as full:
        # A listener with a full backlog leaves the SYN of the next client unanswered.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = f"127.0.0.1:{full.getsockname()[1]}"
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        info = extended.create_proxy("pending", address)
        waiting = connect(info.address)
        begin = time.perf_counter()
        extended.disable("pending")
        assert waiting.recv(1) == b""
        extended.delete_proxy("pending")
        assert time.perf_counter() - begin < 2
        for filler in fillers:
            filler.close()


def decisions(server: Server, upstream: str) -> list[bool]:
    """For ten connections in a row: whether a latency of toxicity one half applied."""
    with Client(server.url) as client:
        info = client.create_proxy("seeded", upstream)
        client.add_toxic("seeded", Latency(1), toxicity=0.5)
        applied: list[bool] = []
        before = 0
        for number in range(1, 11):
            near = connect(info.address)
            deadline = time.monotonic() + 20
            while True:
                traffic = client.traffic("seeded")
                assert traffic is not None
                if traffic.open == number:
                    break
                assert time.monotonic() < deadline
            applied.append(traffic.applied["latency_downstream"] > before)
            before = traffic.applied["latency_downstream"]
            near.detach()  # stays open until the server ends
        return applied


def test_the_seed_decides_the_same_for_each_connection(extended_route: Route) -> None:
    upstream = extended_route.upstream.address
    runs = []
    for seed in ("1", "1", "2"):
        with serving("embedded", "-seed", seed) as server:
            runs.append(decisions(server, upstream))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_latencies_add_up_for_chunks_that_queue(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    client.add_toxic(name, Latency(100), name="one")
    client.add_toxic(name, Latency(100), name="two")
    begin = time.perf_counter()
    for _ in range(20):
        far.sendall(b"x" * 100)
        time.sleep(0.005)
    receive(near, 2000)
    assert time.perf_counter() - begin >= 0.29


def test_only_the_server_header_tells_the_two_apart(embedded: Server, extended: Client) -> None:
    answer = httpx.get(f"{embedded.url}/version", trust_env=False)
    assert answer.text == '{"version": "2.12.0"}\n'
    assert answer.headers["Server"].startswith("toxiproxy-embedded/2.12.0")
    assert extended.engine() == "toxiproxy-embedded 2.12.0"


def fill(end: socket.socket) -> int:
    """Send until the other side has taken nothing for a second."""
    end.settimeout(1)
    sent = 0
    try:
        while sent < 64_000_000:
            sent += end.send(b"x" * 65536)
    except TimeoutError:
        pass
    return sent


def test_memory_is_bounded_while_a_toxic_holds_data(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    client.add_toxic(name, Bandwidth(1))
    sent = fill(far)
    assert sent < 64_000_000
    traffic = client.traffic(name)
    assert traffic is not None
    assert 0 < traffic.downstream.held < 256 * 1024
    client.reset()
    receive(near, sent)
    pass_through(far, near, b"and on")
