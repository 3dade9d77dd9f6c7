"""Each type of toxic is defined once: what is written about it, and what is made of it, agrees with that."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest

from syncproof.faults.toxiproxy import toxic_types
from syncproof.faults.toxiproxy.toxics import TYPES, ToxicType
from syncproof.keywords.toxic_keywords import ToxicKeywords

MANUAL = (Path(__file__).parents[3] / "docs" / "toxiproxy.md").read_text()
OF_TYPES = pytest.mark.parametrize("of", TYPES.values(), ids=TYPES)


@OF_TYPES
def test_a_client_has_it(of: type[ToxicType]) -> None:
    assert getattr(toxic_types, of.__name__) is of


@OF_TYPES
def test_its_attributes_have_units_and_stand_in_the_manual(of: type[ToxicType]) -> None:
    assert f"`{of.type}`" in MANUAL
    for item in dataclasses.fields(of):
        assert item.metadata["unit"]
        assert item.name in MANUAL
    assert of().attributes.keys() == {item.name for item in dataclasses.fields(of)}


@OF_TYPES
def test_its_keyword_takes_its_attributes_and_says_what_it_does(of: type[ToxicType]) -> None:
    if not of.keyword:
        return
    method = getattr(ToxicKeywords, of.keyword.lower().replace(" ", "_"))
    arguments = list(inspect.signature(method).parameters)
    named = [item.metadata["argument"] or item.name for item in dataclasses.fields(of)]
    directed = ["direction"] if of.directed else []
    assert arguments == ["self", "proxy", *named, *directed, "toxicity", "name"]
    assert "Example:" in method.__doc__
    first = inspect.cleandoc(of.__doc__ or "").split("`")[0]
    assert method.__doc__.startswith(first)
