"""A peer that passes for another one, and shows no certificate at all."""

from __future__ import annotations

import ssl

from syncproof_products.peers.agent.identity import Identity
from syncproof_products.peers.hostile.habit import program
from syncproof_products.peers.hostile.impostor import Impostor, Passing


class Nobody(Identity):
    """Whoever connects with it is not asked who it is, or says nothing."""

    def show(self, context: ssl.SSLContext) -> None:
        """Show none."""


class Keyless(Passing):
    """Its shell."""

    identifies = Nobody


PROGRAM = program(__name__, "Run a peer that shows no certificate.", Impostor, Keyless)
run = PROGRAM.run
