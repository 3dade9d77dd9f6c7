"""A peer whose history is one up to a point, and two from there on."""

from __future__ import annotations

from syncproof_products.peers.hostile.habit import program
from syncproof_products.peers.hostile.selective import Selective


class Forking(Selective):
    """Its first change all others hear alike."""

    common = 1


PROGRAM = program(__name__, "Run a peer that forks its history.", Forking)
run = PROGRAM.run
