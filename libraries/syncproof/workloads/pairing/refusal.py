"""Why an invite is refused."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Self

from syncproof.workloads.pairing.surface import Invited

#: What short codes are written in.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Refusal(Enum):
    """What is wrong with an invite, or has become of it."""

    USED = "it was used already"
    EXPIRED = "it has expired"
    UNKNOWN = "nobody made it"
    CUT = "it is cut"
    CHECKSUM = "its checksum is wrong"
    VERSION = "it is of another version"
    SHORT = "a letter is missing"
    OTHER = "its second half is wrong"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``it was used already``, ``it has expired``, ``nobody made it``; of a QR code ``it is cut``,
        ``its checksum is wrong``, ``it is of another version``; of a short code ``a letter is missing``,
        ``its second half is wrong``.

        Fails (ValueError) for anything else.
        """
        try:
            return cls(text.strip())
        except ValueError:
            words = ", ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no reason to refuse an invite: write one of {words}.") from None

    def __str__(self) -> str:
        return str(self.value)

    @property
    def code(self) -> str:
        """The error with which a device refuses such a one."""
        return _REFUSALS[self][0]

    @property
    def says(self) -> str:
        """What its message must say."""
        return _REFUSALS[self][1]

    def of(self, invited: Invited) -> str:
        """An invite that is to be refused for that, made of one that could be used."""
        return _REFUSALS[self][2](invited)


def _another_letter(text: str, place: int) -> str:
    return _with_letter(text, place, "A" if text[place] != "A" else "B")


def _with_letter(text: str, place: int, letter: str) -> str:
    place %= len(text)
    return text[:place] + letter + text[place + 1 :]


def _another_version(invited: Invited) -> str:
    name, version, data = invited.qr.split(":", 2)
    return f"{name}:{int(version) + 1}:{data}"


_REFUSALS: dict[Refusal, tuple[str, str, Callable[[Invited], str]]] = {
    Refusal.USED: ("invite_used", "used", lambda invited: invited.code),
    Refusal.EXPIRED: ("invite_expired", "expired", lambda invited: invited.code),
    Refusal.UNKNOWN: ("unknown_invite", "no such invite", lambda invited: _another_letter(invited.code, 0)),
    Refusal.CUT: ("invalid", "cut", lambda invited: invited.qr[:-12]),
    Refusal.CHECKSUM: ("invalid", "checksum", lambda invited: _another_letter(invited.qr, -20)),
    Refusal.VERSION: ("invalid", "version", _another_version),
    Refusal.SHORT: ("invalid", "15", lambda invited: invited.code[:-1]),
    Refusal.OTHER: ("unknown_invite", "no such invite", lambda invited: _another_letter(invited.code, -1)),
}


def guess(invited: Invited, number: int) -> str:
    """A short code that is that of an invite but for one letter: every other one looks the invite up."""
    place = -(number % 2)
    letters = [letter for letter in _LETTERS if letter != invited.code[place]]
    return _with_letter(invited.code, place, letters[number // 2 % len(letters)])
