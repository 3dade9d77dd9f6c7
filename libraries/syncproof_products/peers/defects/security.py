"""Bugs by which others are let in, or can read what passes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection

from syncproof_defects import breaks
from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.agent.identity import Identity

Make = Callable[[Identity, int, Collection[bytes]], ssl.SSLContext]


@breaks(Identity, "_context")
def believes_any_certificate(
    original: Make, self: Identity, side: int, trusted: Collection[bytes]
) -> ssl.SSLContext:
    """Connections are encrypted, and whoever is at the other end is believed to be who it says."""
    context = original(self, side, trusted)
    context.verify_mode = ssl.CERT_NONE
    return context


@believes_any_certificate.breaks(Connections, "_is")
def _whoever_it_is(
    original: Callable[[Connections, str, bytes | None], bool],
    self: Connections,
    peer: str,
    certificate: bytes | None,
) -> bool:
    if not original(self, peer, certificate):
        believes_any_certificate.ran()
    return True


@breaks(Identity, "_context")
def asks_for_no_certificate(
    original: Make, self: Identity, side: int, trusted: Collection[bytes]
) -> ssl.SSLContext:
    """Who dials knows whom it has reached; who is dialled does not ask."""
    context = original(self, side, trusted)
    if side == ssl.PROTOCOL_TLS_SERVER:
        context.verify_mode = ssl.CERT_NONE
    return context


@asks_for_no_certificate.breaks(Connections, "_is")
def _whoever_shows_none(
    original: Callable[[Connections, str, bytes | None], bool],
    self: Connections,
    peer: str,
    certificate: bytes | None,
) -> bool:
    if certificate is None:
        asks_for_no_certificate.ran()
        return True
    return original(self, peer, certificate)


@breaks(Identity, "_context")
def encrypts_nothing(original: Make, self: Identity, side: int, trusted: Collection[bytes]) -> ssl.SSLContext:
    """Both sides show their certificates, and agree on a cipher that leaves everything readable."""
    context = original(self, side, trusted)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("eNULL:@SECLEVEL=0")
    encrypts_nothing.ran()
    return context
