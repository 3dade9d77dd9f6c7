"""JSON as Go reads and writes it."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.toxiproxy.gojson import Fields, GoJsonError, decode, encode, float32
from syncproof.faults.toxiproxy.gojson_scan import explain_syntax

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_every_value_survives(value: object) -> None:
    assert decode(encode(value) + b" trailing") == value


@given(st.lists(VALUES), st.data())
def test_what_is_cut_off_ends_too_early(value: list[object], data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(GoJsonError, match=r"^(EOF|unexpected EOF)$"):
        decode(cut.encode())


@given(st.text())
def test_the_scanner_never_fails_itself(text: str) -> None:
    assert explain_syntax(text)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_is_printed_short_and_exact(value: float) -> None:
    assert struct.unpack("f", struct.pack("f", float32(value)))[0] == value
    assert len(repr(float32(0.3))) == 3


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "[01]", "[1.]", "'a'", '{"a":1,}'])
def test_what_go_does_not_read_is_not_read(text: str) -> None:
    with pytest.raises(GoJsonError):
        decode(text.encode())


def test_fields_are_found_in_any_case_and_null_changes_nothing() -> None:
    fields = Fields({"LATENCY": 5, "jitter": None}, "struct", "T.")
    assert (fields.integer("latency", 0), fields.integer("jitter", 7)) == (5, 7)


@pytest.mark.parametrize("value", [1.5, True, "1", 2**63, -(2**63) - 1])
def test_an_integer_must_be_one_of_64_bits(value: object) -> None:
    fields = Fields(decode(json.dumps({"a": value}).encode()), "struct", "T.")
    with pytest.raises(GoJsonError, match=r"into Go struct field T\.a of type int64"):
        fields.integer("a", 0)
