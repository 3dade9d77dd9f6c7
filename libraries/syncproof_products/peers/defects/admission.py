"""Bugs by which whom nobody has let in gains something."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.core.messages import Hello, Message


@breaks(Connections, "_check")
def asks_not_who_shares_the_folder(
    original: Callable[[Connections, Message, str, bytes | None], str],
    self: Connections,
    hello: Message,
    expected: str,
    certificate: bytes | None,
) -> str:
    """Whose key is known is let in, whatever is shared with that one."""
    if (
        isinstance(hello, Hello)
        and hello.device not in self._store.members()
        and self._is(hello.device, certificate)
    ):
        asks_not_who_shares_the_folder.ran()
        return hello.device
    return original(self, hello, expected, certificate)
