"""What can go wrong on the way to the relay, and how a connection to it is made."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

#: What the kernel may hold of what we send. Small: a slow link shows as a slow sender, not as silence.
SOCKET_OPTIONS = ((socket.SOL_SOCKET, socket.SO_SNDBUF, 128 * 1024),)


class LinkError(Exception):
    """The other side could not be reached, went away, fell silent or spoke nonsense.

    code: refused, unreachable, closed, timeout, malformed. str() adds what happened, for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@contextmanager
def link_errors(host: str, port: int, patience_s: float) -> Iterator[None]:
    """Turn what httpcore raises within into LinkError. patience_s: how long silence is borne, in seconds."""
    try:
        yield
    except httpcore.ConnectTimeout:
        raise LinkError("timeout", f"no connection to {host}:{port} within {patience_s:g} s") from None
    except httpcore.TimeoutException:
        raise LinkError("timeout", f"no byte moved for {patience_s:.1f} s") from None
    except httpcore.ConnectError as error:
        if _is_refusal(error):
            raise LinkError("refused", f"nothing listens on {host}:{port}") from None
        raise LinkError("unreachable", f"{host}:{port}: {error}") from None
    except httpcore.NetworkError as error:
        raise LinkError("closed", str(error) or "the connection broke off") from None
    except httpcore.ProtocolError as error:
        # h11 has one kind of error for a reply that breaks off and for one that makes no sense.
        code = "closed" if "closed" in str(error) or "disconnected" in str(error) else "malformed"
        raise LinkError(code, str(error)) from None


def _is_refusal(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__
    return error is not None
