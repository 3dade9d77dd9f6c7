"""Settings of a run on Syncthing alone."""

from __future__ import annotations

from syncproof.kernel.setting import Needs, Setting, text
from syncproof.systems.declared import STACK, SYSTEM

SYNCTHING = Setting(
    "SYNCTHING",
    text("a path"),
    "",
    "the `syncthing` that devices run",
    otherwise="the one on the PATH",
    page="docs/found-in-the-wild.md",
    needs=(Needs(SYSTEM, ("syncthing",)), Needs(STACK, ("embedded",))),
)
SETTINGS = (SYNCTHING,)
