"""Our Noise with the crate `snow`, which nobody here wrote, in both roles.

`make noise-peer` builds the peer with cargo and runs this; elsewhere it is skipped.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from syncproof_synckit.encryption.errors import HandshakeFailed
from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import Handshake, Role
from syncproof_synckit.encryption.noise.pattern import XX, XX_HYBRID, Pattern

PEER = os.environ.get("NOISE_PEER", "")
pytestmark = pytest.mark.skipif(
    not PEER, reason="NOISE_PEER names no program; `make noise-peer` builds it with cargo"
)

OURS, PEERS = DhKeys(b"\x01" * 32), DhKeys(b"\x02" * 32)
PROLOGUE = b"syncproof/1"


class Peer:
    """One process that speaks Noise in lines of hex."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self) -> bytes:
        assert self._process.stdout is not None
        return bytes.fromhex(self._process.stdout.readline())

    def write(self, message: bytes) -> None:
        assert self._process.stdin is not None
        print(message.hex(), file=self._process.stdin, flush=True)

    def ended(self) -> bool:
        return self._process.wait(timeout=30) != 0


@contextmanager
def peer(role: Role, pattern: Pattern) -> Iterator[Peer]:
    kind = "hybrid" if pattern is XX_HYBRID else "plain"
    command = [PEER, role.name.lower(), kind, "02" * 32, PROLOGUE.hex()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Peer(process)
        finally:
            process.kill()


@pytest.mark.parametrize("pattern", [XX, XX_HYBRID], ids=["plain", "hybrid"])
@pytest.mark.parametrize("role", Role, ids=["initiator", "responder"])
def test_both_roles_come_to_the_same_session(role: Role, pattern: Pattern) -> None:
    ours = Handshake(role, OURS, random=os.urandom, pattern=pattern, prologue=PROLOGUE)
    with peer(Role.RESPONDER if role is Role.INITIATOR else Role.INITIATOR, pattern) as other:
        while not ours.finished:
            if ours.writes_next:
                other.write(ours.write(b"ours"))
            else:
                assert ours.read(other.read()).decode() == f"peer {ours.number}"
        assert other.read() == ours.transcript_hash
        assert ours.remote_static == PEERS.public
        session = ours.session()
        for text in (b"hello", b"", b"a longer message " * 1_000):
            other.write(session.encrypt(text))
            assert session.decrypt(other.read()) == text.upper()


@pytest.mark.parametrize("at", [10, 600], ids=["X25519", "ML-KEM-768"])
def test_the_peer_refuses_what_was_changed(at: int) -> None:
    ours = Handshake(Role.RESPONDER, OURS, random=os.urandom, prologue=PROLOGUE)
    with peer(Role.INITIATOR, XX_HYBRID) as other:
        ours.read(other.read())
        message = bytearray(ours.write())
        message[at] ^= 1
        other.write(bytes(message))
        assert other.ended()


def test_we_refuse_the_peer_with_another_prologue() -> None:
    ours = Handshake(Role.INITIATOR, OURS, random=os.urandom, prologue=b"syncproof/2")
    with peer(Role.RESPONDER, XX_HYBRID) as other:
        other.write(ours.write())
        with pytest.raises(HandshakeFailed, match="message 2"):
            ours.read(other.read())
