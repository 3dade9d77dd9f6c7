"""A homeserver that is running already: somebody else's process, on which the run only has accounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import httpx

from syncproof.processes import ProcessError
from syncproof.systems import urls
from syncproof.systems.server import ServerGone
from syncproof.systems.system import SystemNotThere
from syncproof_products.matrix.driver.homeserver import Homeserver
from syncproof_products.matrix.driver.operator import Operator


class NamedHomeserver(Homeserver):
    """The homeserver at `url` (plain http: a proxied link has no certificate); secret: of its registration."""

    def __init__(self, url: str, secret: str) -> None:
        """Raises SystemNotThere for an address that no link can lead to."""
        otherwise = (
            f"HOMESERVER_URL is '{url}': it must be like http://127.0.0.1:8008, because links are proxied and a "
            "certificate would not fit their address."
        )
        parts = urls.read(url, ["http"], otherwise)
        if parts.path not in ("", "/"):
            raise SystemNotThere(otherwise)
        self._address = urls.address(parts, 80)
        self.secret = secret
        try:
            self.operator = Operator(f"http://{self.address}", secret, lifts_limits=True)
        except (ServerGone, httpx.InvalidURL) as wrong:
            raise SystemNotThere(f"HOMESERVER_URL is '{url}'. {wrong}") from None
        self.process = _Elsewhere(self.address)

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return self._address

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """It goes on; what this run made there stays."""
        self.operator.close()


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
