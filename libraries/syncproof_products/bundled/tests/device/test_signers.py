"""A member signs with one key; another one is told, once."""

from __future__ import annotations

from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.device.signers import Signers


def test_another_key_than_before_is_told_and_kept() -> None:
    kept: dict[str, str] = {}
    told: list[Observe] = []
    signers = Signers({"Bob": b"b".hex()}, kept.__setitem__, told.append)
    signers.signed("Alice", b"a")
    signers.signed("Alice", b"a")
    signers.signed("Bob", b"b")
    assert (kept, told) == ({"Alice": b"a".hex()}, [])
    signers.signed("Bob", b"c")
    signers.signed("Bob", b"c")
    assert kept["Bob"] == b"c".hex()
    assert [(each.type, each.fields) for each in told] == [("signer_changed", {"author": "Bob"})]
