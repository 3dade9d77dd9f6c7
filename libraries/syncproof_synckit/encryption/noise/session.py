"""A session: both directions after a handshake (Noise, 5.2 Split, and 11.4 on the order of messages)."""

from __future__ import annotations

from syncproof_synckit.encryption.errors import SessionFailed
from syncproof_synckit.encryption.noise.cipher_state import TAG_BYTES, CipherState, NotAuthentic
from syncproof_synckit.encryption.secret import Secret

#: Plaintext of one message: Noise messages have at most 65,535 bytes (section 3).
MAX_PLAINTEXT_BYTES = 65_535 - TAG_BYTES


class Session:
    """Encrypts and decrypts in order. A message that is not the next one ends it.

    sends, receives: a cipher for each direction.
    """

    def __init__(self, sends: CipherState, receives: CipherState) -> None:
        self._sends, self._receives = sends, receives
        self._ended = False

    def __repr__(self) -> str:
        return "<a session that has ended>" if self._ended else "<a session>"

    @property
    def keys(self) -> tuple[Secret | None, Secret | None]:
        """The key of what it sends and of what it receives."""
        return self._sends.key, self._receives.key

    def encrypt(self, plaintext: bytes) -> bytes:
        """The next message to send. Raises SessionFailed when it has ended or the plaintext is too long."""
        self._check()
        if len(plaintext) > MAX_PLAINTEXT_BYTES:
            raise SessionFailed(f"{len(plaintext)} bytes in one message, at most {MAX_PLAINTEXT_BYTES} fit")
        return self._sends.encrypt(b"", plaintext)

    def decrypt(self, message: bytes) -> bytes:
        """What the other side sent. Raises SessionFailed for a message that was changed, repeated or left out."""
        self._check()
        try:
            return self._receives.decrypt(b"", message)
        except NotAuthentic:
            self._ended = True
            raise SessionFailed(
                "a message was changed, repeated, or is not the next one; the session ends"
            ) from None

    def _check(self) -> None:
        if self._ended:
            raise SessionFailed("this session has ended; connect anew")
