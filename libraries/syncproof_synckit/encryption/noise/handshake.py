"""HandshakeState: two devices become a session (Noise, 5.3; HFS, 4)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator

from syncproof_synckit.encryption.errors import HandshakeFailed, Part
from syncproof_synckit.encryption.noise.cipher_state import NotAuthentic
from syncproof_synckit.encryption.noise.dh import KEY_BYTES, DhKeys
from syncproof_synckit.encryption.noise.kem import CIPHERTEXT_BYTES, PUBLIC_BYTES, Kem, KemKeys, MlKem768
from syncproof_synckit.encryption.noise.pattern import XX_HYBRID, Pattern, Token
from syncproof_synckit.encryption.noise.session import Session
from syncproof_synckit.encryption.noise.symmetric_state import SymmetricState
from syncproof_synckit.encryption.secret import Secret

#: Noise, 3: no message is longer.
MAX_MESSAGE_BYTES = 65_535


class Role(enum.Enum):
    """Who sends the first message."""

    INITIATOR = 0
    RESPONDER = 1


class Handshake:
    """One side of one handshake. A failure ends it: its keys are dropped, and every further call fails.

    Args:
        role: of this side.
        static: the keys by which the other side will know it again.
        random: gives so many random bytes; each handshake draws its own ephemeral keys.
        pattern: `XX_HYBRID`; there is no fallback from it to another.
        prologue: what both sides must agree in beforehand (Noise, 6).
        kem: for the tokens e1 and ekem1; ML-KEM-768 where none is given.

    Example:
        device = Handshake(Role.INITIATOR, DhKeys(key), random=os.urandom)
        relay.read(device.write()); device.read(relay.write()); relay.read(device.write())
        session = device.session()
    """

    def __init__(
        self,
        role: Role,
        static: DhKeys,
        *,
        random: Callable[[int], bytes],
        pattern: Pattern = XX_HYBRID,
        prologue: bytes = b"",
        kem: Kem | None = None,
    ) -> None:
        self._role, self._pattern, self._random = role, pattern, random
        self._kem = kem or MlKem768(random)
        self._messages: Iterator[tuple[Token, ...]] = iter(pattern.messages)
        self._keys: _Keys | None = _Keys(static)
        self._symmetric = SymmetricState(pattern.name)
        self._symmetric.mix_hash(prologue)
        self.number = 0
        """Of the last message that was written or read, from 1."""

    def __repr__(self) -> str:
        return f"<{self._role.name.lower()} of {self._pattern.name} after message {self.number}>"

    @property
    def finished(self) -> bool:
        """Whether all messages have passed."""
        return self._keys is not None and self.number == len(self._pattern.messages)

    @property
    def writes_next(self) -> bool:
        """Whether the next message is this side's to write."""
        return not self.finished and self.number % 2 == self._role.value

    @property
    def remote_static(self) -> bytes:
        """The public key of the other side, once it is known; empty before."""
        return self._keys.remote_static if self._keys is not None else b""

    @property
    def transcript_hash(self) -> bytes:
        """The hash of all that was exchanged: the same on both sides, and unlike that of any other handshake."""
        return self._symmetric.hash

    def write(self, payload: bytes = b"") -> bytes:
        """The next message (5.3: WriteMessage). Raises HandshakeFailed."""
        keys, tokens = self._turn(writes=True)
        message = bytearray()
        for token in tokens:
            try:
                message += self._write_token(keys, token)
            except ValueError as error:
                raise self._fail(token.part, _key_is_wrong(token, str(error))) from None
        message += self._symmetric.encrypt_and_hash(payload)
        if len(message) > MAX_MESSAGE_BYTES:
            raise self._fail(
                Part.PAYLOAD, f"the message has {len(message)} bytes, more than {MAX_MESSAGE_BYTES}"
            )
        return bytes(message)

    def read(self, message: bytes) -> bytes:
        """The payload of the other side's next message (5.3: ReadMessage). Raises HandshakeFailed."""
        keys, tokens = self._turn(writes=False)
        if len(message) > MAX_MESSAGE_BYTES:
            raise self._fail(Part.MESSAGE, f"it has {len(message)} bytes, more than {MAX_MESSAGE_BYTES}")
        rest = memoryview(message)
        for token in tokens:
            size = self._size(token)
            if len(rest) < size:
                raise self._fail(token.part, f"{_WHAT[token]} is cut: {len(rest)} of {size} bytes")
            try:
                self._read_token(keys, token, bytes(rest[:size]))
            except NotAuthentic:
                raise self._fail(
                    token.part, f"{_WHAT[token]} cannot be authenticated{_MEANS.get(token, '')}"
                ) from None
            except ValueError as error:
                raise self._fail(token.part, _key_is_wrong(token, str(error))) from None
            rest = rest[size:]
        try:
            return self._symmetric.decrypt_and_hash(bytes(rest))
        except NotAuthentic:
            raise self._fail(Part.PAYLOAD, "it cannot be authenticated") from None

    def session(self) -> Session:
        """What the two can speak in now (5.2: Split). Raises HandshakeFailed where it is not finished."""
        if not self.finished:
            raise self._fail(Part.MESSAGE, "a session was asked for before the last message")
        sends, receives = self._symmetric.split()
        if self._role is Role.RESPONDER:
            sends, receives = receives, sends
        return Session(sends, receives)

    def _turn(self, *, writes: bool) -> tuple[_Keys, tuple[Token, ...]]:
        if self._keys is None:
            raise HandshakeFailed(Part.MESSAGE, 0, "this handshake has failed before; begin a new one")
        if self.finished:
            raise self._fail(Part.MESSAGE, "it is finished: there is no further message")
        if writes is not self.writes_next:
            raise self._fail(Part.MESSAGE, "out of turn: the next message is the other side's")
        self.number += 1
        return self._keys, next(self._messages)

    def _write_token(self, keys: _Keys, token: Token) -> bytes:
        symmetric = self._symmetric
        match token:
            case Token.E:
                keys.ephemeral = DhKeys(self._random(KEY_BYTES))
                symmetric.mix_hash(keys.ephemeral.public)
                return keys.ephemeral.public
            case Token.S:
                return symmetric.encrypt_and_hash(keys.static.public)
            case Token.E1:
                keys.encapsulation = self._kem.generate()
                return symmetric.encrypt_and_hash(keys.encapsulation.public)
            case Token.EKEM1:
                secret, ciphertext = self._kem.encapsulate(keys.remote_encapsulation)
                sent = symmetric.encrypt_and_hash(ciphertext)
                symmetric.mix_key(secret)
                return sent
            case _:
                symmetric.mix_key(self._shared(keys, token))
                return b""

    def _read_token(self, keys: _Keys, token: Token, data: bytes) -> None:
        symmetric = self._symmetric
        match token:
            case Token.E:
                keys.remote_ephemeral = data
                symmetric.mix_hash(data)
            case Token.S:
                keys.remote_static = symmetric.decrypt_and_hash(data)
            case Token.E1:
                keys.remote_encapsulation = symmetric.decrypt_and_hash(data)
                self._kem.check(keys.remote_encapsulation)
            case Token.EKEM1:
                ciphertext = symmetric.decrypt_and_hash(data)
                if keys.encapsulation is None:
                    raise ValueError("no key was sent for it")
                symmetric.mix_key(keys.encapsulation.decapsulate(ciphertext))
            case _:
                symmetric.mix_key(self._shared(keys, token))

    def _shared(self, keys: _Keys, token: Token) -> Secret:
        """ee, es, se: the first letter is the initiator's key, the second the responder's (5.3)."""
        mine, others = token.value[self._role.value], token.value[1 - self._role.value]
        private = keys.ephemeral if mine == "e" else keys.static
        if private is None:
            raise ValueError("no ephemeral key")
        return private.exchange(keys.remote_ephemeral if others == "e" else keys.remote_static)

    def _size(self, token: Token) -> int:
        """Bytes of a token in a message (5.3, and HFS, 4): with a tag as soon as there is a key."""
        overhead = self._symmetric.cipher.overhead
        sizes = {
            Token.E: KEY_BYTES,
            Token.S: KEY_BYTES + overhead,
            Token.E1: PUBLIC_BYTES + overhead,
            Token.EKEM1: CIPHERTEXT_BYTES + overhead,
        }
        return sizes.get(token, 0)

    def _fail(self, part: Part, what: str) -> HandshakeFailed:
        """End: nothing of the handshake is kept that could be used by mistake."""
        self._keys = None
        self._symmetric = SymmetricState(self._pattern.name)
        return HandshakeFailed(part, self.number, what)


class _Keys:
    """What one side has collected."""

    def __init__(self, static: DhKeys) -> None:
        self.static = static
        self.ephemeral: DhKeys | None = None
        self.encapsulation: KemKeys | None = None
        self.remote_static = self.remote_ephemeral = self.remote_encapsulation = b""


_WHAT = {
    Token.E: "the ephemeral key",
    Token.S: "the static key",
    Token.EE: "the secret of the ephemeral keys",
    Token.ES: "the secret of the responder's static key",
    Token.SE: "the secret of the initiator's static key",
    Token.E1: "the encapsulation key",
    Token.EKEM1: "the ciphertext of the encapsulated secret",
}
#: What else than changed bytes can be behind it: a token is the first that shows what was mixed in before it.
_MEANS = {
    Token.EKEM1: " (it or a key before it was changed)",
    Token.S: " (it was changed, or the two sides have different ML-KEM-768 secrets)",
}


def _key_is_wrong(token: Token, why: str) -> str:
    """The libraries' errors speak of sizes and of what is malformed, never of content."""
    return f"{_WHAT[token]} is not usable: {why}"
