"""Disks of a fixed size for programs of this machine: a tmpfs each, in a namespace where an ordinary user may mount.

Nobody else sees them: the harness reaches what is on them by way of the process that holds the namespace, and they go
with it.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from syncproof.kernel.trouble import DisksUnavailable
from syncproof.processes import Launcher, ProcessError, lifeline, namespaces

Ready = Callable[[Mapping[str, object]], None]

#: More than a scenario of some hundred messages writes, and quickly full.
SIZE = 16 << 20
_BLOCK = bytes(1 << 16)


class SmallDisk:
    """The disk of one program. folder: where it is seen from here."""

    engine = "tmpfs"

    def __init__(self, folder: Path) -> None:
        self._filler, self._probe = folder / ".full", folder / ".probe"

    def fill(self) -> None:
        """Take all the room that is left."""
        try:
            with self._filler.open("ab", buffering=0) as filler:
                while True:
                    filler.write(_BLOCK)
        except OSError as refusal:
            if refusal.errno != errno.ENOSPC:
                raise

    def refusal(self) -> str | None:
        """What is said to one more block; None where it is taken."""
        try:
            self._probe.write_bytes(_BLOCK[:4096])
        except OSError as refusal:
            return f"{refusal.strerror} ({errno.errorcode.get(refusal.errno or 0, refusal.errno)})"
        finally:
            self._probe.unlink(missing_ok=True)
        return None

    def make_room(self) -> None:
        """Give back what was taken."""
        self._filler.unlink(missing_ok=True)


class Disks:
    """The disks of one run. Raises DisksUnavailable, with the reason, where nobody may mount here."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._folders: set[str] = set()
        self._holder = launcher.spawn("disks", "syncproof.systems.disks:hold", {})
        if "refused" in self._holder.ready:
            raise DisksUnavailable(
                "No disk can be made full here: this machine gives this user no namespace in which he may mount. "
                f"The kernel said: {self._holder.ready['refused']}."
            )
        at = f"/proc/{self._holder.pid}"
        self._root, self._namespaces = Path(at, "root"), [f"{at}/ns/user", f"{at}/ns/mnt"]

    def place(self, folder: str) -> list[str]:
        """The namespaces to enter for a program whose data is in this folder: it has a disk there from now on."""
        if folder not in self._folders:
            try:
                self._launcher.spawn(
                    "mount",
                    "syncproof.systems.disks:mount",
                    {"folder": folder, "bytes": SIZE},
                    enter=self._namespaces,
                )
            except ProcessError as wrong:
                raise DisksUnavailable(f"No disk can be mounted here. {wrong}") from None
            self._folders.add(folder)
        return self._namespaces

    def has(self, folder: str) -> bool:
        """Whether there is a disk for this folder."""
        return folder in self._folders

    def disk(self, folder: Path) -> SmallDisk:
        """The disk of that folder. Raises DisksUnavailable where its program was started without one."""
        if str(folder) not in self._folders:
            raise DisksUnavailable(f"What keeps its data in {folder} was started without a disk of its own.")
        return SmallDisk(self._root / folder.relative_to("/"))

    def close(self) -> None:
        """End the namespace, and with it what is on its disks."""
        self._holder.kill()


def hold(config: Mapping[str, object], ready: Ready) -> None:  # noqa: ARG001
    """Holds the namespaces; where nobody may make them it answers why as `refused`."""
    try:
        namespaces.leave_for_user_and_mounts()
    except OSError as refusal:
        ready({"refused": str(refusal)})
        return
    lifeline.die_with_parent()
    ready({})
    signal.pause()


def mount(config: Mapping[str, object], ready: Ready) -> None:
    """Mounts a disk of `bytes` at `folder`, in the namespaces that it was started in. Raises OSError."""
    namespaces.mount_tmpfs(os.fsencode(str(config["folder"])), int(str(config["bytes"])))
    ready({})
