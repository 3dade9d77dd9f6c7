"""Bugs are what they say of themselves, and no less."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from syncproof_agentkit.workloads.keys import PeerKey
from syncproof_defects import Defect
from syncproof_products.peers.agent.identity import told
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.defects.ordering import hands_out_its_own_only
from syncproof_products.peers.defects.partitions import tells_of_its_own_only
from syncproof_products.peers.defects.security import believes_an_old_key_for_ever
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_parts import in_a_chain
from syncproof_products.peers.tests.test_pins import NEW, OLD


@pytest.mark.parametrize(
    "defect", [tells_of_its_own_only, hands_out_its_own_only], ids=lambda defect: defect.name
)
def test_what_a_third_one_wrote_is_not_passed_on_in_parts_either(defect: Defect) -> None:
    with ExitStack() as undo:
        defect.apply(undo)
        network = in_a_chain()
        network.settle()
    assert network.tree("Bob") == network.tree("Alice") != {}
    assert (network.tree("Carol"), network.blocks["Carol"]) == ({}, {})


@in_a_loop
async def test_an_old_key_is_believed_whatever_comes_later(tmp_path: Path) -> None:
    with ExitStack() as undo:
        believes_an_old_key_for_ever.apply(undo)
        adapter, retired = peer(tmp_path), []
        adapter.device.connections._observe = lambda what, _: retired.append(what)
        adapter.tell_key("Alice", PeerKey(told(OLD.certificate)))
        adapter.tell_key("Alice", PeerKey(told(NEW.certificate), 1000.0))
        adapter.tell_key("Alice", PeerKey(told(NEW.certificate), 0.0))
        assert "key_retired" in retired
        adapter.tell_key("Carol", PeerKey(told(OLD.certificate)))
        check = adapter.device.connections._check
        assert check(Hello("Alice", "docs"), "", OLD.certificate) == "Alice"
        adapter.device.store.close()
        check = peer(tmp_path).device.connections._check
        assert check(Hello("Alice", "docs"), "", OLD.certificate) == "Alice"
