"""JSON as Go reads and writes it."""

from __future__ import annotations

import contextlib
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.toxiproxy.failures import BadBody
from syncproof.faults.toxiproxy.json_body import Fields, decode, encode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_every_value_survives(value: object) -> None:
    assert decode(encode(value) + b" trailing") == value


@given(st.lists(VALUES), st.data())
def test_what_is_cut_off_is_refused(value: list[object], data: st.DataObject) -> None:
    text = json.dumps(value)
    with pytest.raises(BadBody):
        decode(text[: data.draw(st.integers(0, len(text) - 1))].encode())


@given(st.binary())
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadBody):
        decode(body)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_toxicity_is_printed_as_a_float32(value: float) -> None:
    text = encode({"toxicity": value}).decode()
    printed = float(text.removeprefix('{"toxicity":').removesuffix("}"))
    assert struct.pack("<f", printed) == struct.pack("<f", value)
    assert len(text) <= len('{"toxicity":-0.0000000000000000000000}')


@given(st.text())
def test_a_text_that_looks_like_toxicity_stays(text: str) -> None:
    value = {"name": f'"toxicity":-0.0{text}', "toxicity": 1.0}
    assert json.loads(encode(value)) == value


def test_fields_are_found_in_any_case_and_null_changes_nothing() -> None:
    fields = Fields({"LATENCY": 5, "jitter": None}, "a toxic")
    assert (fields.integer("latency", 0), fields.integer("jitter", 7)) == (5, 7)


@pytest.mark.parametrize("value", ["1.5", "1.0", "1e2", "true", '"1"', str(2**63), str(-(2**63) - 1)])
def test_an_integer_must_be_one_of_64_bits(value: str) -> None:
    fields = Fields(decode(f'{{"a":{value}}}'.encode()), "a toxic")
    with pytest.raises(BadBody, match="a must be an integer of 64 bits, got"):
        fields.integer("a", 0)


@pytest.mark.parametrize("value", ["1e39", "1e999", "9" * 400, "true", '"1"', "null"])
def test_a_number_must_be_one_of_32_bits(value: str) -> None:
    fields = Fields(decode(f'{{"a":{value}}}'.encode()), "a toxic")
    if value == "null":
        assert fields.real32("a", 0.5) == 0.5
        return
    with pytest.raises(BadBody, match="a must be a"):
        fields.real32("a", 0)
