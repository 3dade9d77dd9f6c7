"""What devices say to each other: counted by those who say it, and by those who take it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncproof.kernel.state import State
from syncproof.workloads.files.checks.work import counted
from syncproof.workloads.files.cost import Cost
from syncproof.workloads.files.records import FileTransfer
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Files of each device that are written in turn: few, so that folders stay small.
_FILES = 5
#: How long no message comes before none is on its way (ns): a busy machine lets a process wait so long.
_SILENT_NS = 2_000_000_000
_PATIENCE_S = 30.0


class Talk(State):
    """Messages between devices, counted from a moment at which nothing was on its way."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        #: How many messages had been taken in, and said, when counting began.
        self._before: tuple[int, int] | None = None

    def count_from_now(self) -> None:
        """Wait until everything is at rest, and put on record what each device has counted by then; only once.

        While devices connect, two connections may take the place of each other with all that waits on one of them.
        """
        if self._before is None:
            self._world.verdicts.at_rest()
            self._world.wait_for(self._is_silent, _PATIENCE_S)
            self._world.of(Cost).note_work()
            self._before = self._taken_in(), self._said()

    def count_again(self) -> None:
        """Put on record what each device has counted by now, and wait until that was taken in, or no more comes.

        What is at rest has nothing left to do; the last of what devices told each other may still be on its way.
        """
        world = self._world
        world.of(Cost).note_names()
        world.of(Cost).note_work()
        taken_in, said = self._before or (0, 0)
        awaited = self._said() - said

        world.wait_for(lambda: self._taken_in() - taken_in >= awaited or self._is_silent(), _PATIENCE_S)

    def write_until(self, names: Sequence[str], number: int) -> None:
        """Let each of these write a file, and again, until so many messages have been taken in since then.

        Ends before that when more was written than can have cost so few: the check says then how many there are.
        """
        self.count_from_now()
        least = len(names) * (len(self._world.topology.nodes) - 1)  # one message for each other device
        for turn in range(number // least + 1):
            if self._before is not None and self._taken_in() - self._before[0] >= number:
                return
            for name in names:
                self._world.of(Files).write(name, f"{name} {turn % _FILES + 1}.txt")
            self._world.operations.flush()

    def _is_silent(self) -> bool:
        transfers = self._world.history.of(FileTransfer)
        return not transfers or self._world.scheduler.now() - transfers[-1].t_ns > _SILENT_NS

    def _taken_in(self) -> int:
        return len(self._world.history.of(FileTransfer))

    def _said(self) -> int:
        return sum(counted(self._world.history, "messagesSent").values())
