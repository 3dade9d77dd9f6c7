"""What somebody on the way between devices could read of what they said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from syncproof.evidence.in_the_clear import pieces_of
from syncproof.evidence.masked import is_in
from syncproof.kernel.state import State
from syncproof.workloads.keys.tls_records import record_lengths

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_KEPT = (".upstream", ".downstream")


class Overheard(State):
    """Folders in which it is kept, by who has heard it; and whether that one must have heard something."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._by: dict[str, tuple[list[Path], bool]] = {}

    def listen(self, who: str, folder: Path, *, hears: bool) -> None:
        """Look into a folder, too. who: for people. hears: what devices say passes there, whoever can read it."""
        self._by.setdefault(who, ([], hears))[0].append(folder)

    def on_rest(self) -> None:
        """Put on record which operations can be read in what was heard so far."""
        world = self._world
        group = world.topology.group.encode()
        for who, (folders, hears) in self._by.items():
            size, named = 0, False
            lengths: set[int] = set()
            readable: dict[str, None] = {}
            for path in (path for folder in folders for path in folder.iterdir() if path.suffix in _KEPT):
                size += path.stat().st_size
                lengths |= record_lengths(path.read_bytes())
                for piece in pieces_of(path):
                    if is_in(piece, group):  # each op_id has it, too
                        named = True
                        found = [each for each in world.history.operations if is_in(piece, each.encode())]
                        readable |= dict.fromkeys(found)
            world.note("overheard", by=who, hears=hears, size=size, named=named, op_ids=list(readable))
            world.note("lengths_heard", by=who, lengths=sorted(lengths))
