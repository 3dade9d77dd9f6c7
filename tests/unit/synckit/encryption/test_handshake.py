"""What becomes of a handshake on a hostile line: a clean failure, nothing left of it, and a fresh one works."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.errors import HandshakeFailed, Part, SessionFailed
from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import MAX_MESSAGE_BYTES, Handshake, Role
from syncproof_synckit.encryption.noise.kem import KemKeys, MlKem768
from syncproof_synckit.encryption.noise.pattern import XX, XX_HYBRID, Pattern
from syncproof_synckit.encryption.noise.session import MAX_PLAINTEXT_BYTES, Session
from syncproof_synckit.encryption.secret import Secret

#: Where the parts of the hybrid lie in its messages (FACTS of the pattern: 32 + 1184; 32 + 1104 + 48 + 16; 48 + 16).
E, E1 = 0, 32
EKEM1, S = 32, 32 + 1104
SIZES = (1216, 1200, 64)

INITIATOR, RESPONDER = DhKeys(b"\x01" * 32), DhKeys(b"\x02" * 32)


class Drawing:
    """Random bytes that are remembered, to be looked for where no key may stand."""

    def __init__(self) -> None:
        self.drawn: list[bytes] = [b"\x01" * 32, b"\x02" * 32]

    def __call__(self, size: int) -> bytes:
        self.drawn.append(os.urandom(size))
        return self.drawn[-1]


class Line:
    """Two sides and what passes between them. change: what the line does to message number n (from 1)."""

    def __init__(
        self, pattern: Pattern = XX_HYBRID, kem: MlKem768 | None = None, responder_kem: MlKem768 | None = None
    ) -> None:
        self.random = Drawing()
        self.sides = (
            Handshake(Role.INITIATOR, INITIATOR, random=self.random, pattern=pattern, kem=kem),
            Handshake(Role.RESPONDER, RESPONDER, random=self.random, pattern=pattern, kem=responder_kem),
        )
        self.messages: list[bytes] = []

    def run(
        self, change: Callable[[int, bytes], bytes] = lambda _, message: message
    ) -> tuple[Session, Session]:
        for number in (1, 2, 3):
            self.messages.append(self.sides[1 - number % 2].write())
            self.sides[number % 2].read(change(number, self.messages[-1]))
        return self.sides[0].session(), self.sides[1].session()


def flip(message: bytes, at: int, bit: int = 0) -> bytes:
    return message[:at] + bytes([message[at] ^ (1 << bit)]) + message[at + 1 :]


def clean(failed: HandshakeFailed, line: Line) -> None:
    """No key stands in the error or in what is left; no side goes on; a new handshake succeeds."""
    shown = [str(failed), repr(failed), *(repr(side) for side in line.sides), *map(repr, failed.args)]
    for secret in line.random.drawn:
        for text in shown:
            assert secret.hex() not in text
            assert repr(secret)[2:-1] not in text
    ended = next(side for side in line.sides if side._keys is None)
    assert not ended.finished
    assert ended.remote_static == b""
    for again in (lambda: ended.read(b"x" * 100), ended.write, ended.session):
        with pytest.raises(HandshakeFailed):
            again()
    before = set(line.random.drawn[2:])
    fresh = Line()
    one, other = fresh.run()
    assert other.decrypt(one.encrypt(b"after the failure")) == b"after the failure"
    assert not before & set(fresh.random.drawn[2:])


@dataclass(frozen=True)
class Case:
    number: int
    change: Callable[[bytes], bytes]
    part: Part
    says: str


CASES = {
    "E-HS-01 a flipped bit in the ML-KEM ciphertext": Case(
        2, lambda m: flip(m, EKEM1 + 500), Part.POST_QUANTUM, "cannot be authenticated"
    ),
    "E-HS-01 a flipped bit in the static key": Case(
        2, lambda m: flip(m, S + 5), Part.CLASSICAL, "static key cannot be authenticated"
    ),
    "E-HS-02 the first message is cut": Case(1, lambda m: m[:600], Part.POST_QUANTUM, "568 of 1184 bytes"),
    "E-HS-02 the second message is cut in its first key": Case(
        2, lambda m: m[:20], Part.CLASSICAL, "20 of 32"
    ),
    "E-HS-02 the third message is cut": Case(3, lambda m: m[:40], Part.CLASSICAL, "40 of 48 bytes"),
    "E-HS-05 a message longer than any may be": Case(
        1, lambda m: m + bytes(MAX_MESSAGE_BYTES), Part.MESSAGE, "more than 65535"
    ),
    "E-HS-05 bytes behind the last message": Case(3, lambda m: m + b"more", Part.PAYLOAD, "authenticated"),
    "E-PQ-01 the last bit of the ML-KEM ciphertext": Case(
        2, lambda m: flip(m, EKEM1 + 1087, 7), Part.POST_QUANTUM, "cannot be authenticated"
    ),
    "E-PQ-02 one byte of the ML-KEM ciphertext is missing": Case(
        2, lambda m: m[: EKEM1 + 1087] + m[EKEM1 + 1088 :], Part.POST_QUANTUM, "cannot be authenticated"
    ),
    "E-PQ-03 the encapsulation key is another one": Case(
        1, lambda m: m[:E1] + MlKem768(os.urandom).generate().public, Part.POST_QUANTUM, "or a key before it"
    ),
    "E-PQ-04 an encapsulation key of 1183 bytes": Case(
        1, lambda m: m[:-1], Part.POST_QUANTUM, "1183 of 1184"
    ),
    "E-PQ-04 no encapsulation key": Case(1, lambda m: m[:E1], Part.POST_QUANTUM, "0 of 1184 bytes"),
    "E-PQ-05 a key with coefficients beyond the modulus": Case(
        1, lambda m: m[:E1] + b"\xff" * 1184, Part.POST_QUANTUM, "malformed"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_changed_message_ends_the_handshake_cleanly(case: Case) -> None:
    line = Line()
    with pytest.raises(HandshakeFailed, match=case.says) as caught:
        line.run(lambda number, message: case.change(message) if number == case.number else message)
    assert caught.value.part is case.part
    assert case.part.value in str(caught.value)
    clean(caught.value, line)


def test_the_sizes_are_those_of_the_pattern() -> None:
    line = Line()
    line.run()
    assert tuple(map(len, line.messages)) == SIZES


def test_a_longer_encapsulation_key_shows_as_a_payload_that_nobody_sent() -> None:
    """E-PQ-04: a first message has no key that could refuse it. Whoever expects no payload there has to look."""
    line = Line()
    assert line.sides[1].read(line.sides[0].write() + b"x") == b"x"


def test_message_two_before_message_one() -> None:
    """E-HS-03."""
    other = Line()
    other.run()
    line = Line()
    with pytest.raises(HandshakeFailed, match="1168 of 1184 bytes") as caught:
        line.sides[1].read(other.messages[1])
    clean(caught.value, line)


def test_a_repeated_message() -> None:
    """E-HS-04: the first message again where the third is expected."""
    line = Line()
    with pytest.raises(HandshakeFailed, match=r"message 3.*static key cannot be authenticated") as caught:
        line.run(lambda number, message: line.messages[0] if number == 3 else message)
    clean(caught.value, line)


def test_a_message_of_another_handshake() -> None:
    """E-HS-04: a recorded answer."""
    before = Line()
    before.run()
    line = Line()
    with pytest.raises(HandshakeFailed, match="message 2") as caught:
        line.run(lambda number, message: before.messages[1] if number == 2 else message)
    clean(caught.value, line)


def test_out_of_turn() -> None:
    line = Line()
    with pytest.raises(HandshakeFailed, match="out of turn") as caught:
        line.sides[1].write()
    clean(caught.value, line)


def test_no_session_before_the_end() -> None:
    """E-HS-06: the other side never answers; whoever waits has nothing to speak with."""
    line = Line()
    line.sides[0].write()
    with pytest.raises(HandshakeFailed, match="before the last message") as caught:
        line.sides[0].session()
    clean(caught.value, line)


class WrongSecret(MlKem768):
    """Its keys decapsulate, and find another secret: what FIPS 203 does with a ciphertext that is not for them."""

    def generate(self) -> KemKeys:
        keys = super().generate()

        class Keys:
            public = keys.public

            def decapsulate(self, ciphertext: bytes) -> Secret:
                return keys.decapsulate(flip(ciphertext, 0))

        return Keys()


class Failing(MlKem768):
    def generate(self) -> KemKeys:
        keys = super().generate()

        class Keys:
            public = keys.public

            def decapsulate(self, ciphertext: bytes) -> Secret:
                raise ValueError(f"a ciphertext of {len(ciphertext)} bytes is refused")

        return Keys()


@pytest.mark.parametrize(
    ("kem", "says"), [(WrongSecret, "different ML-KEM-768 secrets"), (Failing, "post-quantum part")]
)
def test_no_fallback_where_only_the_classical_half_works(kem: type[MlKem768], says: str) -> None:
    """E-PQ-03: X25519 is fine on both sides."""
    line = Line(kem=kem(os.urandom))
    with pytest.raises(HandshakeFailed, match=says) as caught:
        line.run()
    clean(caught.value, line)


def test_no_session_where_only_the_post_quantum_half_works() -> None:
    """A key of low order makes the X25519 secret known to all."""
    line = Line()
    with pytest.raises(HandshakeFailed, match="classical part") as caught:
        line.run(lambda number, message: bytes(32) + message[32:] if number == 2 else message)
    clean(caught.value, line)


def test_the_two_protocols_do_not_understand_each_other() -> None:
    plain, hybrid = Line(XX), Line()
    with pytest.raises(HandshakeFailed, match="0 of 1184"):
        hybrid.sides[1].read(plain.sides[0].write())


def test_another_prologue() -> None:
    one = Handshake(Role.INITIATOR, INITIATOR, random=os.urandom, prologue=b"1")
    other = Handshake(Role.RESPONDER, RESPONDER, random=os.urandom, prologue=b"2")
    other.read(one.write())
    with pytest.raises(HandshakeFailed, match="message 2"):
        one.read(other.write())


def test_both_know_each_other_and_the_keys_are_fresh() -> None:
    """Plan Z, 6.3: the same static keys, other ephemeral keys, other transport keys."""
    first, second = Line(), Line()
    sessions = first.run(), second.run()
    assert first.sides[0].remote_static == RESPONDER.public
    assert first.sides[1].remote_static == INITIATOR.public
    assert first.sides[0].transcript_hash == first.sides[1].transcript_hash != second.sides[0].transcript_hash
    keys = [key for pair in sessions for key in pair[0].keys]
    assert all(one is not None and one != other for i, one in enumerate(keys) for other in keys[:i])
    assert sessions[0][0].keys == tuple(reversed(sessions[0][1].keys))


@settings(max_examples=60, deadline=None)
@given(number=st.integers(1, 3), where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(number: int, where: float, bit: int) -> None:
    """By the end of the handshake, on one of the sides; never by a strange exception."""
    line = Line()

    def change(at: int, message: bytes) -> bytes:
        # The highest bit of an X25519 key is ignored (RFC 7748, 5): the transcript has it, the secret has not.
        return flip(message, int(where * len(message)), bit) if at == number else message

    with pytest.raises(HandshakeFailed):
        line.run(change)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(1, 3), data=st.data())
def test_any_cut_is_noticed(number: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, SIZES[number - 1] - 1))
    line = Line()
    with pytest.raises(HandshakeFailed):
        line.run(lambda at, message: message[:size] if at == number else message)


def test_a_session_carries_messages_in_order_both_ways() -> None:
    one, other = Line().run()
    chance = random.Random(5)
    for _ in range(50):
        content = chance.randbytes(chance.randrange(200))
        writer, reader = (one, other) if chance.random() < 0.5 else (other, one)
        assert reader.decrypt(writer.encrypt(content)) == content


@pytest.mark.parametrize("change", ["repeated", "left out", "changed", "swapped", "cut"])
def test_a_session_ends_with_a_message_that_is_not_the_next(change: str) -> None:
    one, other = Line().run()
    first, second = one.encrypt(b"first"), one.encrypt(b"second")
    wrong = {
        "repeated": first,
        "left out": one.encrypt(b"third"),
        "changed": flip(second, 3),
        "cut": second[:-1],
    }
    if change != "swapped":
        assert other.decrypt(first) == b"first"
    with pytest.raises(SessionFailed, match="session ends"):
        other.decrypt(wrong.get(change, second))
    with pytest.raises(SessionFailed, match="connect anew"):
        other.decrypt(second)
    with pytest.raises(SessionFailed, match="connect anew"):
        other.encrypt(b"x")
    assert "has ended" in repr(other)


def test_a_session_message_has_a_largest_size() -> None:
    one, other = Line().run()
    assert len(other.decrypt(one.encrypt(bytes(MAX_PLAINTEXT_BYTES)))) == MAX_PLAINTEXT_BYTES
    with pytest.raises(SessionFailed, match="at most"):
        one.encrypt(bytes(MAX_PLAINTEXT_BYTES + 1))
