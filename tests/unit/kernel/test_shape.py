"""Which devices are linked to each other."""

from __future__ import annotations

import pytest

from syncproof.kernel.cast import Devices
from syncproof.kernel.shape import Pair, Side, chain, mesh, ring, star

TWO, FOUR = ["Alice", "Bob"], ["Alice", "Bob", "Carol", "Dave"]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (mesh(TWO), "AB"),
        (mesh(FOUR), "AB AC AD BC BD CD"),
        (ring(FOUR), "AB BC CD DA"),
        (ring(TWO), "AB"),
        (chain(FOUR), "AB BC CD"),
        (star(FOUR, "Bob"), "BA BC BD"),
    ],
)
def test_each_link_is_there_once(pairs: list[Pair], expected: str) -> None:
    assert " ".join(f"{one[0]}{other[0]}" for one, other in pairs) == expected


@pytest.mark.parametrize("text", ["Carol", "Alice and Bob", "Alice, Bob and Carol"])
def test_a_side_is_one_device_or_several(text: str) -> None:
    assert str(Side.parse(text)) == text
    assert [device.name for device in Side.parse(text)][-1] == text.split(" ")[-1]


@pytest.mark.parametrize(("text", "said"), [("Bbo", "Did you mean Bob"), ("Bob and Bob", "twice")])
def test_a_side_that_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Side.parse(text)


def test_many_peers_are_named_by_their_number_or_their_places() -> None:
    assert str(Devices.parse("3 peers")) == "Alice, Bob and Carol"
    assert str(Devices.parse("peers 8 to 10")) == "Heidi, Peer9 and Peer10"
    ten = Devices.parse("10 peers")
    assert Devices.parse(str(ten)) == ten
    assert Side.parse("10 peers").names == ten.names


@pytest.mark.parametrize(
    "text", ["1 peers", "0 peers", "peers 4 to 4", "peers 0 to 3", "peers 5 to 4", "Peer8"]
)
def test_a_number_of_peers_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"name|no device"):
        Devices.parse(f"Alice and {text}" if text == "Peer8" else text)
