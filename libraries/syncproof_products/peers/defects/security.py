"""Bugs by which others are let in, or can read what passes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Mapping

from syncproof_defects import breaks
from syncproof_products.peers.agent import padding, port
from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.identity import Identity
from syncproof_products.peers.agent.pace import Pace
from syncproof_products.peers.agent.pins import Pin
from syncproof_products.peers.agent.port import Port
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.watching import Oddity, Watch

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


@breaks(Connections, "_pace_of")
def listens_anew_with_each_connection(
    original: Callable[[Connections, str], Pace], self: Connections, peer: str
) -> Pace:
    """Who connects again may say as much at once as somebody who has said nothing yet."""
    if peer in self._paces:
        listens_anew_with_each_connection.ran()
        del self._paces[peer]
    return original(self, peer)


@breaks(Pin, "believed")
def believes_the_new_key_alone(
    original: Callable[[Pin, float], list[str]], self: Pin, at: float
) -> list[str]:
    """Once another key was told the old one counts no more, whoever still shows it."""
    if len(original(self, at)) > 1:
        believes_the_new_key_alone.ran()
    return [self.now]


@breaks(Pin, "believed")
def believes_an_old_key_for_ever(
    original: Callable[[Pin, float], list[str]], self: Pin, at: float
) -> list[str]:
    """When its time is over it is said to be given up, and still counts."""
    if self.before and len(original(self, at)) == 1:
        believes_an_old_key_for_ever.ran()
    return [self.now, *([self.before] if self.before else [])]


@believes_an_old_key_for_ever.breaks(Store, "put_pins")
def _whatever_is_told(
    original: Callable[[Store, Mapping[str, Pin]], None], self: Store, pins: Mapping[str, Pin]
) -> None:
    known = self.pins()
    retired = {peer for peer, pin in pins.items() if peer in known and pin == Pin(known[peer].now)}
    original(self, {peer: known[peer] if peer in retired else pin for peer, pin in pins.items()})


@breaks(Device, "read_only")
def goes_on_in_doubt(original: Callable[[Device], bool], self: Device) -> bool:
    """That nobody can be believed is said, and changes nothing."""
    if original(self):
        goes_on_in_doubt.ran()
    return False


@breaks(padding, "length")
def is_as_long_as_what_it_says(original: Callable[[int], int], size: int) -> int:
    """A message has no more bytes on its way than it needs."""
    del original
    is_as_long_as_what_it_says.ran()
    return size + 1


@breaks(Watch, "saw")
def tells_nobody_what_is_odd(
    original: Callable[[Watch, str, Oddity, float], bool], self: Watch, who: str, what: Oddity, now: float
) -> bool:
    """What is odd is written down, and nobody is told."""
    if original(self, who, what, now):
        tells_nobody_what_is_odd.ran()
    return False


@breaks(Port, "_make_room")
def keeps_whoever_came_first(original: Callable[[Port], None], self: Port) -> None:
    """Who connects has all the time in the world; when there are too many, whoever comes last goes."""
    del original
    while len(self._strangers) > port._STRANGERS:
        last = next(reversed(self._strangers))
        del self._strangers[last]
        last.cancel()
        keeps_whoever_came_first.ran()


@keeps_whoever_came_first.breaks(Port, "__init__")
def _for_ever(
    original: Callable[[Port, str, int, float], None], self: Port, host: str, number: int, within_s: float
) -> None:
    del within_s
    original(self, host, number, float("inf"))
