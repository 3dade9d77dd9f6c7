"""Addresses as Go's net package reads, resolves and prints them, with its error messages."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass


class AddressError(ValueError):
    """An address that cannot be used; the message is Go's."""


@dataclass(frozen=True)
class Address:
    """A resolved address. An empty host means: all interfaces."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def wildcard(self) -> bool:
        """Whether it names all interfaces."""
        return self.host in ("", "0.0.0.0", "::")


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
        return socket.getservbyname(text, "tcp")
    except OSError:
        raise AddressError(f"lookup tcp/{text}: unknown port") from None


def _literal(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        return True
    return False


async def lookup(host: str) -> list[str]:
    """The addresses of a host, IPv4 first (as Go prefers). Never blocks the loop. Raises AddressError."""
    if host == "" or _literal(host):
        return [host]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressError(f"lookup {host}: no such host") from None
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


async def resolve(text: str) -> Address:
    """What `net.ResolveTCPAddr` makes of it. Raises AddressError."""
    host, port = split(text)
    number = port_number(port)
    return Address((await lookup(host))[0], number)


def listening_socket(address: Address) -> socket.socket:
    """A bound and listening, non-blocking socket; for all interfaces it takes IPv4 and IPv6. Raises
    AddressError.
    """
    six = ":" in address.host or (address.wildcard and socket.has_dualstack_ipv6())
    listener = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if six and address.wildcard:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        host = ("::" if six else "0.0.0.0") if address.wildcard else address.host
        listener.bind((host, address.port))
        listener.listen(4096)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno or 0).lower()
        raise AddressError(f"listen tcp {address}: bind: {reason}") from None
    return listener


def bound(listener: socket.socket) -> Address:
    """Where it really listens."""
    host, port = listener.getsockname()[:2]
    return Address(str(host), int(port))
