"""What becomes of a transfer that was refused, by who refused it."""

from __future__ import annotations

import pytest

from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.device.relay_client import FOREIGN, UNSAID
from syncproof_products.bundled.device.transfers import _reason


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (404, "unknown_blob", "missing"),
        (410, "expired", "expired"),
        (413, "too_large", "too_large"),
        (503, "storage_away", "rejected"),
        (507, "quota_exceeded", "rejected"),
        (400, "digest_mismatch", "rejected"),
        (404, UNSAID, "rejected"),
        (410, UNSAID, "rejected"),
        (413, UNSAID, "rejected"),
        (502, UNSAID, "rejected"),
        (503, UNSAID, "rejected"),
        (404, FOREIGN, "rejected"),
        (410, FOREIGN, "rejected"),
        (413, FOREIGN, "too_large"),
        (502, FOREIGN, "gateway"),
        (503, FOREIGN, "gateway"),
    ],
)
def test_only_the_relay_speaks_of_its_attachments(status: int, code: str, word: str) -> None:
    said = _reason(Refused(status, code, "why"))
    assert said == f"{word}: {status} {code}: why"
