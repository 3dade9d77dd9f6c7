"""One key takes the place of another: either is believed for some time, and the old one no longer than that."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_agentkit.requests import ClockChange
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
        (Pin("old"), "new", None, Pin("new")),
        (Pin("new", "old", 9.0), "new", None, Pin("new", "old", 9.0)),
        (Pin("new", "old", 9.0), "new", 0.0, Pin("new", "old", 0.0)),
        (Pin("new", "old", 9.0), "new", 8.0, Pin("new", "old", 8.0)),
        (Pin("new", "old", 9.0), "new", 12.0, Pin("new", "old", 9.0)),
        (Pin("new", "old", 9.0), "newer", 12.0, Pin("newer", "new", 12.0)),
    ],
)
def test_what_is_known_once_another_one_was_told(
    known: Pin | None, certificate: str, until: float | None, found: Pin
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
async def test_a_user_can_end_the_time_of_the_old_one(tmp_path: Path) -> None:
    adapter, said = peer(tmp_path), []
    check = adapter.device.connections._check
    adapter.device.connections._observe = lambda what, fields: said.append((what, fields["peer"]))
    adapter.tell_key("Alice", PeerKey(told(OLD.certificate)))
    for overlap_s in (1000.0, None):
        adapter.tell_key("Alice", PeerKey(told(NEW.certificate), overlap_s))
        assert check(Hello("Alice", "docs"), "", OLD.certificate) == "Alice"
    adapter.tell_key("Alice", PeerKey(told(NEW.certificate), 0.0))
    assert said == [("key_retired", "Alice")]
    with pytest.raises(Lost, match="somebody else"):
        check(Hello("Alice", "docs"), "", OLD.certificate)


@in_a_loop
async def test_what_users_told_an_earlier_version_still_counts(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.store.put("pins", json.dumps({"Alice": told(OLD.certificate)}))
    device.store.close()
    adapter = peer(tmp_path)
    assert adapter.device.connections._check(Hello("Alice", "docs"), "", OLD.certificate) == "Alice"
    adapter.tell_key("Carol", PeerKey(told(NEW.certificate)))
    assert set(adapter.device.store.pins()) == {"Alice", "Carol"}


@in_a_loop
async def test_either_key_ends_by_the_time_of_day_that_the_device_believes(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, before = adapter.device, adapter.key()["key"]
    adapter.tell_key("Alice", PeerKey(told(OLD.certificate)))
    adapter.tell_key("Alice", PeerKey(told(NEW.certificate), 1000.0))
    following = adapter.renew_key(NewKey(1000.0))["key"]
    adapter.set_clock(ClockChange(advance_ms=900_000))
    device.own_key._look()
    device.connections.pins_changed()
    assert told(device.own_key.identity.certificate) == following != before
    assert set(device.store.pins()["Alice"].believed(device._now())) == {
        told(OLD.certificate),
        told(NEW.certificate),
    }
    adapter.set_clock(ClockChange(advance_ms=200_000))
    device.connections.pins_changed()
    assert device.store.pins() == {"Alice": Pin(told(NEW.certificate))}


@in_a_loop
async def test_a_device_that_is_new_is_told_the_key_that_is_still_shown_as_well(tmp_path: Path) -> None:
    adapter, now = peer(tmp_path), 5000.0
    shown = adapter.key()
    assert set(shown) == {"key"}
    adapter.device.own_key._now = lambda: now
    adapter.renew_key(NewKey(1000.0))
    now += 300
    found = adapter.key()
    assert (found["before"], found["overlap_s"]) == (shown["key"], 700.0)
    assert found["key"] != shown["key"]
    adapter.device.own_key.begin_next()
    assert adapter.key() == {"key": found["key"]}


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
