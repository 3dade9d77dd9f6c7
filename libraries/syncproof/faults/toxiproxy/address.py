"""Addresses as Go's net package reads, resolves and prints them, with its error messages."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import os
import socket
from dataclasses import dataclass
from typing import Final

_SOCKET_BUFFER: Final = 256 * 1024
"""The kernel would let it grow to megabytes, and bytes that leave the processor's cache on their way pass at half
the speed. To a server that is 100 ms away it allows some 3 MB/s for each connection.
"""


class AddressError(ValueError):
    """An address that cannot be used; the message is Go's."""


@dataclass(frozen=True)
class Address:
    """A resolved address; of IPv6 with its zone, as in `fe80::1%eth0`. An empty host means: all interfaces."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if self.family is socket.AF_INET6 else f"{self.host}:{self.port}"

    @property
    def family(self) -> socket.AddressFamily:
        """That of its host."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    @property
    def wildcard(self) -> bool:
        """Whether it names all interfaces."""
        return self.host in ("", "0.0.0.0", "::")

    @property
    def for_socket(self) -> tuple[str, int] | tuple[str, int, int, int]:
        """As a socket takes it."""
        host, _, zone = self.host.partition("%")
        return (host, self.port, 0, _scope(zone)) if self.family is socket.AF_INET6 else (host, self.port)


def _scope(zone: str) -> int:
    """The number of a zone, which may be given as such; that of an unknown one is 0, as in Go."""
    try:
        return socket.if_nametoindex(zone)
    except OSError:
        return int(zone) if zone.isascii() and zone.isdigit() else 0


def split(text: str) -> tuple[str, str]:
    """Host and port of `host:port` or `[host]:port`. Raises AddressError."""
    if text == "":
        return "", ""
    colon = text.rfind(":")
    if colon < 0:
        raise AddressError(f"address {text}: missing port in address")
    if text.startswith("["):
        end = text.find("]")
        if end < 0:
            raise AddressError(f"address {text}: missing ']' in address")
        if end + 1 == len(text):
            raise AddressError(f"address {text}: missing port in address")
        if end + 1 != colon:
            reason = "too many colons in address" if text[end + 1] == ":" else "missing port in address"
            raise AddressError(f"address {text}: {reason}")
        return text[1:end], text[colon + 1 :]
    if ":" in text[:colon]:
        raise AddressError(f"address {text}: too many colons in address")
    return text[:colon], text[colon + 1 :]


def port_number(text: str) -> int:
    """A port by number or service name. Raises AddressError."""
    if text == "":
        return 0
    if text.lstrip("+-").isdigit():
        number = int(text)
        if not 0 <= number <= 65535:
            raise AddressError(f"address {text}: invalid port")
        return number
    try:
        return socket.getservbyname(text.lower(), "tcp")
    except (OSError, ValueError):
        raise AddressError(f"lookup tcp/{text}: unknown port") from None


def _literal(host: str) -> str | None:
    """An IP address as Go prints it, or None if `host` is none."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


def _abbreviated(host: str) -> bool:
    """Whether it is one of the forms of IPv4 that the C library takes and Go does not, such as `127.1`."""
    try:
        socket.inet_aton(host)
    except (OSError, ValueError):
        return False
    return True


async def lookup(host: str) -> list[str]:
    """The addresses of a host, IPv4 first (as Go prefers). Never blocks the loop. Raises AddressError."""
    if host == "":
        return [host]
    if (literal := _literal(host)) is not None:
        return [literal]
    unknown = AddressError(f"lookup {host}: no such host")
    if _abbreviated(host) or "%" in host:
        raise unknown
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise unknown from None
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


async def resolve(text: str) -> Address:
    """What `net.ResolveTCPAddr` makes of it. Raises AddressError."""
    host, port = split(text)
    number = port_number(port)
    return Address((await lookup(host))[0], number)


@functools.lru_cache(maxsize=1024)
def literal(text: str) -> Address | None:
    """The address that `text` is without asking a name server; None where one has to be asked, or it is none."""
    try:
        host, port = split(text)
        found = _literal(host)
        return None if found is None else Address(found, port_number(port))
    except AddressError:
        return None


def stream_socket(address: Address) -> socket.socket:
    """A new non-blocking TCP socket of that family; what it accepts has its buffers. Raises OSError when no file
    descriptors are left.
    """
    made = socket.socket(address.family, socket.SOCK_STREAM)
    made.setblocking(False)
    for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        made.setsockopt(socket.SOL_SOCKET, buffer, _SOCKET_BUFFER)
    return made


def listening_socket(address: Address) -> socket.socket:
    """A bound and listening, non-blocking socket; for all interfaces it takes IPv4 and IPv6. Raises
    AddressError.
    """
    both = Address("::" if socket.has_dualstack_ipv6() else "0.0.0.0", address.port)
    place = both if address.wildcard else address
    listener = stream_socket(place)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if place is both and place.family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(place.for_socket)
        listener.listen(4096)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno or 0).lower()
        raise AddressError(f"listen tcp {address}: bind: {reason}") from None
    return listener


def bound(listener: socket.socket) -> Address:
    """Where it really listens."""
    host, port = listener.getsockname()[:2]
    return Address(str(host), int(port))
