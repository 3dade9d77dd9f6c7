"""An embedded server of one's own, for those who want a fault server and nothing else of Syncproof."""

from __future__ import annotations

import contextlib

from syncproof.processes import Launcher, OwnedDirectory


class OwnServer:
    """A process that ends with its owner, even when the owner is killed (the launcher's guarantee)."""

    def __init__(self, seed: int | None = None) -> None:
        """Start it on a free port of loopback. Raises ProcessError, with its last words, if it does not come up."""
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(OwnedDirectory.create())
            warm = ("syncproof.faults.toxiproxy.main",)
            launcher = stack.enter_context(Launcher.start(directory.path, warm=warm))
            started = launcher.spawn(
                "toxiproxy",
                "syncproof.faults.toxiproxy.main:run",
                {"host": "127.0.0.1", "port": 0, "seed": seed, "config": None},
            )
            self.url = f"http://{started.ready['host']}:{started.ready['port']}"
            self._close = stack.pop_all().close

    def close(self) -> None:
        """End it. A second call does nothing."""
        self._close()
