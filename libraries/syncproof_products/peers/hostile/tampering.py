"""A peer that changes what is in files when it passes them on."""

from __future__ import annotations

from syncproof_products.peers.hostile.flipping import Flipping
from syncproof_products.peers.hostile.habit import program


class Tampering(Flipping):
    """Every block that it sends is another one, of the same length."""

    every = 1


PROGRAM = program(__name__, "Run a peer that tampers with files.", Tampering)
run = PROGRAM.run
