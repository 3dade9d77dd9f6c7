"""What can be wrong with a handshake: in words, what has to be said of it, and what is done to a message of it.

In a handshake the content of a frame begins with the byte 0, and a message of `Noise_XXhfs_25519+MLKEM768` follows:
`e, e1` from the device (32 and 1,184 bytes), `e, ee, ekem1, s, es` from the relay (32, 1,088 and a tag of 16, 48, 16),
`s, se` from the device.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Self

from syncproof.faults.framed.frames import Change
from syncproof.kernel.state import State

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_KIND, _X25519, _KEM_KEY, _CIPHERTEXT = 1, 32, 1184, 1088
#: Where the encapsulation key of the first message, and the ciphertext of the second one, begin, and where that ends.
_KEM = _KIND + _X25519
_END_OF_KEM = _KEM + _CIPHERTEXT
_KEM_1, _KEM_2 = (f"message {number}: the post-quantum part (ML-KEM-768)" for number in (1, 2))

Edit = Callable[[bytes], bytes]


def _first(edit: Edit) -> Change:
    return Change("upstream", 1, lambda content: [edit(content)])


def _second(edit: Edit) -> Change:
    return Change("downstream", 1, lambda content: [edit(content)])


def _flipped(at: int) -> Edit:
    """With the lowest bit flipped there."""

    def flip(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[at] ^= 1
        return bytes(changed)

    return flip


class Flaw(Enum):
    """One message of a handshake arrives otherwise than it was sent.

    ``a flipped bit in the second message``, ``the second message cut in half``, ``the third message after the one that
    follows it``, ``the first message twice``, ``a first message of 64 KB``, ``no second message``, ``a flipped bit in
    the ML-KEM ciphertext``, ``an ML-KEM ciphertext that is one byte too short``, ``another ML-KEM key and the same
    X25519 key``, ``an ML-KEM key that is one byte too short``, ``an ML-KEM key that is one byte too long``, ``a
    malformed ML-KEM key``.
    """

    CORRUPT = "a flipped bit in the second message", "message 2: the payload", _second(_flipped(-1))
    TRUNCATE = "the second message cut in half", _KEM_2, _second(lambda content: content[: len(content) // 2])
    REORDER = (
        "the third message after the one that follows it",
        "message 3",
        Change("upstream", 2, lambda content: [content], waits=True),
    )
    REPLAY = (
        "the first message twice",
        "message 3: the classical part (X25519)",
        Change("upstream", 1, lambda content: [content, content]),
    )
    OVERSIZE = (
        "a first message of 64 KB",
        "message 1: the message: a frame of",
        _first(lambda content: content + bytes(65_536)),
    )
    SWALLOW = "no second message", "no handshake within", Change("downstream", 1, lambda _: [])
    KEM_BIT = "a flipped bit in the ML-KEM ciphertext", _KEM_2, _second(_flipped(_END_OF_KEM - 1))
    KEM_SHORT = (
        "an ML-KEM ciphertext that is one byte too short",
        _KEM_2,
        _second(lambda content: content[: _END_OF_KEM - 1] + content[_END_OF_KEM:]),
    )
    KEM_OTHER = "another ML-KEM key and the same X25519 key", _KEM_2, _first(_flipped(_KEM))
    KEM_KEY_SHORT = (
        "an ML-KEM key that is one byte too short",
        _KEM_1,
        _first(lambda content: content[:-1]),
    )
    KEM_KEY_LONG = "an ML-KEM key that is one byte too long", _KEM_1, _first(lambda content: content + b"\0")
    KEM_KEY_MALFORMED = (
        "a malformed ML-KEM key",
        _KEM_1,
        _first(lambda content: content[:_KEM] + b"\xff" * _KEM_KEY),
    )

    #: What the device has to say of it: where the handshake failed.
    says: str
    change: Change

    def __new__(cls, words: str, says: str, change: Change) -> Self:
        """Called by its words."""
        flaw = object.__new__(cls)
        flaw._value_, flaw.says, flaw.change = words, says, change
        return flaw

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of these. Fails (ValueError) for anything else, and lists them."""
        for flaw in cls:
            if flaw.value == text.strip():
                return flaw
        words = ", ".join(each.value for each in cls)
        raise ValueError(f"'{text}' is no flaw of a handshake: write one of {words}.")

    def __str__(self) -> str:
        return str(self.value)


class Flaws(State):
    """Which flaw the next handshake of each device has, by its name."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.of: dict[str, Flaw] = {}
