"""Key material that does not show itself."""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """Bytes that stand in no repr, no error, no log and no pickle.

    Example:
        >>> Secret(b"0123456789")
        Secret(10 bytes)
    """

    __slots__ = ("_content",)
    __hash__ = None  # type: ignore[assignment]  # a hash table compares in variable time

    def __init__(self, content: bytes) -> None:
        self._content = bytes(content)

    def reveal(self) -> bytes:
        """The bytes, for the primitive that needs them."""
        return self._content

    def __len__(self) -> int:
        return len(self._content)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        return isinstance(other, Secret) and hmac.compare_digest(self._content, other._content)

    def __repr__(self) -> str:
        return f"Secret({len(self)} bytes)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")
