"""How long records of TLS are, as whoever listens sees them."""

from __future__ import annotations

import pytest

from syncproof.workloads.keys.tls_records import record_lengths


def record(length: int, kind: int = 23) -> bytes:
    return bytes([kind, 3, 3]) + length.to_bytes(2) + b"x" * length


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (b"", set()),
        (b"GET / HTTP/1.1", set()),
        (record(300, 22) + record(1, 20), set()),
        (record(300, 22) + record(5) + record(7) + record(5), {5, 7}),
        (record(5) + record(70)[:20], {5, 70}),
        (record(5) + record(70)[:4], {5}),
    ],
)
def test_what_applications_say_has_these_lengths(heard: bytes, found: set[int]) -> None:
    assert record_lengths(heard) == found
