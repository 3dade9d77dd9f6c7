"""Canonical JSON, and the signatures of devices on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import vodozemac

_UNSIGNED = ("signatures", "unsigned")


class Signs(Protocol):
    """Who can sign (an Olm account)."""

    def sign(self, message: bytes) -> vodozemac.Ed25519Signature:
        """A signature of these bytes."""


def canonical(value: object) -> str:
    """JSON in the one way of writing that is signed and hashed: keys in order, no space, no escapes of letters.

    Example: ``canonical({"b": 1, "a": "é"})`` is ``{"a":"é","b":1}``.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def signed(content: dict[str, Any], user: str, device: str, account: Signs) -> dict[str, Any]:
    """The object with a device's signature."""
    signature = account.sign(canonical(_signable(content)).encode()).to_base64()
    return content | {"signatures": {user: {f"ed25519:{device}": signature}}}


def holds(content: Mapping[str, Any], user: str, device: str, ed25519: str) -> bool:
    """Whether an object bears the signature of this device, whose key is given (base64)."""
    try:
        signature = vodozemac.Ed25519Signature.from_base64(content["signatures"][user][f"ed25519:{device}"])
        key = vodozemac.Ed25519PublicKey.from_base64(ed25519)
        key.verify_signature(canonical(_signable(content)).encode(), signature)
    except (KeyError, TypeError, ValueError, RecursionError):
        return False
    return True


def _signable(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _UNSIGNED}
