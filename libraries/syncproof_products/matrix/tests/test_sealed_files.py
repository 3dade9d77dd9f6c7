"""What is stored of an attachment says nothing, and opens to what it was; other bytes do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.matrix.agent.e2ee import sealed_files
from syncproof_products.matrix.agent.e2ee.signing import canonical


async def _pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _open(stored: bytes, file: dict[str, Any], size: int = 7) -> bytes:
    async def all_of_it() -> bytes:
        return b"".join([piece async for piece in sealed_files.opened(_pieces(stored, size), file)])

    return asyncio.run(all_of_it())


@given(st.binary(max_size=300), st.integers(1, 40))
def test_it_opens_to_what_it_was(content: bytes, size: int) -> None:
    stored, file = sealed_files.seal(content)
    assert len(stored) == len(content)
    assert _open(stored, file, size) == content


def test_every_file_has_a_key_of_its_own() -> None:
    (one, first), (two, second) = sealed_files.seal(b"the same" * 9), sealed_files.seal(b"the same" * 9)
    assert one != two
    assert b"the same" not in one + two
    assert first["key"]["k"] != second["key"]["k"]
    assert "=" not in first["iv"] + first["hashes"]["sha256"] + first["key"]["k"]


def test_other_bytes_are_found_out() -> None:
    stored, file = sealed_files.seal(b"hello")
    with pytest.raises(sealed_files.FileDamaged, match="another hash"):
        _open(stored[:-1] + bytes([stored[-1] ^ 1]), file)


@pytest.mark.parametrize("lost", ["key", "iv", "hashes"])
def test_a_description_that_lacks_something_is_none(lost: str) -> None:
    stored, file = sealed_files.seal(b"hello")
    del file[lost]
    with pytest.raises(sealed_files.FileDamaged, match="how to open it"):
        _open(stored, file)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"one": 1, "two": "Two"}, '{"one":1,"two":"Two"}'),
        ({"b": "2", "a": "1"}, '{"a":"1","b":"2"}'),
        ({"a": "日本語"}, '{"a":"日本語"}'),
        ({"本": 2, "日": 1}, '{"日":1,"本":2}'),
        ({"a": "\u65e5"}, '{"a":"日"}'),
        ({"a": None}, '{"a":null}'),
        ({"auth": {"success": True, "mxid": "@john.doe:example.com"}},
         '{"auth":{"mxid":"@john.doe:example.com","success":true}}'),
    ],
)  # fmt: skip
def test_json_is_written_in_one_way(value: object, text: str) -> None:
    """The specification's own examples."""
    assert canonical(value) == text
