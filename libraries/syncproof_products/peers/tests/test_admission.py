"""Whom nobody has let in gains nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncproof_agentkit.workloads.keys import PeerKey
from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.agent.identity import told
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_identity import MALLORY


@in_a_loop
async def test_whose_key_is_known_and_who_shares_nothing_is_turned_away(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, refused = adapter.device, []
    device.connections._observe = lambda what, fields: refused.append((what, fields["peer"]))
    adapter.tell_key("Mallory", PeerKey(told(MALLORY.certificate)))
    with pytest.raises(Lost, match="does not share this folder"):
        device.connections._check(Hello("Mallory", "docs"), "", MALLORY.certificate)
    assert refused == [("peer_refused", "Mallory")]
