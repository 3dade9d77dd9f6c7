"""What can go wrong. No message contains a key or a byte of what was protected."""

from __future__ import annotations

import enum


class Part(enum.Enum):
    """The part of a handshake at which it failed, in words for people."""

    MESSAGE = "the message"
    CLASSICAL = "the classical part (X25519)"
    POST_QUANTUM = "the post-quantum part (ML-KEM-768)"
    PAYLOAD = "the payload"
    IDENTITY = "the identity of the other side"


class EncryptionError(Exception):
    """Something could not be protected, or what came is not what was protected."""


class HandshakeFailed(EncryptionError):
    """A handshake ended without a session. It cannot be continued: a new one needs fresh ephemeral keys.

    part: where it failed. number: of the message, from 1; 0 where it was none.
    """

    def __init__(self, part: Part, number: int, what: str) -> None:
        where = f"message {number}: " if number else ""
        super().__init__(f"handshake: {where}{part.value}: {what}")
        self.part = part
        self.number = number


class SessionFailed(EncryptionError):
    """A message of a session is not the next one that the other side sent. The session has ended."""


class FrameError(EncryptionError):
    """Bytes that are no frame. The connection cannot be read any further."""


class PayloadRefused(EncryptionError):
    """A payload that cannot be authenticated or decoded: not a byte of it is handed out."""
