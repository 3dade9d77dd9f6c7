"""Who gets a connection, and who gets none."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.keys import PeerKey
from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.agent.identity import SERVER_NAME, Identity, read, told
from syncproof_products.peers.agent.port import _STRANGERS, Port, certificate_of
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.hostile.keyless import Nobody
from syncproof_products.peers.tests.test_device import in_a_loop, peer

ALICE, BOB, MALLORY = (Identity(letter * 32) for letter in (b"a", b"b", b"m"))


class Echo(asyncio.Protocol):
    """Answers with the certificate of whoever says something."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: ARG002
        self.transport.write(certificate_of(self.transport) or b"none")  # type: ignore[attr-defined]


async def says(client: ssl.SSLContext | None) -> tuple[bytes, list[str]]:
    """What Bob's port answers to whoever connects like this; Bob knows Alice. And whom he has turned away."""
    refused: list[str] = []
    port = Port("127.0.0.1", 0, 5.0)
    running = asyncio.create_task(port.run(Echo, lambda: BOB.server([ALICE.certificate]), refused.append))
    host, _, number = port.address.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(
            host, int(number), ssl=client, server_hostname=SERVER_NAME if client else None
        )
        writer.write(b"hello")
        answer = await reader.read(1000)
        writer.close()
    except OSError as wrong:
        answer = type(wrong).__name__.encode()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return answer, refused


@in_a_loop
async def test_who_is_known_is_let_in_and_known_by_its_certificate(tmp_path: Path) -> None:
    del tmp_path
    assert await says(ALICE.client([BOB.certificate])) == (ALICE.certificate, [])


@in_a_loop
async def test_who_shows_another_certificate_or_none_is_turned_away(tmp_path: Path) -> None:
    del tmp_path
    answer, refused = await says(MALLORY.client([BOB.certificate]))
    assert answer != MALLORY.certificate
    assert refused == ["it has shown an unknown certificate: self-signed certificate"]
    answer, refused = await says(Nobody(b"m" * 32).client([BOB.certificate]))
    assert (answer in (b"", b"SSLError"), refused) == (True, ["it has shown no certificate"])


@in_a_loop
async def test_who_dials_takes_nobody_else(tmp_path: Path) -> None:
    del tmp_path
    answer, refused = await says(ALICE.client([MALLORY.certificate]))
    assert (answer, refused) == (b"SSLCertVerificationError", [])


@in_a_loop
async def test_who_speaks_no_tls_has_no_certificate(tmp_path: Path) -> None:
    del tmp_path
    assert await says(None) == (b"none", [])


def test_a_certificate_depends_on_the_key_alone() -> None:
    assert Identity(b"a" * 32).certificate == ALICE.certificate != BOB.certificate
    assert read(told(ALICE.certificate)) == ALICE.certificate
    for wrong in ("no base64", told(b"no certificate")):
        with pytest.raises(ValueError, match=r"base64|parsing"):
            read(wrong)


@in_a_loop
async def test_a_peer_is_who_has_the_certificate_that_users_told(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, refused = adapter.device, []
    device.connections._observe = lambda what, fields: refused.append((what, fields["peer"]))
    with pytest.raises(AgentError):
        adapter.tell_key("Alice", PeerKey("no certificate"))
    adapter.tell_key("Alice", PeerKey(told(ALICE.certificate)))
    check = device.connections._check
    assert check(Hello("Alice", "docs"), "", ALICE.certificate) == "Alice"
    for wrong in (None, MALLORY.certificate):
        with pytest.raises(Lost, match="somebody else"):
            check(Hello("Alice", "docs"), "", wrong)
    assert refused == [("peer_refused", "Alice")] * 2
    adapter.tell_key("Alice", PeerKey(told(MALLORY.certificate)))
    assert check(Hello("Alice", "docs"), "", MALLORY.certificate) == "Alice"
    key = adapter.key()
    device.store.close()
    again = peer(tmp_path)
    assert again.key() == key
    assert again.device.connections._check(Hello("Alice", "docs"), "", MALLORY.certificate) == "Alice"


@in_a_loop
async def test_whoever_says_nothing_goes_when_others_come(tmp_path: Path) -> None:
    del tmp_path
    port = Port("127.0.0.1", 0, 60.0)
    running = asyncio.create_task(port.run(Echo, lambda: BOB.server([ALICE.certificate]), lambda _: None))
    host, _, number = port.address.rpartition(":")
    silent = [await asyncio.open_connection(host, int(number)) for _ in range(2 * _STRANGERS)]
    silent[1][1].write(b"GET / HTTP/1.1\r\n")  # which is no proof, and no end
    assert [await reader.read(1000) for reader, _ in silent[:_STRANGERS]].count(b"") >= _STRANGERS - 1
    reader, writer = await asyncio.open_connection(
        host, int(number), ssl=ALICE.client([BOB.certificate]), server_hostname=SERVER_NAME
    )
    others = [await asyncio.open_connection(host, int(number)) for _ in range(2 * _STRANGERS)]
    writer.write(b"hello")
    assert await reader.read(1000) == ALICE.certificate
    for _, each in (*silent, *others, (reader, writer)):
        each.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
