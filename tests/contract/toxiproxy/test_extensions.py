"""What only the embedded server has: packet loss, one-way cuts, failing first connections, counters."""

from __future__ import annotations

import time

import httpx
import pytest
from tests.contract.toxiproxy.peers import Route, pass_through, receive, receive_all, reset, silent

from syncproof.faults.toxiproxy.client import Client, InvalidRequest, ToxiproxyError, UnsupportedToxic
from syncproof.faults.toxiproxy.toxic_types import (
    FailFirst,
    Hold,
    Latency,
    PacketLoss,
    SharedBandwidth,
    Timeout,
)


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
    deadline = time.monotonic() + 20
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


def test_metrics_count_live_connections_and_those_that_have_ended(extended_route: Route) -> None:
    labels = (
        f'direction="upstream",listener="{extended_route.info.listen}",'
        f'proxy="{extended_route.name}",upstream="{extended_route.info.upstream}"'
    )

    def counted(measure: str) -> list[str]:
        lines = httpx.get(f"{extended_route.client.url}/metrics", trust_env=False).text.splitlines()
        return [
            line for line in lines if line.startswith(f"toxiproxy_proxy_{measure}_bytes_total{{{labels}}}")
        ]

    assert counted("received") == []
    near, far = extended_route.open()
    pass_through(near, far, b"x" * 10)
    for measure in ("received", "sent"):
        assert [line.split()[-1] for line in counted(measure)] == ["10"]
    near.close()
    far.close()
    near, far = extended_route.open()
    pass_through(near, far, b"x" * 5)
    for measure in ("received", "sent"):
        assert [line.split()[-1] for line in counted(measure)] == ["15"]


def test_a_shared_bandwidth_is_that_of_all_connections_together(extended_route: Route) -> None:
    client, name = extended_route.client, extended_route.name
    client.add_toxic(name, SharedBandwidth(400))
    ends = [extended_route.open() for _ in range(4)]
    begin = time.perf_counter()
    for _, far in ends:
        far.sendall(bytes(50_000))
    first = receive(ends[0][0], 50_000)
    for near, far in ends:
        if near is not ends[0][0]:
            assert receive(near, 50_000) == first
        far.close()
        assert receive_all(near) == b""
    assert 0.49 <= time.perf_counter() - begin < 3, "200 KB at 400 KB/s"
    near, far = extended_route.open()
    assert 0.099 <= pass_through(far, near, bytes(40_000)) < 3, "nobody else is there now"
    client.update_toxic(name, "shared_bandwidth_downstream", toxic=SharedBandwidth(1))
    far.sendall(bytes(10_000))
    held = b"" if silent(near, 0.05) else near.recv(10_000)
    assert len(held) < 5_000, "100 bytes come each 0.1 s"
    client.update_toxic(name, "shared_bandwidth_downstream", toxic=SharedBandwidth(100_000))
    assert held + receive(near, 10_000 - len(held)) == bytes(10_000)
    assert pass_through(far, near, bytes(10_000)) < 3, "what the old rate had promised is void"


def test_populate_makes_toxics_and_leaves_those_of_a_proxy_that_stays(extended: Client) -> None:
    toxics: list[dict[str, object]] = [
        {"type": "latency", "attributes": {"latency": 5}},
        {"type": "noop", "name": "second", "stream": "upstream", "toxicity": 0.5},
    ]
    one: dict[str, object] = {"name": "p", "listen": "127.0.0.1:0", "upstream": "a:1", "toxics": toxics}
    (made,) = extended.populate([one])
    assert [toxic.name for toxic in made.toxics] == ["second", "latency_downstream"]
    extended.remove_toxic("p", "second")
    (kept,) = extended.populate([{**one, "listen": made.listen}])
    assert [toxic.name for toxic in kept.toxics] == ["latency_downstream"]


@pytest.mark.parametrize(
    ("toxics", "words"),
    [
        (
            [{"type": "latency", "attributes": {"latency": "x"}}],
            "bad request body: latency must be .* at proxy 2",
        ),
        ([{"type": "nope"}], "invalid toxic type at proxy 2"),
        ([{"type": "noop"}, {"type": "noop"}], "toxic already exists at proxy 2"),
        ({"type": "noop"}, "the toxics of proxy 2 must be a list"),
        (
            [{"type": "bandwidth", "attributes": {"rate": -1}}],
            "rate must be 0 KB/s or more, got -1 at proxy 2",
        ),
    ],
)
def test_populate_checks_toxics_before_it_makes_any_proxy(
    extended: Client, toxics: object, words: str
) -> None:
    proxies = [{"name": name, "listen": "127.0.0.1:0", "upstream": "a:1"} for name in ("a", "b")]
    with pytest.raises(ToxiproxyError, match=words):
        extended.populate([proxies[0], {**proxies[1], "toxics": toxics}])
    assert extended.proxies() == {}
