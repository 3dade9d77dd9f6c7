"""A peer that asks for a folder which nobody shares with it."""

from __future__ import annotations

from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.hostile.habit import program
from syncproof_products.peers.hostile.impostor import Attempts, Impostor


class Uninvited(Device):
    """Its shell: it greets under its own name, with its own key."""

    connects = Attempts


PROGRAM = program(__name__, "Run a peer that asks for what is not shared with it.", Impostor, Uninvited)
run = PROGRAM.run
