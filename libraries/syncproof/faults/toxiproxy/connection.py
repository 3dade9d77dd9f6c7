"""One client, its upstream, and the two links between them."""

from __future__ import annotations

import socket
import struct
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Final

from .link import Link, Plumbing
from .toxics import Direction, Mark, Toxic

LINGER_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: close() sends RST."""

_HALF_CLOSED_S: Final = 5.0
"""So long a connection lives on of which one side has ended and nothing comes from the other: a client that has
closed looks like one that waits for a reply, and an upstream may ignore the end of the stream.
"""


class Connection:
    """Both directions of one proxied connection. It is over when both links are finished, or when it is
    aborted.
    """

    __slots__ = (
        "_client",
        "_closed",
        "_idle",
        "_loop",
        "_on_closed",
        "_server",
        "downstream",
        "name",
        "resets",
        "upstream",
    )

    def __init__(
        self,
        name: str,
        plumbing: Plumbing,
        client: socket.socket,
        server: socket.socket,
        on_closed: Callable[[Connection], None],
    ) -> None:
        self.name = name
        self._client = client
        self._server = server
        self._on_closed = on_closed
        self._closed = False
        self._loop = plumbing.loop
        self._idle: TimerHandle | None = None
        self.resets = False
        """Whether it ends with RST, whichever side ends it."""
        self.upstream = Link(self, plumbing, client, server, lambda: f"{self.name}/upstream")
        self.downstream = Link(self, plumbing, server, client, lambda: f"{self.name}/downstream")

    def begin(self, toxics: Callable[[Direction], list[Toxic]]) -> None:
        """Start both links."""
        up, down = toxics(Direction.UPSTREAM), toxics(Direction.DOWNSTREAM)
        if any(toxic.of.resets for toxic in up + down):
            # As Toxiproxy: decided here once, whatever toxicity says, so a `reset_peer` that comes later
            # gives a FIN.
            self.resets = True
            for end in (self._client, self._server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        self.upstream.begin(up)
        if not self._closed:
            self.downstream.begin(down)

    def link(self, direction: Direction) -> Link:
        """The link of that direction."""
        return self.upstream if direction is Direction.UPSTREAM else self.downstream

    def link_finished(self) -> None:
        """One link has passed its EOF: the connection is over when the other has, too."""
        if self.upstream.finished and self.downstream.finished:
            self.abort()
        else:
            self._wait_for_other()

    def _wait_for_other(self) -> None:
        link = self.downstream if self.upstream.finished else self.upstream
        passed = link.received + link.sent
        self._idle = self._loop.call_later(_HALF_CLOSED_S, self._end_if_idle, link, passed)

    def _end_if_idle(self, link: Link, passed: int) -> None:
        if link.busy() or link.received + link.sent != passed:
            self._wait_for_other()
        else:
            self.abort()

    def target_lost(self, link: Link) -> None:
        """What `link` writes to is to be closed, or has failed: the other link loses its source.

        What the other link still carries is delivered first; then the connection is over.
        """
        other = self.downstream if link is self.upstream else self.upstream
        link.detach()
        if other.finished:
            self.abort()
            return
        target = self._server if link is self.upstream else self._client
        other.end(Mark.CLOSE)
        if not self._closed:
            target.close()

    def abort(self) -> None:
        """Close both sockets now; what is on its way is lost."""
        if self._closed:
            return
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        self.upstream.detach()
        self.downstream.detach()
        self._client.close()
        self._server.close()
        self._on_closed(self)
