"""What a product says of itself on this machine, for whoever runs no suite: the manual, pages, tests."""

from __future__ import annotations

import contextlib
from pathlib import Path

from syncproof.kernel.profile import Profile
from syncproof.processes import Launcher
from syncproof.processes.warm import MODULES
from syncproof.systems import about
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.products import drive, find
from syncproof.systems.profile import profile_of


def described_by(system: str, directory: Path) -> Profile:
    """Its profile on the embedded stack; its agent is started where it was not asked before. directory: for its files.

    Raises SystemNotThere, ManifestError, NotReady.
    """
    product = find(system)
    with contextlib.ExitStack() as opened:
        launcher = opened.enter_context(Launcher.start(directory, warm=MODULES))
        driver = drive(product, EmbeddedStack(launcher, 1, ""), 1.0)
        said = about.ask(driver, "embedded", lambda: directory / "described")
        return profile_of(product, about.capabilities(said, driver))
