"""The two protocols: names and tokens (Noise, 7.5 for XX; HFS, 4, for the tokens e1 and ekem1)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from syncproof_synckit.encryption.errors import Part


class Token(enum.Enum):
    """What one step of a message does: a public key is sent, or a shared secret mixed in."""

    E = "e"
    S = "s"
    EE = "ee"
    ES = "es"
    SE = "se"
    E1 = "e1"
    EKEM1 = "ekem1"

    @property
    def part(self) -> Part:
        """The part of the hybrid that this token is of."""
        return Part.POST_QUANTUM if self in (Token.E1, Token.EKEM1) else Part.CLASSICAL


@dataclass(frozen=True, slots=True)
class Pattern:
    """name: the protocol's. messages: tokens of each; the initiator sends the first, third, ..."""

    name: str
    messages: tuple[tuple[Token, ...], ...]


XX = Pattern(
    "Noise_XX_25519_ChaChaPoly_SHA256",
    ((Token.E,), (Token.E, Token.EE, Token.S, Token.ES), (Token.S, Token.SE)),
)
#: `MLKEM768` without hyphens, as its specification has it since September 2026.
XX_HYBRID = Pattern(
    "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256",
    (
        (Token.E, Token.E1),
        (Token.E, Token.EE, Token.EKEM1, Token.S, Token.ES),
        (Token.S, Token.SE),
    ),
)
