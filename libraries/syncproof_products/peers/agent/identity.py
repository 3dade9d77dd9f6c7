"""By what peers know each other on a connection: each has an Ed25519 key, and a certificate that it signs itself.

Nobody vouches for a certificate: users tell each device those of the others, and it takes no other one.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import os
import ssl
from collections.abc import Collection

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

#: It says nothing: a pin ends when users say so. The key alone decides, so that the certificate is always the same.
_SINCE, _UNTIL = datetime.datetime(2000, 1, 1), datetime.datetime(9999, 12, 31)
#: What the other side calls whom it connects to; certificates decide.
SERVER_NAME = "peer"


class Identity:
    """secret: 32 bytes, drawn by chance, of this device alone."""

    def __init__(self, secret: bytes) -> None:
        private = Ed25519PrivateKey.from_private_bytes(secret)
        public = private.public_key()
        # OpenSSL finds certificates by their subject: each key has one of its own.
        subject = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, hashlib.sha256(public.public_bytes_raw()).hexdigest())]
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(public)
            .serial_number(1)
            .not_valid_before(_SINCE)
            .not_valid_after(_UNTIL)
            .sign(private, None)
        )
        self.certificate = made.public_bytes(Encoding.DER)
        self._chain = private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ) + made.public_bytes(Encoding.PEM)

    def server(self, trusted: Collection[bytes]) -> ssl.SSLContext:
        """What takes connections of whoever has one of these certificates."""
        return self._context(ssl.PROTOCOL_TLS_SERVER, trusted)

    def client(self, trusted: Collection[bytes]) -> ssl.SSLContext:
        """What connects to whoever has one of these certificates."""
        return self._context(ssl.PROTOCOL_TLS_CLIENT, trusted)

    def _context(self, side: int, trusted: Collection[bytes]) -> ssl.SSLContext:
        context = ssl.SSLContext(side)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        if trusted:
            context.load_verify_locations(cadata=b"".join(trusted))
        self.show(context)
        return context

    def show(self, context: ssl.SSLContext) -> None:
        """Let a context show the certificate, and prove that this has the key."""
        # The key is in no file: OpenSSL reads it from memory that has a name while it is read.
        memory = os.memfd_create("certificate")
        try:
            os.write(memory, self._chain)
            context.load_cert_chain(f"/proc/self/fd/{memory}")
        finally:
            os.close(memory)


def told(certificate: bytes) -> str:
    """A certificate as users tell it to other devices."""
    return base64.b64encode(certificate).decode()


def read(text: str) -> bytes:
    """A certificate that a user has told. Raises ValueError."""
    try:
        certificate = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError(f"it is no base64: {wrong}") from None
    x509.load_der_x509_certificate(certificate)
    return certificate
