"""A homeserver that is running already: somebody else's process, on which the run only has accounts."""

from __future__ import annotations

import httpx

from syncproof.kernel.server import ServerGone
from syncproof.systems import urls
from syncproof.systems.elsewhere import Elsewhere
from syncproof.systems.errors import SystemNotThere
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
        self.process = Elsewhere(
            "The homeserver",
            self.address,
            "Leave HOMESERVER_URL out, and the run starts a Synapse of its own.",
        )

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return self._address

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """It goes on; what this run made there stays."""
        self.operator.close()
