"""How far the request has come that a client is sending, as the parser of HTTP sees it."""

from __future__ import annotations


class Reading:
    """Of one connection.

    max_head: bytes of a head: its target and its headers, and the trailers of a body in chunks. Bodies, and requests
    behind each other, do not count.
    """

    def __init__(self, max_head: int) -> None:
        self._max_head = max_head
        #: Whether the client is to send something: its first request, or the rest of one.
        self._awaited, self._waited_s = True, 0.0
        #: Bytes of the body since it was asked last whether they are overdue.
        self._body_bytes = 0
        self._head_bytes = 0
        #: Bytes since the parser has said anything: it keeps a header to itself until that is whole.
        self._unread_bytes = 0
        self._upgraded = False

    @property
    def too_long(self) -> bool:
        """Whether a head has more bytes than it may."""
        return self._head_bytes + self._unread_bytes > self._max_head

    def heard(self) -> None:
        """Bytes have come: of a request, if nothing else is said of them."""
        if not self._awaited and not self._upgraded:
            self._await()

    def fed(self, size: int) -> None:
        """So many bytes are given to the parser now."""
        self._unread_bytes += size

    def begun(self) -> None:
        """The parser has seen the beginning of a request."""
        self._head_bytes = self._unread_bytes = 0
        self._await()

    def head(self, size: int) -> None:
        """It has seen so many bytes more of the head."""
        self._head_bytes += size
        self._unread_bytes = 0

    def head_whole(self) -> None:
        """It has seen the end of the head; a body has time of its own."""
        self._unread_bytes = 0
        self._await()

    def body(self, size: int) -> None:
        """It has seen so many bytes more of the body."""
        self._body_bytes += size
        self._unread_bytes = 0

    def whole(self) -> None:
        """It has seen the end of the request."""
        self._unread_bytes = 0
        self._awaited = False

    def upgraded(self) -> None:
        """A stream is open: what comes from now on is no HTTP."""
        self._awaited, self._upgraded = False, True

    def handed_over(self) -> None:
        """It has seen a request for a stream; that is not open before it has been answered."""
        self._unread_bytes = 0
        self._await()

    def overdue(self, since_s: float, request_s: float, slow_rate: float) -> bool:
        """Whether what is awaited takes too long, `since_s` seconds after this was asked last.

        A head may take `request_s` seconds, and a body as long, and a second more for each `slow_rate` bytes, which
        nothing that came quickly earns for what is to come. Only time between two questions counts: a relay that did
        not run for a while could not read.
        """
        if not self._awaited:
            return False
        self._waited_s = max(0.0, self._waited_s + since_s - self._body_bytes / slow_rate)
        self._body_bytes = 0
        # It began up to `since_s` before it was asked for the first time.
        return self._waited_s >= request_s + since_s

    def _await(self) -> None:
        self._awaited, self._waited_s, self._body_bytes = True, 0.0, 0
