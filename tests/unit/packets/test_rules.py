from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.packets import rules
from syncproof.faults.packets.rules import BurstLoss, Count, Held, RandomLoss


def test_a_table_of_its_own_counts_and_drops_what_arrives_from_the_peer() -> None:
    assert rules.drop("t", "eth0", "10.0.0.1", RandomLoss(0.1)).splitlines() == [
        "add table inet t",
        "add counter inet t seen",
        "add counter inet t dropped",
        "add chain inet t arriving { type filter hook input priority -300 ; }",
        'add rule inet t arriving iifname "eth0" ip saddr 10.0.0.1 counter name seen',
        'add rule inet t arriving iifname "eth0" ip saddr 10.0.0.1 numgen random mod 10000 < 1000'
        " counter name dropped drop",
    ]


@pytest.mark.parametrize(
    ("peer", "loss", "last"),
    [
        ("", RandomLoss(1), 'iifname "eth0" counter name dropped drop'),
        ("fd00::1", RandomLoss(1), 'iifname "eth0" ip6 saddr fd00::1 counter name dropped drop'),
        ("", RandomLoss(0.0001), 'iifname "eth0" numgen random mod 10000 < 1 counter name dropped drop'),
        ("", BurstLoss(0.1, 5), 'iifname "eth0" numgen inc mod 50 >= 45 counter name dropped drop'),
        ("", BurstLoss(1, 5), 'iifname "eth0" counter name dropped drop'),
    ],
)
def test_what_is_dropped(peer: str, loss: rules.Loss, last: str) -> None:
    assert rules.drop("t", "eth0", peer, loss).splitlines()[-1] == f"add rule inet t arriving {last}"


@given(st.floats(0.0001, 0.999), st.integers(1, 1000))
def test_bursts_leave_room_and_make_up_the_share(fraction: float, burst: int) -> None:
    loss = BurstLoss(fraction, burst)
    assert loss.every > burst
    assert burst / loss.every == pytest.approx(fraction, rel=0.5) or loss.every == burst + 1


def test_taking_away_works_whether_or_not_it_is_there_and_touches_no_other_table() -> None:
    assert rules.undrop("t") == "add table inet t; delete table inet t"


def test_counters_are_read_and_add_up() -> None:
    listing = json.dumps(
        {
            "nftables": [
                {"metainfo": {"version": "1.0.6"}},
                {"counter": {"name": "seen", "table": "t", "packets": 40, "bytes": 4000}},
                {"counter": {"name": "dropped", "table": "t", "packets": 4, "bytes": 400}},
            ]
        }
    )
    assert rules.counted(listing) == Count(40, 4)
    assert str(Count(40, 4) + Count(60, 5)) == "9 of 100 packets dropped (9.0%)"
    assert str(Count(0, 0)) == "0 of 0 packets dropped"


def test_a_bucket_takes_two_packets_at_once_and_keeps_a_second_waiting() -> None:
    assert " ".join(rules.bucket(20_000)) == "tbf rate 160000bit burst 3200 limit 32000"
    assert " ".join(rules.bucket(1e6)) == "tbf rate 8000000bit burst 10000 limit 1000000"


@pytest.mark.parametrize(
    ("queue", "seen"),
    [
        ({"kind": "tbf", "bytes": 500, "packets": 9, "overlimits": 7}, Held(7, 500)),
        ({"kind": "netem", "bytes": 500, "packets": 9, "overlimits": 0}, Held(9, 500)),
    ],
)
def test_queues_are_read(queue: dict[str, object], seen: Held) -> None:
    assert rules.held(json.dumps([{"kind": "noqueue"}, queue])) == seen


def test_a_queue_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="no queue of ours is there"):
        rules.held('[{"kind": "noqueue"}]')


def test_interfaces_are_found_by_address() -> None:
    listing = json.dumps(
        [{"ifname": "lo", "addr_info": []}, {"ifname": "eth1", "addr_info": [{"local": "10.0.0.7"}]}]
    )
    assert rules.interface_of(listing, "10.0.0.7") == "eth1"
    with pytest.raises(ValueError, match=r"no interface has the address 10\.0\.0\.8"):
        rules.interface_of(listing, "10.0.0.8")
    assert rules.segments('[{"ifname": "eth1", "gso_max_segs": 65535}]') == 65535
