"""Our Noise against vectors that others published, in both roles, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import Handshake, Role
from syncproof_synckit.encryption.noise.kem import CIPHERTEXT_BYTES, KemKeys, MlKem768
from syncproof_synckit.encryption.noise.pattern import XX, XX_HYBRID
from syncproof_synckit.encryption.secret import Secret

VECTORS = Path(__file__).parent / "vectors"
PLAIN: list[dict[str, Any]] = json.loads((VECTORS / "xx.json").read_text())["vectors"]
HYBRID: dict[str, Any] = json.loads((VECTORS / "xx_hybrid.json").read_text())


def drawn(*values: str) -> Callable[[int], bytes]:
    """A random source that gives these, in order (hex)."""
    left = [bytes.fromhex(value) for value in values]

    def random(size: int) -> bytes:
        value = left.pop(0)
        assert len(value) == size
        return value

    return random


@pytest.mark.parametrize("vector", PLAIN, ids=[vector["from"] for vector in PLAIN])
def test_plain_xx_gives_the_published_bytes(vector: dict[str, Any]) -> None:
    sides = {
        name: Handshake(
            role,
            DhKeys(bytes.fromhex(vector[f"{name}_static"])),
            random=drawn(vector[f"{name}_ephemeral"]),
            pattern=XX,
            prologue=bytes.fromhex(vector[f"{name}_prologue"]),
        )
        for name, role in (("init", Role.INITIATOR), ("resp", Role.RESPONDER))
    }
    first, second = sides["init"], sides["resp"]
    messages = [
        (bytes.fromhex(one["payload"]), bytes.fromhex(one["ciphertext"])) for one in vector["messages"]
    ]
    for number, (payload, ciphertext) in enumerate(messages[:3]):
        writer, reader = (first, second) if number % 2 == 0 else (second, first)
        assert writer.write(payload) == ciphertext
        assert reader.read(ciphertext) == payload
    if "handshake_hash" in vector:
        assert first.transcript_hash.hex() == second.transcript_hash.hex() == vector["handshake_hash"]
    sessions = first.session(), second.session()
    for number, (payload, ciphertext) in enumerate(messages[3:]):
        # The fourth message is the responder's.
        writing, reading = sessions[1 - number % 2], sessions[number % 2]
        assert writing.encrypt(payload) == ciphertext
        assert reading.decrypt(ciphertext) == payload


class PublishedKem(MlKem768):
    """Encapsulates as the vector did: the library draws its own randomness, so secret and ciphertext are given."""

    def __init__(self, secret: Secret, ciphertext: bytes) -> None:
        super().__init__(lambda size: bytes(size))
        self._given = secret, ciphertext

    def encapsulate(self, public: bytes) -> tuple[Secret, bytes]:
        del public
        return self._given


def hybrid(role: Role, kem: MlKem768 | None = None) -> Handshake:
    who = "i" if role is Role.INITIATOR else "r"
    drawn_keys = [HYBRID[f"ephemeral_dh_{who}_private"]]
    if role is Role.INITIATOR:
        drawn_keys.append(HYBRID["ephemeral_kem_i_seed"])
    return Handshake(
        role, DhKeys(bytes.fromhex(HYBRID[f"static_{who}_private"])), random=drawn(*drawn_keys), kem=kem
    )


def test_the_initiator_of_the_hybrid_reads_and_writes_the_published_bytes() -> None:
    initiator = hybrid(Role.INITIATOR)
    assert XX_HYBRID.name == HYBRID["protocol"]
    assert len(initiator.write()) == HYBRID["msg_a_bytes"]
    assert initiator.read(bytes.fromhex(HYBRID["msg_b"])) == b""
    assert initiator.write().hex() == HYBRID["msg_c"]
    assert initiator.transcript_hash.hex() == HYBRID["handshake_hash"]
    sends, receives = initiator.session().keys
    assert sends is not None
    assert receives is not None
    assert (sends.reveal().hex(), receives.reveal().hex()) == (HYBRID["cs1_k"], HYBRID["cs2_k"])


def test_the_responder_of_the_hybrid_reads_and_writes_the_published_bytes() -> None:
    keys: KemKeys = MlKem768(drawn(HYBRID["ephemeral_kem_i_seed"])).generate()
    ciphertext = published_ciphertext()
    responder = hybrid(Role.RESPONDER, PublishedKem(keys.decapsulate(ciphertext), ciphertext))
    responder.read(hybrid(Role.INITIATOR).write())
    assert responder.write().hex() == HYBRID["msg_b"]
    assert responder.read(bytes.fromhex(HYBRID["msg_c"])) == b""
    assert responder.transcript_hash.hex() == HYBRID["handshake_hash"]
    sends, receives = responder.session().keys
    assert sends is not None
    assert receives is not None
    assert (sends.reveal().hex(), receives.reveal().hex()) == (HYBRID["cs2_k"], HYBRID["cs1_k"])


def published_ciphertext() -> bytes:
    """The ML-KEM ciphertext in message b: what the initiator hands to its key when it reads the message."""
    seen: list[bytes] = []

    class Watching(MlKem768):
        def generate(self) -> KemKeys:
            keys = super().generate()
            return WatchedKeys(keys)

    class WatchedKeys:
        def __init__(self, keys: KemKeys) -> None:
            self._keys, self.public = keys, keys.public

        def decapsulate(self, ciphertext: bytes) -> Secret:
            seen.append(ciphertext)
            return self._keys.decapsulate(ciphertext)

    initiator = hybrid(Role.INITIATOR, Watching(drawn(HYBRID["ephemeral_kem_i_seed"])))
    initiator.write()
    initiator.read(bytes.fromhex(HYBRID["msg_b"]))
    assert len(seen[0]) == CIPHERTEXT_BYTES
    return seen[0]
