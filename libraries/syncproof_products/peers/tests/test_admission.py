"""Whom nobody has let in gains nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from syncproof_agentkit.workloads.keys import PeerKey
from syncproof_products.peers.agent.connections import Connections, Lost
from syncproof_products.peers.agent.identity import told
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.hostile.hoarding import Hoarding
from syncproof_products.peers.hostile.inventing import Inventing
from syncproof_products.peers.tests.network import NAMES, content
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_forks import all_meet, chain, hears, joins, network
from syncproof_products.peers.tests.test_hostile import trees
from syncproof_products.peers.tests.test_identity import ALICE, MALLORY


def test_peers_that_one_has_invented_have_no_vote() -> None:
    made = network()
    mallory = joins(made, Inventing)
    made.write("Alice", "plan.txt", "one")
    made.write("Bob", "plan.txt", "two")
    made.settle()
    all_meet(made)
    assert mallory.harm == 5
    assert {op.author for op in made.logs["Carol"]} == {made.nodes[name].name for name in ("Alice", "Bob")}
    assert [made.nodes[name].asking for name in NAMES] == [0] * 3
    digests = {content(text)[0].digest for text in ("one", "two")}
    assert [set(tree.values()) for tree in trees(made)] == [digests] * 3


def test_what_one_has_written_is_taken_when_it_is_let_in() -> None:
    made, carol = network(), ["Alice", "Bob", "Carol"]
    made.nodes["Carol"]._members = lambda: carol
    made.connect("Alice", "Carol")
    hears(made, "Alice", chain("one"), "one")
    made.write("Alice", "plan.txt", "two")
    made.settle()
    assert [made.nodes["Carol"].has, made.tree("Carol"), made.nodes["Carol"].held] == [{}, {}, 1]
    carol.append("Mallory")
    made.do("Carol", made.nodes["Carol"].let_in())
    made.settle()
    assert made.tree("Carol") == made.tree("Alice") == {"plan.txt": content("two")[0].digest}
    assert made.nodes["Carol"].has == made.nodes["Alice"].has


@in_a_loop
async def test_whose_key_is_known_and_who_shares_nothing_is_turned_away(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, refused = adapter.device, []
    device.connections._observe = lambda what, fields: refused.append((what, fields["peer"]))
    adapter.tell_key("Mallory", PeerKey(told(MALLORY.certificate)))
    with pytest.raises(Lost, match="does not share this folder"):
        device.connections._check(Hello("Mallory", "docs"), "", MALLORY.certificate)
    assert refused == [("peer_refused", "Mallory")]


def test_whom_such_peers_surround_hears_of_nobody_and_waits_for_nothing() -> None:
    made = network()
    mallory = joins(made, Hoarding)
    made.write("Alice", "plan.txt", "one")
    made.write("Mallory", "list.txt", "hers")
    made.settle()
    assert mallory.harm
    assert set(made.tree("Mallory")) == {"plan.txt", "list.txt"}
    assert [set(made.tree(name)) for name in NAMES] == [{"plan.txt", "list.txt"}, {"list.txt"}, {"list.txt"}]
    assert [made.nodes[name].asking for name in NAMES] == [0] * 3


def _near(connections: Connections) -> set[str]:
    connections._settings = replace(connections._settings, fanout=2)
    return set(connections._neighbours())


@in_a_loop
async def test_whoever_comes_late_is_never_all_that_one_is_linked_to_also_after_a_start(
    tmp_path: Path,
) -> None:
    device = peer(tmp_path).device
    for name in ("Alice", "Carol", "Dave", "Erin", "Frank", "B1", "B2", "B3", "B4", "Zoe"):
        device.share("docs", [name])
        device.connections.set_link(name, "127.0.0.1:9")
    near = _near(device.connections)
    assert near > {"B1", "B2"}  # the neighbours of Bob's place
    assert len(near.intersection(("Alice", "Carol", "Dave", "Erin", "Frank"))) == 2
    device.store.close()
    again = peer(tmp_path).device
    assert _near(again.connections) == near


@in_a_loop
async def test_nobody_is_said_to_ask_for_what_another_one_asks_for_in_that_name(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, refused = adapter.device, []
    device.connections._observe = lambda _, fields: refused.append(fields["reason"])
    adapter.tell_key("Alice", PeerKey(told(ALICE.certificate)))
    adapter.tell_key("Mallory", PeerKey(told(MALLORY.certificate)))
    with pytest.raises(Lost, match="somebody else"):
        device.connections._check(Hello("Mallory", "docs"), "", ALICE.certificate)
    assert refused == ["it has shown the certificate of somebody else"]
