"""By what Syncthing's devices know each other: the hash of a certificate, in letters.

The key of a device follows from its name, so that whoever knows the name of another one knows its device ID. Nobody
should do that with files that matter.
"""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#: Letters that have a check digit of their own, and letters between two hyphens.
_QUARTER, _GROUP = 13, 7
#: What Syncthing calls the holder of any certificate.
_HOLDER = "syncthing"
_SINCE, _UNTIL = datetime.datetime(2000, 1, 1), datetime.datetime(2049, 12, 31)


@dataclass(frozen=True)
class Identity:
    """device_id: as Syncthing writes it. short: how it names who made a version. key, certificate: PEM."""

    device_id: str
    key: bytes
    certificate: bytes

    @property
    def short(self) -> str:
        """The first letters of the device ID."""
        return self.device_id[:_GROUP]


@functools.cache
def identity(device: str) -> Identity:
    """Of the device with this name: always the same."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"syncthing {device}".encode()).digest())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOLDER)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOLDER)]), critical=False)
        .sign(private, None)
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(device_id(made.public_bytes(Encoding.DER)), key, made.public_bytes(Encoding.PEM))


def device_id(certificate: bytes) -> str:
    """Of a certificate (DER): its SHA-256 in base32, with check digits and hyphens.

    Source: Syncthing's lib/protocol/deviceid.go and luhn.go.
    """
    return _checked(base64.b32encode(hashlib.sha256(certificate).digest()).decode().rstrip("="))


def _checked(plain: str) -> str:
    """With a check digit behind each quarter, and hyphens."""
    parts = [plain[at : at + _QUARTER] for at in range(0, len(plain), _QUARTER)]
    checked = "".join(part + _check_digit(part) for part in parts)
    return "-".join(checked[at : at + _GROUP] for at in range(0, len(checked), _GROUP))


def _check_digit(text: str) -> str:
    base = len(_LETTERS)
    total = 0
    for place, letter in enumerate(text):
        addend = _LETTERS.index(letter) * (1 + place % 2)
        total += addend // base + addend % base
    return _LETTERS[-total % base]
