"""The fault of a disk: there is no room left on it."""

from __future__ import annotations

from syncproof.kernel.fault import Fault
from syncproof.kernel.host import Disk


class FullDisk(Fault):
    """All the room that a disk has left is taken. It ends when that is given back.

    A write of the harness's own on the same disk is the proof: refused with ENOSPC while it is full, taken afterwards.
    """

    kind = "full_disk"
    called = "full disk"

    def __init__(self, target: str, relevant_to: tuple[str, ...], disk: Disk) -> None:
        super().__init__((target,), relevant_to)
        self.disk, self.engine = disk, disk.engine

    def begin(self) -> None:
        self.disk.fill()

    def proof(self) -> str | None:
        refused = self.disk.refusal()
        if refused is None:
            self.disk.fill()  # its program has given something back meanwhile
            return None
        return f"a write was refused: {refused}"

    def end(self) -> None:
        self.disk.make_room()

    def healed(self) -> str | None:
        return "a write was taken" if self.disk.refusal() is None else None
