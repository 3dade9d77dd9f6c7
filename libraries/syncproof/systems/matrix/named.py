"""A homeserver that is running already: somebody else's process, on which the run only has accounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from syncproof.processes import ProcessError
from syncproof.systems.matrix import searching
from syncproof.systems.matrix.operator import Operator
from syncproof.systems.server import LogLine, Search, ServerGone
from syncproof.systems.system import SystemNotThere


class NamedHomeserver:
    """The homeserver at `url` (plain http: a proxied link has no certificate); secret: of its registration."""

    def __init__(self, url: str, secret: str) -> None:
        """Raises SystemNotThere for an address that no link can lead to."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
            raise SystemNotThere(
                f"HOMESERVER_URL is '{url}': it must be like http://127.0.0.1:8008, because links are proxied and a "
                "certificate would not fit their address."
            )
        self.address = f"{parts.hostname}:{parts.port or 80}"
        self.secret = secret
        try:
            self.operator = Operator(f"http://{self.address}", secret)
        except ServerGone as wrong:
            raise SystemNotThere(f"HOMESERVER_URL is '{url}'. {wrong}") from None
        self.process = _Elsewhere(self.address)

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """It goes on; what this run made there stays."""
        self.operator.close()

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        """The operations in the group's room behind position `after`."""
        return self.operator.log(group)[after:]

    def search(self, group: str, digests: Mapping[str, str]) -> Search:
        """Look for what can be read in the room; what else is there is out of reach."""
        return searching.search(self.operator.events(group), None, None, digests)

    def probe_request(self, reply_bytes: int) -> bytes:
        """A harmless request whose reply has `reply_bytes` (0: the smallest there is)."""
        return self.operator.probe_request(reply_bytes, self.address)


class _Elsewhere:
    """A process of somebody else: it is taken to run, and no fault may touch it."""

    name, pid, log = "homeserver", 0, Path("/nonexistent")

    def __init__(self, address: str) -> None:
        self.ready: Mapping[str, object] = {}
        self._address = address

    def alive(self) -> bool:
        return True

    def exit_status(self) -> int | None:
        return None

    def kill(self) -> int:
        self._refuse()

    def stop(self, deadline_s: float = 5.0) -> int:  # noqa: ARG002
        self._refuse()

    def suspend(self) -> None:
        self._refuse()

    def resume(self) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ProcessError(
            f"The homeserver at {self._address} was not started by this run, so that no fault can stop it. Leave "
            "HOMESERVER_URL out, and the run starts a Synapse of its own."
        )
