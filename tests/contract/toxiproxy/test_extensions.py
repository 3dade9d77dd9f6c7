"""What only the embedded server has: packet loss, one-way cuts, failing first connections, counters."""

from __future__ import annotations

import time

import httpx
import pytest
from tests.contract.toxiproxy.peers import Route, connect, pass_through, receive, receive_all, reset, silent

from syncproof.faults.toxiproxy.client import Client, InvalidRequest, UnsupportedToxic
from syncproof.faults.toxiproxy.toxic_types import FailFirst, Hold, Latency, PacketLoss, Timeout


def test_a_real_server_says_that_it_has_no_extensions(route: Route, client: Client) -> None:
    if client.embedded():
        client.add_toxic(route.name, Hold())
        return
    assert client.engine().startswith("toxiproxy ")
    assert client.traffic(route.name) is None
    with pytest.raises(UnsupportedToxic, match="extension of the embedded server"):
        client.add_toxic(route.name, Hold())


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_a_one_way_cut_holds_one_direction_and_heals_without_loss(
    route: Route, client: Client, stream: str
) -> None:
    """On both servers: a real one serves it by `bandwidth` with rate 0."""
    near, far = route.open()
    sender, receiver = (near, far) if stream == "upstream" else (far, near)
    cut = client.cut_one_way(route.name, stream)
    sender.sendall(b"held")
    assert silent(receiver, 0.3)
    pass_through(receiver, sender, b"the other way lives")
    new_near, new_far = route.open()
    new_sender, new_receiver = (new_near, new_far) if stream == "upstream" else (new_far, new_near)
    new_sender.sendall(b"new")
    assert silent(new_receiver, 0.3)
    client.remove_toxic(route.name, cut.name)
    assert receive(receiver, 4) == b"held"
    assert receive(new_receiver, 3) == b"new"


def test_hold_holds_the_end_too(extended_route: Route) -> None:
    near, far = extended_route.open()
    extended_route.client.add_toxic(extended_route.name, Hold())
    far.close()
    assert silent(near, 0.3)
    extended_route.client.remove_toxic(extended_route.name, "hold_downstream")
    assert receive_all(near) == b""


def fails(route: Route) -> bool:
    """Whether a new connection is reset; that may be seen as early as in connect()."""
    try:
        return reset(route.open_near())
    except ConnectionResetError:
        return True


def test_fail_first_resets_so_many_connections_and_then_none(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    client.add_toxic(name, FailFirst(3))
    for _ in range(3):
        assert fails(extended_route)
    near, far = extended_route.open()
    pass_through(near, far, b"hello")
    traffic = client.traffic(name)
    assert traffic is not None
    assert (traffic.accepted, traffic.failed, traffic.open) == (4, 3, 1)
    client.update_toxic(name, "fail_first_downstream", toxic=FailFirst(1))
    assert fails(extended_route), "an update counts anew"
    pass_through(near, far, b"connections that are there stay")


def test_packet_loss_delays_but_loses_nothing(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    client.add_toxic(name, PacketLoss(loss_rate=0.2, retransmit=20))
    taken = [pass_through(far, near, bytes([number]) * 10) for number in range(60)]
    # None of sixty lost, or eight losses of one chunk in a row: less than once in 100,000 runs.
    assert sum(seconds >= 0.019 for seconds in taken) >= 1
    assert min(taken) < 0.019


def test_packet_loss_without_retransmission_drops_chunks(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    client.add_toxic(name, PacketLoss(loss_rate=0.5, retransmit=0))
    for number in range(40):
        far.sendall(bytes([number]))
        time.sleep(0.002)  # so that they are separate chunks
    far.close()
    got = receive_all(near)
    assert 5 <= len(got) <= 35
    assert list(got) == sorted(got)


def test_packet_loss_of_everything_lets_nothing_pass(extended_route: Route) -> None:
    near, far = extended_route.open()
    extended_route.client.add_toxic(extended_route.name, PacketLoss(loss_rate=1.0))
    far.sendall(b"x")
    assert silent(near, 0.5)


@pytest.mark.parametrize(
    "toxic", [PacketLoss(1.5), PacketLoss(-0.1), PacketLoss(0.1, correlation=2), FailFirst(-1)]
)
def test_nonsense_is_refused(extended_route: Route, toxic: PacketLoss | FailFirst) -> None:
    with pytest.raises(InvalidRequest, match="got"):
        extended_route.client.add_toxic(extended_route.name, toxic)


def test_traffic_counts_live_connections_and_says_which_toxics_apply(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    pass_through(near, far, b"x" * 10)
    client.add_toxic(name, Hold(), name="cut")
    client.add_toxic(name, Latency(1), toxicity=0, name="never")
    far.sendall(b"x" * 20)
    deadline = time.monotonic() + 5
    while True:
        traffic = client.traffic(name)
        assert traffic is not None
        if traffic.downstream.held == 20:
            break
        assert time.monotonic() < deadline, traffic
    assert (traffic.upstream.received, traffic.upstream.sent, traffic.upstream.held) == (10, 10, 0)
    assert (traffic.downstream.received, traffic.downstream.sent) == (20, 0)
    assert traffic.applied == {"cut": 1, "never": 0}
    client.disable(name)
    traffic = client.traffic(name)
    assert traffic is not None
    assert (traffic.open, traffic.cut, traffic.downstream.received) == (0, 1, 20)


def test_a_black_hole_counts_what_it_swallowed(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    near, far = extended_route.open()
    client.add_toxic(name, Timeout(0))
    far.sendall(b"x" * 20)
    assert silent(near, 0.2)
    traffic = client.traffic(name)
    assert traffic is not None
    assert (traffic.downstream.received, traffic.downstream.sent, traffic.downstream.held) == (20, 0, 0)


def test_metrics_count_connections_that_have_ended(extended_route: Route) -> None:
    near, far = extended_route.open()
    pass_through(near, far, b"x" * 10)
    url = f"{extended_route.client.url}/metrics"
    labels = (
        f'direction="upstream",listener="{extended_route.info.listen}",'
        f'proxy="{extended_route.name}",upstream="{extended_route.info.upstream}"'
    )

    def lines() -> list[str]:
        return httpx.get(url, trust_env=False).text.splitlines()

    assert not any(labels in line for line in lines())
    near.close()
    far.close()
    deadline = time.monotonic() + 5
    while f"toxiproxy_proxy_received_bytes_total{{{labels}}} 10" not in lines():
        assert time.monotonic() < deadline, lines()
    assert f"toxiproxy_proxy_sent_bytes_total{{{labels}}} 10" in lines()
    assert connect(extended_route.info.address)
