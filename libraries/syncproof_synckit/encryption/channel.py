"""One end of a secured stream, without the stream: bytes that came go in, bytes to send and plaintext come out.

Frames carry the three messages of the hybrid handshake, then the messages of the session. In the handshake a frame
begins with one byte: 0 for a message, 1 for the words of who gives up, so that both sides know why. There is no other
protocol to fall back to.
"""

from __future__ import annotations

from collections.abc import Callable

from syncproof_synckit.encryption.errors import FrameError, HandshakeFailed, Part, SessionFailed
from syncproof_synckit.encryption.frames import MAX_FRAME_BYTES, FrameReader, frame
from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import Handshake, Role
from syncproof_synckit.encryption.noise.session import MAX_PLAINTEXT_BYTES, Session

PROLOGUE = b"syncproof/1"
#: The longest message of the handshake has 1,216 bytes.
MAX_HANDSHAKE_FRAME_BYTES = 2048
_MESSAGE, _REFUSAL = 0, 1
_MOST_WORDS = 400


class Channel:
    """Either end.

    Args:
        role: the initiator is who connects.
        static: the keys by which the other side knows this one again.
        random: gives so many random bytes.
        known: the other side's public key, where it is known from before; any other is refused.

    Example:
        device.begin() -> bytes for the relay; relay.received(those) -> bytes for the device, and so on until `ready`.
    """

    def __init__(
        self, role: Role, static: DhKeys, *, random: Callable[[int], bytes], known: bytes | None = None
    ) -> None:
        self._handshake = Handshake(role, static, random=random, prologue=PROLOGUE)
        self._frames = FrameReader(MAX_HANDSHAKE_FRAME_BYTES)
        self._known = known
        self._session: Session | None = None
        self._heard = False
        self._to_send = bytearray()
        #: What it sent of its own in the first message of the handshake: another one in each.
        self.ephemeral = b""

    @property
    def ready(self) -> bool:
        """Whether plaintext can pass."""
        return self._session is not None

    @property
    def remote_static(self) -> bytes:
        """The other side's public key, once it is ready."""
        return self._handshake.remote_static

    def begin(self) -> None:
        """The initiator's first message."""
        self._write()

    def to_send(self) -> bytes:
        """What has to go to the other side now."""
        sent = bytes(self._to_send)
        self._to_send.clear()
        return sent

    def send(self, plaintext: bytes) -> None:
        """Protect plaintext for the other side. Raises SessionFailed before it is ready or after it has ended."""
        if self._session is None:
            raise SessionFailed("the handshake has not ended")
        for at in range(0, len(plaintext), MAX_PLAINTEXT_BYTES):
            self._to_send += frame(self._session.encrypt(plaintext[at : at + MAX_PLAINTEXT_BYTES]))

    def received(self, data: bytes) -> bytes:
        """The plaintext in what came; empty while there is none.

        Raises:
            HandshakeFailed: and what says so to the other side is to be sent.
            SessionFailed, FrameError: the connection cannot be read any further.
        """
        self._frames.feed(data)
        plaintext = bytearray()
        while (content := self._next()) is not None:
            if self._session is None:
                self._take(content)
                continue
            if not self._heard:
                # Whoever wrote the last message of the handshake hears only now that it was refused.
                self._look_for_refusal(content)
            plaintext += self._session.decrypt(content)
            self._heard = True
        return bytes(plaintext)

    def _next(self) -> bytes | None:
        try:
            return self._frames.next()
        except FrameError as error:
            if self._session is not None:
                raise
            raise self._refuse(
                HandshakeFailed(Part.MESSAGE, self._handshake.number + 1, str(error))
            ) from None

    def _take(self, content: bytes) -> None:
        kind, message = content[0], content[1:]
        self._look_for_refusal(content)
        try:
            if kind != _MESSAGE:
                raise HandshakeFailed(
                    Part.MESSAGE, self._handshake.number + 1, f"its kind is {kind}, expected 0"
                )
            payload = self._handshake.read(message)
            if payload:
                # Of the first message the last thing is the encapsulation key: what is behind it belongs to none.
                part = Part.POST_QUANTUM if self._handshake.number == 1 else Part.PAYLOAD
                raise HandshakeFailed(part, self._handshake.number, f"{len(payload)} bytes too many")
            self._check_identity()
            if self._handshake.writes_next:
                self._write()
        except HandshakeFailed as failed:
            raise self._refuse(failed) from None
        self._end_handshake()

    def _look_for_refusal(self, content: bytes) -> None:
        """Raise what the other side says, where these are words: a ciphertext that looks so is not to be expected."""
        if content[0] != _REFUSAL:
            return
        words = content[1 : 1 + _MOST_WORDS].decode("utf-8", "replace")
        if words.isprintable() and "\ufffd" not in words:
            raise HandshakeFailed(Part.MESSAGE, 0, f"the other side gave up: {words}")

    def _write(self) -> None:
        message = self._handshake.write()
        if not self.ephemeral:
            self.ephemeral = message[:32]
        self._to_send += frame(bytes([_MESSAGE]) + message)
        self._end_handshake()

    def _check_identity(self) -> None:
        there = self._handshake.remote_static
        if self._known is not None and there and there != self._known:
            raise HandshakeFailed(
                Part.IDENTITY, self._handshake.number, "it is not the key that is known from before"
            )

    def _end_handshake(self) -> None:
        if self._handshake.finished and self._session is None:
            self._session = self._handshake.session()
            self._frames.limit = MAX_FRAME_BYTES

    def _refuse(self, failed: HandshakeFailed) -> HandshakeFailed:
        self._to_send += frame(bytes([_REFUSAL]) + str(failed).encode()[:_MOST_WORDS])
        return failed
