"""What every toxic does to live and new connections. Upper bounds are wide: a machine may be busy."""

from __future__ import annotations

import socket
import time
from statistics import median

import pytest
from tests.contract.toxiproxy.peers import Route, pass_through, receive, receive_all, reset, silent
from tests.contract.toxiproxy.servers import Server

from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.toxic_types import (
    Bandwidth,
    Latency,
    LimitData,
    Noop,
    ResetPeer,
    Slicer,
    SlowClose,
    Timeout,
)

UP, DOWN = "upstream", "downstream"


def quickest(sender: socket.socket, receiver: socket.socket) -> float:
    """Of three, how long the quickest took: a machine may be busy once."""
    return min(pass_through(sender, receiver, b"quick") for _ in range(3))


def seconds_until_end(end: socket.socket) -> float:
    begin = time.perf_counter()
    receive_all(end)
    return time.perf_counter() - begin


@pytest.mark.parametrize("stream", [UP, DOWN])
def test_latency_delays_one_direction_only(route: Route, client: Client, stream: str) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(300), stream=stream)
    ends = (near, far) if stream == UP else (far, near)
    assert 0.299 <= pass_through(*ends, b"late") < 3
    assert quickest(*reversed(ends)) < 0.29


def test_latency_is_pipelined(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(200))
    begin = time.perf_counter()
    for _ in range(20):
        far.sendall(b"x" * 100)
        time.sleep(0.005)  # so that they are separate chunks
    receive(near, 2000)
    assert 0.29 <= time.perf_counter() - begin < 3, "20 chunks over 100 ms, each 200 ms late"


def test_latencies_add_up(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(100), name="one")
    client.add_toxic(route.name, Latency(100), name="two")
    assert 0.199 <= pass_through(far, near, b"x") < 3


def test_jitter_stays_in_its_range_and_keeps_the_order(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(60, 40))
    taken = [pass_through(far, near, bytes([number])) for number in range(12)]
    assert min(taken) >= 0.019
    assert median(taken) < 0.6
    assert max(taken) - min(taken) > 0.01, "twelve throws of +-40 ms cannot all be the same"


def test_what_latency_holds_passes_at_once_when_it_is_removed(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(5000))
    far.sendall(b"one")
    assert silent(near, 0.1)
    far.sendall(b"two")
    assert silent(near, 0.1)
    begin = time.perf_counter()
    client.remove_toxic(route.name, "latency_downstream")
    assert receive(near, 6) == b"onetwo"
    assert time.perf_counter() - begin < 4


def test_an_update_lets_the_chunk_in_hand_pass_and_counts_anew_for_the_rest(
    route: Route, client: Client
) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(5000))
    for chunk in (b"one", b"two"):
        far.sendall(chunk)
        assert silent(near, 0.1)
    begin = time.perf_counter()
    client.update_toxic(route.name, "latency_downstream", toxic=Latency(2000))
    assert receive(near, 3) == b"one"
    assert time.perf_counter() - begin < 1.5
    assert receive(near, 3) == b"two"
    assert 1 < time.perf_counter() - begin < 4, "2 s after it was read, about 1.9 s from here"


@pytest.mark.parametrize("rate", [10, 100, 1000])
def test_bandwidth_paces(route: Route, client: Client, rate: int) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Bandwidth(rate))
    size = rate * 500
    taken = pass_through(far, near, b"x" * size)
    assert 0.49 <= taken < 3


def test_bandwidth_has_no_burst_and_first_bytes_come_after_a_quantum(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Bandwidth(10))
    begin = time.perf_counter()
    far.sendall(b"x" * 3000)
    first = near.recv(65536)
    took = time.perf_counter() - begin
    assert first
    assert len(first) % 1000 == 0, "100 ms worth each; one that reads late finds several"
    assert took >= 0.09 * len(first) / 1000


def test_bandwidth_zero_lets_nothing_pass_until_it_is_removed(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Bandwidth(0))
    far.sendall(b"held")
    assert silent(near, 0.3)
    client.remove_toxic(route.name, "bandwidth_downstream")
    assert receive(near, 4) == b"held"


def test_bandwidth_hands_the_rest_on_when_it_is_removed(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Bandwidth(1))
    data = bytes(range(256)) * 80
    far.sendall(data)
    first = near.recv(65536)
    begin = time.perf_counter()
    client.remove_toxic(route.name, "bandwidth_downstream")
    assert first + receive(near, len(data) - len(first)) == data
    assert time.perf_counter() - begin < 5, "20 s at the rate that it had"


def test_slow_close_delays_the_end_only(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, SlowClose(300))
    assert quickest(far, near) < 0.29
    far.close()
    assert 0.29 <= seconds_until_end(near) < 3


def test_timeout_drops_data_and_closes_after_the_last_chunk(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Timeout(300))
    begin = time.perf_counter()
    far.sendall(b"dropped")
    assert silent(near, 0.2)
    far.sendall(b"dropped too")
    assert receive_all(near) == b""
    assert 0.49 <= time.perf_counter() - begin < 4, "each chunk starts the timer again"
    near.close()
    assert far.recv(1) == b""


def test_timeout_zero_is_a_black_hole_whose_removal_closes(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Timeout(0))
    far.sendall(b"dropped")
    assert silent(near, 0.3)
    pass_through(near, far, b"the other direction lives")
    client.remove_toxic(route.name, "timeout_downstream")
    assert receive_all(near) == b""


@pytest.mark.parametrize("stream", [UP, DOWN])
def test_reset_peer_resets_new_connections_on_their_first_data(
    route: Route, client: Client, stream: str
) -> None:
    client.add_toxic(route.name, ResetPeer(100), stream=stream)
    near, far = route.open()
    assert silent(near, 0.2), "an idle connection is not reset"
    begin = time.perf_counter()
    (near if stream == UP else far).sendall(b"x")
    assert reset(near)
    assert 0.09 <= time.perf_counter() - begin < 2
    assert reset(far)


@pytest.mark.parametrize("stream", [UP, DOWN])
@pytest.mark.parametrize("first", ["near", "far"])
@pytest.mark.parametrize("half", [True, False], ids=["half closed", "closed"])
@pytest.mark.parametrize("toxicity", [0.0, 1.0])
def test_reset_peer_resets_the_other_side_whoever_closes_first(
    server: Server, route: Route, client: Client, stream: str, first: str, half: bool, toxicity: float
) -> None:
    """Also with toxicity 0: whether a connection ends with RST is decided when it begins.

    The real one begins its two directions one after the other: on a busy machine a connection may be closed before the
    second, which has the toxic, has begun. That it ends is all that is sure of it.
    """
    client.add_toxic(route.name, ResetPeer(20), stream=stream, toxicity=toxicity)
    near, far = route.open()
    one, other = (near, far) if first == "near" else (far, near)
    if half:
        one.shutdown(socket.SHUT_WR)
    else:
        one.close()
    real = server.kind == "real"
    assert reset(other) or real
    if half:
        assert reset(one) or real


@pytest.mark.parametrize("first", ["near", "far"])
def test_a_reset_leaves_no_connection_behind_that_other_toxics_hold(
    route: Route, client: Client, first: str
) -> None:
    for stream in (UP, DOWN):
        client.add_toxic(route.name, SlowClose(50), stream=stream)
    client.add_toxic(route.name, ResetPeer(0), stream=DOWN)
    near, far = route.open()
    one, other = (near, far) if first == "near" else (far, near)
    one.close()
    assert reset(other)


def test_reset_peer_gives_a_fin_to_connections_that_were_there(route: Route, client: Client) -> None:
    near, far = route.open()
    far.sendall(b"x")
    assert near.recv(1) == b"x"  # the upstream's accept is no sign yet that the proxy has made its link
    client.add_toxic(route.name, ResetPeer(0))
    far.sendall(b"x")
    assert not reset(near)


def test_slicer_cuts_into_small_pieces(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Slicer(average_size=50, size_variation=20, delay=10_000))
    data = bytes(range(250)) * 4
    begin = time.perf_counter()
    far.sendall(data)
    pieces: list[bytes] = []
    while sum(map(len, pieces)) < len(data):
        pieces.append(near.recv(65536))
    assert b"".join(pieces) == data
    # At least 15 pieces of at most 70 bytes with 10 ms between them; a busy reader may see several as one.
    assert time.perf_counter() - begin >= 0.139
    assert len(pieces) >= 3


@pytest.mark.parametrize("delay_us", [100, 500, 900, 3000])
def test_pieces_arrive_one_by_one_however_short_the_delay(
    route: Route, client: Client, delay_us: int
) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Slicer(average_size=50, delay=delay_us))
    best = 0
    for _ in range(100):  # a busy reader may see several pieces as one
        if best >= 28:
            break
        far.sendall(bytes(1600))
        pieces = [len(near.recv(65536))]
        while sum(pieces) < 1600:
            pieces.append(len(near.recv(65536)))
        best = max(best, len(pieces))
    assert best >= 28, "32 pieces of 50 bytes"


def test_slicer_hands_the_rest_on_when_it_is_removed(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Slicer(average_size=10, delay=500_000))
    data = bytes(range(100))
    far.sendall(data)
    first = receive(near, 1)
    client.remove_toxic(route.name, "slicer_downstream")
    begin = time.perf_counter()
    assert first + receive(near, 99) == data
    assert time.perf_counter() - begin < 2, "4.5 s if it had gone on slicing"


@pytest.mark.parametrize("size", [99, 100, 101, 5000])
def test_limit_data_closes_after_so_many_bytes(route: Route, client: Client, size: int) -> None:
    near, far = route.open()
    client.add_toxic(route.name, LimitData(100))
    far.sendall(b"x" * size)
    if size < 100:
        receive(near, 99)
        assert silent(near, 0.2)
        return
    assert receive_all(near) == b"x" * 100
    assert far.recv(1) == b"", "both ends are closed"


def test_limit_data_counts_across_updates_and_from_when_it_was_added(route: Route, client: Client) -> None:
    near, far = route.open()
    pass_through(far, near, b"x" * 500)
    client.add_toxic(route.name, LimitData(100))
    pass_through(far, near, b"x" * 60)
    client.update_toxic(route.name, "limit_data_downstream", toxic=LimitData(70))
    far.sendall(b"x" * 60)
    assert receive_all(near) == b"x" * 10


def test_limit_data_of_none_closes_on_the_first_data(route: Route, client: Client) -> None:
    client.add_toxic(route.name, LimitData(0))
    near, far = route.open()
    assert silent(near, 0.2)
    far.sendall(b"x")
    assert receive_all(near) == b""


@pytest.mark.parametrize(("toxicity", "late"), [(0.0, False), (1.0, True), (2.5, True), (-1.0, False)])
def test_toxicity_decides_for_each_connection(
    route: Route, client: Client, toxicity: float, late: bool
) -> None:
    client.add_toxic(route.name, Latency(400), toxicity=toxicity)
    for _ in range(3):
        near, far = route.open()
        assert (pass_through(far, near, b"x") >= 0.399) is late


def test_toxicity_of_a_half_applies_to_some_connections(route: Route, client: Client) -> None:
    client.add_toxic(route.name, Timeout(0), toxicity=0.5)
    passed = 0
    for _ in range(40):
        near, far = route.open()
        far.sendall(b"x")
        far.close()
        passed += receive_all(near) == b"x"
    assert 5 <= passed <= 35, "a fair coin leaves this range once in three million runs"


def test_toxicity_is_decided_again_when_the_toxic_changes(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, Latency(400), toxicity=0.0)
    assert quickest(far, near) < 0.39
    client.update_toxic(route.name, "latency_downstream", toxicity=1.0)
    assert pass_through(far, near, b"x") >= 0.399


def test_a_chain_works_in_the_order_in_which_it_was_made(route: Route, client: Client) -> None:
    near, far = route.open()
    client.add_toxic(route.name, LimitData(10), name="first")
    client.add_toxic(route.name, Latency(150), name="second")
    begin = time.perf_counter()
    far.sendall(b"x" * 50)
    assert receive_all(near) == b"x" * 10
    assert time.perf_counter() - begin >= 0.149, "what limit_data let pass is delayed, then comes its close"


def test_nothing_is_lost_while_toxics_come_and_go(route: Route, client: Client) -> None:
    near, far = route.open()
    data = bytes(range(256)) * 400
    far.sendall(data)
    client.add_toxic(route.name, Latency(20), name="a")
    far.sendall(data)
    client.add_toxic(route.name, Slicer(average_size=1000), name="b")
    far.sendall(data)
    client.add_toxic(route.name, Bandwidth(2000), name="c")
    far.sendall(data)
    client.add_toxic(route.name, Noop(), name="d")
    client.remove_toxic(route.name, "b")
    far.sendall(data)
    client.remove_toxic(route.name, "a")
    client.remove_toxic(route.name, "c")
    far.sendall(data)
    client.remove_toxic(route.name, "d")
    far.close()
    assert receive_all(near) == data * 6
