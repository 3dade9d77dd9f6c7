"""Which devices are linked to each other."""

from __future__ import annotations

import pytest

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
