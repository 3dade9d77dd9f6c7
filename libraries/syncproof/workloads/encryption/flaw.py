"""What can be wrong with a handshake, in words, and what has to be said of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Self

from syncproof.kernel.state import State

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_POST_QUANTUM = "post-quantum part (ML-KEM-768)"


class Flaw(Enum):
    """One message of a handshake arrives otherwise than it was sent.

    ``a flipped bit in the second message``, ``the second message cut in half``, ``the third message behind what
    follows it``, ``the first message twice``, ``a first message of 64 KB``, ``no second message``, ``a flipped bit in
    the ML-KEM ciphertext``, ``an ML-KEM ciphertext that is one byte short``, ``another ML-KEM key and the same X25519
    key``, ``an ML-KEM key that is one byte short``, ``an ML-KEM key that is one byte long``, ``a malformed ML-KEM
    key``.
    """

    CORRUPT = "a flipped bit in the second message"
    TRUNCATE = "the second message cut in half"
    REORDER = "the third message behind what follows it"
    REPLAY = "the first message twice"
    OVERSIZE = "a first message of 64 KB"
    SWALLOW = "no second message"
    KEM_BIT = "a flipped bit in the ML-KEM ciphertext"
    KEM_SHORT = "an ML-KEM ciphertext that is one byte short"
    KEM_OTHER = "another ML-KEM key and the same X25519 key"
    KEM_KEY_SHORT = "an ML-KEM key that is one byte short"
    KEM_KEY_LONG = "an ML-KEM key that is one byte long"
    KEM_KEY_MALFORMED = "a malformed ML-KEM key"

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of these. Fails (ValueError) for anything else, and lists them."""
        try:
            return cls(text.strip())
        except ValueError:
            words = ", ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no flaw of a handshake: write one of {words}.") from None

    def __str__(self) -> str:
        return self.value

    @property
    def says(self) -> str:
        """What the device has to say of it: where the handshake failed."""
        return _SAYS.get(self, _POST_QUANTUM)


_SAYS = {
    Flaw.REORDER: "message 3",
    Flaw.REPLAY: "message 3: the classical part (X25519)",
    Flaw.OVERSIZE: "message 1: the message: a frame of",
    Flaw.SWALLOW: "no handshake within",
}


class Flaws(State):
    """Which flaw the next handshake of each device has, by its name."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.of: dict[str, Flaw] = {}
