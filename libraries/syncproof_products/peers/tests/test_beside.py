"""What versions are called that lie beside others: everywhere the same, on any disk, and never like another file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.peers.core.beside import beside, lies_beside
from syncproof_products.peers.core.messages import Forked
from syncproof_products.peers.core.model import MOST
from syncproof_products.peers.tests.network import content
from syncproof_products.peers.tests.test_device import hears as has_heard
from syncproof_products.peers.tests.test_device import in_a_loop, names, peer
from syncproof_products.peers.tests.test_forks import MALLORY, chain

_NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=255).filter(
    lambda name: len(name.encode()) <= 255
)


@given(_NAME, st.text(st.characters(codec="utf-8", exclude_characters="/~"), min_size=1, max_size=64))
@settings(max_examples=200, deadline=None)
def test_a_name_is_never_too_long(name: str, device: str) -> None:
    op, taken = f"{device}~{'f' * 16}/{MOST}", set[str]()
    for _ in range(12):
        found = beside(f"docs/{name}", op, taken, ())
        assert found not in taken
        assert len(found.removeprefix("docs/").encode()) <= 255
        assert lies_beside(found)
        taken.add(found)


@pytest.mark.parametrize("suffix", ["", ".txt"])
def test_two_names_that_have_to_be_cut_stay_two(suffix: str) -> None:
    found = {beside("x" * 240 + last + suffix, "Bob~1/2", (), ()) for last in "ab"}
    assert len(found) == 2
    assert all(name.endswith(f" (conflict Bob~1-2){suffix}") for name in found)


@in_a_loop
async def test_both_versions_of_a_file_with_a_long_name_are_laid(tmp_path: Path) -> None:
    device, name = peer(tmp_path).device, "x" * 250
    has_heard(device, "Alice", name, "one")
    has_heard(device, "Carol", name, "two")
    device.look_again()
    assert len(names(device.folder)) == 2
    assert name in names(device.folder)


@in_a_loop
async def test_a_version_beside_another_moves_when_a_file_gets_its_name_and_back_when_that_is_gone(
    tmp_path: Path,
) -> None:
    device = peer(tmp_path).device
    has_heard(device, "Alice", "plan.txt", "one")
    has_heard(device, "Carol", "plan.txt", "two")
    before = device.folder.tree()
    (copy,) = (path for path in before if path != "plan.txt")
    one, two = (chain(text, path=copy)[0] for text in ("x", "y"))
    device.share("docs", ("Alice", "Carol", "Mallory"))
    device.store.keep(content("x")[0].digest, b"x")
    device.node.blocks.update(content("x")[1])
    device._perform(device.node._got("Alice", [one]))
    assert len(device.folder.tree()) == 3
    assert {each["digest"] for each in before.values()} < {
        each["digest"] for each in device.folder.tree().values()
    }
    device._perform(device.node._expose(Forked(one, two)))
    assert device.folder.tree() == before


@in_a_loop
async def test_what_counts_no_more_is_taken_away_also_after_a_kill(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    one, two = chain("x")[0], chain("y")[0]
    device.share("docs", ("Alice", "Carol", "Mallory"))
    device.store.keep(content("x")[0].digest, b"x")
    device.node.blocks.update(content("x")[1])
    device.connected("Alice")
    device._perform(device.node._got("Alice", [one]))
    assert names(device.folder) == ["plan.txt"]
    device._commit(device.node._expose(Forked(one, two)))  # and then it is killed
    device.store.close()
    again = peer(tmp_path).device
    again.start()
    assert MALLORY.author in again.node.exposed
    assert names(again.folder) == []
