"""Settings of a run on Atuin alone."""

from __future__ import annotations

from syncproof.kernel.setting import Needs, Setting, text
from syncproof.systems.declared import STACK, SYSTEM

ATUIN_CLIENT = Setting(
    "ATUIN_CLIENT",
    text("a path"),
    "",
    "the `atuin` that devices use",
    otherwise="18.10.0, as the server is",
    page="docs/found-in-the-wild.md",
    needs=(Needs(SYSTEM, ("atuin",)), Needs(STACK, ("embedded",))),
)
SETTINGS = (ATUIN_CLIENT,)
