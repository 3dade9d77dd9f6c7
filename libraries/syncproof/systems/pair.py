"""Two devices of the bundled system and their relay, for those who want to look at agents alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from syncproof.processes import Launcher, OwnedDirectory
from syncproof.systems.bundled import BundledSystem
from syncproof.systems.profile import BUNDLED
from syncproof.systems.stack import Program

#: A marker need not wait a second for company where meaning is looked at, not pace.
_BRISK = {**BUNDLED.settings, "marker_debounce_s": 0.05}


class Pair:
    """Alice and Bob: processes with directories of their own, linked to nothing yet."""

    def __init__(self, launcher: Launcher, directory: Path, seed: int) -> None:
        self._directory, self._seed = directory, seed
        self._system = BundledSystem(launcher, replace(BUNDLED, settings=_BRISK), 1.0)
        self._relay = self._system.start_server(directory / "relay")
        self._devices = {device: self._start(device) for device in ("Alice", "Bob")}

    @property
    def relay_address(self) -> str:
        """Where their relay listens, host:port."""
        return self._relay.address

    def url(self, device: str) -> str:
        """Where the device's agent listens."""
        ready = self._devices[device].ready
        return f"http://{ready['host']}:{ready['port']}"

    def kill_and_start(self, device: str) -> None:
        """SIGKILL, and a new process on the same directory."""
        self._devices[device].kill()
        self._devices[device] = self._start(device)

    def stop(self) -> None:
        """End all three."""
        for process in self._devices.values():
            process.stop(3.0)
        self._relay.stop()

    def _start(self, device: str) -> Program:
        return self._system.start_device(device, self._directory / device, self._relay.secret, self._seed)


class Pairs:
    """Starts pairs, each in a fresh directory, and ends everything with `close`."""

    def __init__(self) -> None:
        self._owned = OwnedDirectory.create()
        self._launcher = Launcher.start(self._owned.path)
        self._count = 0

    def start(self) -> Pair:
        """A fresh pair."""
        self._count += 1
        return Pair(self._launcher, self._owned.path / f"{self._count:03d}", self._count)

    def close(self) -> None:
        """End every process and remove the directories."""
        self._launcher.close()
        self._owned.close()
