"""Invites to a group: as the text of a QR code, and as a short code that a person reads to another one.

A short code is XXXX-XXXX-XXXX-XXXX: with its first half the invite is looked up at the relay, with the second half,
which the relay never sees, it is opened. Both halves make a token, too, without which the relay hands nothing out and
does not say either whether there is an invite: a guess at the second half costs as much there. A QR code has all of it,
and the first half too: either is used once, at the relay.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable

import msgspec
from msgspec import Struct
from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13

from syncproof_synckit.encryption.errors import EncryptionError, PayloadRefused
from syncproof_synckit.encryption.hkdf import expand
from syncproof_synckit.encryption.payload import NONCE_BYTES, seal, unseal
from syncproof_synckit.encryption.secret import Secret

VERSION = 1
_RELAY_BYTES = 32
_HALF = 8
_CHECKSUM_BYTES = 4
_MARK = "syncproof-invite"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE = re.compile(rf"[{_LETTERS}]{{{2 * _HALF}}}")
_LOOKUP = re.compile(rf"[{_LETTERS}]{{{_HALF}}}")
#: What a guess at the second half costs: MiB, and passes over them.
_MEMORY_MIB, _ITERATIONS = 19, 2


class InviteRefused(EncryptionError):
    """A text that is no invite, or none that can be read. The message says what to do, and has no part of it."""


class Invite(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What whoever is invited has to know.

    relay: its public key, 32 bytes: no other relay is believed. group: its name. secret: the group's key, and how it is
    derived, as members keep it. lookup: the first half of the short code. ticket: shown to the relay, which has its
    hash, by whoever has opened the invite. expires: seconds since 1970 by the clock of whoever invites; the relay has a
    clock of its own.
    """

    relay: bytes
    group: str
    secret: str
    lookup: str
    ticket: str
    expires: float

    def __repr__(self) -> str:
        return f"Invite({self.group!r})"

    def is_expired(self, now: float) -> bool:
        """Whether its time is over. now: seconds since 1970."""
        return now >= self.expires


class ShortCode:
    """Both halves, of eight letters and digits each."""

    def __init__(self, lookup: str, opening: Secret) -> None:
        self.lookup, self._opening = lookup, opening
        self._keys: tuple[Secret, Secret] | None = None

    @classmethod
    def draw(cls, random: Callable[[int], bytes]) -> ShortCode:
        """A fresh one. random: so many bytes that nobody can guess."""
        letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in random(2 * _HALF))
        return cls(letters[:_HALF], Secret(letters[_HALF:].encode()))

    @classmethod
    def parse(cls, text: str) -> ShortCode:
        """As people write it: small letters, spaces, and without dashes as well. Raises InviteRefused.

        Example:
            >>> ShortCode.parse("abcd-efgh-ijkl-mnop").lookup
            'ABCDEFGH'
        """
        letters = re.sub(r"[-\s]", "", text).upper()
        if len(letters) != 2 * _HALF:
            raise InviteRefused(
                f"a short code has {2 * _HALF} letters and digits, this one has {len(letters)}: read it again"
            )
        if not _CODE.fullmatch(letters):
            raise InviteRefused(
                "a short code has the letters A to Z and the digits 2 to 7 alone: read it again"
            )
        return cls(letters[:_HALF], Secret(letters[_HALF:].encode()))

    def reveal(self) -> str:
        """XXXX-XXXX-XXXX-XXXX, for the person who is to hear it."""
        letters = self.lookup + self._opening.reveal().decode()
        return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))

    def token(self) -> str:
        """What the relay must be shown, which has its hash (hex). Takes some 20 ms, as sealing and opening do, once."""
        return self._derived()[1].reveal().hex()

    def seal(self, invite: Invite, random: Callable[[int], bytes]) -> bytes:
        """The invite for the relay, which cannot open it."""
        nonce = random(NONCE_BYTES)
        return nonce + seal(self._derived()[0], nonce, msgspec.msgpack.encode(invite), self.lookup.encode())

    def open(self, sealed: bytes) -> Invite:
        """What the relay had. Raises InviteRefused where the second half is another one, or the relay changed it."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return _decoded(unseal(self._derived()[0], nonce, ciphertext, self.lookup.encode()))
        except PayloadRefused:
            raise InviteRefused(
                "the second half of the short code does not open the invite: read it again"
            ) from None

    def _derived(self) -> tuple[Secret, Secret]:
        """The key that seals the invite, and the token."""
        if self._keys is None:
            salt = hashlib.sha256(b"syncproof/1 invite " + self.lookup.encode()).digest()[:16]
            memory = _MEMORY_MIB * 1024 * 1024
            password = self._opening.reveal()
            derived = Secret(
                crypto_pwhash_alg(32, password, salt, _ITERATIONS, memory, crypto_pwhash_ALG_ARGON2ID13)
            )
            self._keys = expand(derived, b"invite", 32), expand(derived, b"invite token", 32)
        return self._keys


def to_qr(invite: Invite) -> str:
    """The text of a QR code. It has the group's key in it: whoever sees it can read the group."""
    content = msgspec.msgpack.encode(invite)
    return f"{_MARK}:{VERSION}:{_base64(content + _checksum(content))}"


def from_qr(text: str) -> Invite:
    """The invite. Raises InviteRefused."""
    mark, _, rest = text.strip().partition(":")
    version, _, encoded = rest.partition(":")
    if mark != _MARK:
        raise InviteRefused("it is no invite: scan the code that the other device shows")
    if version != str(VERSION):
        raise InviteRefused(
            f"it is an invite of version {version[:8]}, this device reads {VERSION}: update the device"
        )
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InviteRefused("the invite is cut or changed: scan the whole code again") from None
    content, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if checksum != _checksum(content):
        raise InviteRefused(
            "the checksum of the invite is wrong, it is cut or changed: scan the whole code again"
        )
    return _decoded(content)


def is_qr(text: str) -> bool:
    """Whether a text is meant as that of a QR code, and not as a short code."""
    return ":" in text


def _decoded(content: bytes) -> Invite:
    try:
        invite = msgspec.msgpack.decode(content, type=Invite)
    except msgspec.MsgspecError:
        raise InviteRefused("it is no invite of this version: update the device") from None
    if len(invite.relay) != _RELAY_BYTES:
        raise InviteRefused(f"the relay's key in it has {len(invite.relay)} bytes, expected {_RELAY_BYTES}")
    if not _LOOKUP.fullmatch(invite.lookup):
        raise InviteRefused("it has no lookup of an invite in it: ask for another one")
    return invite


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:_CHECKSUM_BYTES]


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
