"""A device's network cable is pulled, and plugged in again elsewhere: its interface goes, and so does its address."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.kernel.fault import Fault
from syncproof.kernel.host import Cable


class Unplugged(Fault):
    """The network is gone without a word: nothing is closed, nothing refused, and no old connection can come back.

    target: whom it hits. cable: the device's. link: answers where its link listens, `host:port`.
    """

    kind = "unplugged"
    called = "unplugged network"
    isolates = True

    def __init__(self, target: str, cable: Cable, link: Callable[[], str]) -> None:
        super().__init__((target,), (target,))
        self._cable, self._link, self.engine = cable, link, cable.engine

    def begin(self) -> None:
        """Pull it."""
        self._cable.pull()

    def proof(self) -> str | None:
        """The device's own view: its address is gone."""
        return self._cable.seen_pulled()

    def end(self) -> None:
        """Plug it in again."""
        self._cable.plug_in()

    def healed(self) -> str | None:
        """The device's own view: it reaches its link."""
        return self._cable.seen_working(self._link())
