"""One key takes the place of another: either is believed for some time, and the old one no longer than that."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_agentkit.workloads.keys import NewKey, PeerKey
from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.agent.identity import Identity, told
from syncproof_products.peers.agent.pins import Pin, pinned
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.tests.test_device import in_a_loop, peer

OLD, NEW = (Identity(letter * 32) for letter in (b"o", b"n"))


@pytest.mark.parametrize(
    ("known", "certificate", "until", "found"),
    [
        (None, "new", 9.0, Pin("new")),
        (Pin("old"), "new", 9.0, Pin("new", "old", 9.0)),
        (Pin("old"), "new", 0.0, Pin("new")),
        (Pin("new", "old", 9.0), "new", 0.0, Pin("new", "old", 9.0)),
        (Pin("new", "old", 9.0), "newer", 12.0, Pin("newer", "new", 12.0)),
    ],
)
def test_what_is_known_once_another_one_was_told(
    known: Pin | None, certificate: str, until: float, found: Pin
) -> None:
    assert pinned(known, certificate, until) == found


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 9), st.floats(0, 9))), st.floats(0, 20))
def test_the_last_is_believed_and_one_before_it_within_its_time(
    told_of: list[tuple[str, float, float]], at: float
) -> None:
    known: Pin | None = None
    for certificate, now, overlap in told_of:
        known = pinned(known, certificate, now + overlap if overlap else 0.0)
    if known is not None:
        believed = known.believed(at)
        assert believed[0] == told_of[-1][0]
        assert len(believed) == len(set(believed)) <= (2 if at < known.until else 1)


@in_a_loop
async def test_the_old_one_counts_until_its_time_is_over(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, said = adapter.device, asyncio.Queue[tuple[str, str]]()
    device.connections._observe = lambda what, fields: said.put_nowait((what, str(fields["peer"])))
    hello, check = Hello("Alice", "docs"), device.connections._check
    adapter.tell_key("Alice", PeerKey(told(OLD.certificate)))
    began = time.time()
    adapter.tell_key("Alice", PeerKey(told(NEW.certificate), 0.5))
    for either in (OLD, NEW):
        assert check(hello, "", either.certificate) == "Alice"
    assert await asyncio.wait_for(said.get(), 30) == ("key_retired", "Alice")
    assert time.time() - began >= 0.5
    assert check(hello, "", NEW.certificate) == "Alice"
    with pytest.raises(Lost, match="somebody else"):
        check(hello, "", OLD.certificate)
    assert device.store.pins() == {"Alice": Pin(told(NEW.certificate))}


@in_a_loop
async def test_a_new_key_is_told_at_once_and_shown_later_over_a_restart_too(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    before = adapter.key()["key"]
    told_now = adapter.renew_key(NewKey(1000.0))["key"]
    assert told_now != before
    assert told(adapter.device.own_key.identity.certificate) == before
    adapter.device.store.close()
    again = peer(tmp_path)
    assert (told(again.device.own_key.identity.certificate), again.key()["key"]) == (before, told_now)
    # One is on its way: others would believe no third one.
    assert again.renew_key(NewKey(1.0))["key"] == told_now
    again.device.own_key.begin_next()
    assert told(again.device.connections._identity.certificate) == told_now == again.key()["key"]
    again.device.store.close()
    last = peer(tmp_path).device
    assert told(last.own_key.identity.certificate) == told_now
