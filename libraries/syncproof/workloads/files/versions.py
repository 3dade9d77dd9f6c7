"""Which versions of a file there were, and which of them build on which, by what devices were asked for.

What an author had seen is exact: the first `seen` entries of its delivery log when it took the change (see Accept). So
a version that is in there has been replaced, and what is not in there is concurrent. No clock of the product is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from syncproof.evidence.history import History
from syncproof.workloads.files.records import FileAsked, FileState, Folder


@dataclass(frozen=True)
class Version:
    """What a change made of one path. file: None for a deletion. taken: its device has accepted it."""

    op_id: str
    author: str
    file: FileState | None
    taken: bool


class Versions:
    """Of all paths of a history."""

    def __init__(self, history: History) -> None:
        self.by_path: dict[str, list[Version]] = {}
        self._places = {name: _places(history, name) for name in history.devices}
        self._seen = {op_id: accept.seen for op_id, accept in history.accepts.items()}
        self._dropped: dict[str, list[tuple[Version, str]]] = {}
        self._number: dict[str, tuple[str, int]] = {}
        for asked in history.of(FileAsked):
            taken = asked.op_id in history.accepts
            invoke = history.operations.get(asked.op_id)
            if invoke is None or asked.op_id in history.refusals:
                continue
            self._number[asked.op_id] = (asked.device, invoke.author_n)
            if asked.drops:
                dropping = Version(asked.op_id, asked.device, None, taken)
                self._dropped.setdefault(asked.path, []).append((dropping, asked.drops))
                continue
            for path, file in ((asked.path, asked.file), (asked.was, None)):
                if path:
                    version = Version(asked.op_id, asked.device, file, taken)
                    self.by_path.setdefault(path, []).append(version)

    def knows(self, later: Version, earlier: Version) -> bool:
        """Whether the author of one had the other when it was made."""
        if later.author == earlier.author:
            return self._number[later.op_id][1] > self._number[earlier.op_id][1]
        place = self._places.get(later.author, {}).get(earlier.op_id)
        return place is not None and place <= self._seen.get(later.op_id, 0)

    def unreplaced(self, path: str) -> list[Version]:
        """Those that no other one builds on, and that nobody has dropped."""
        versions = self.by_path.get(path, [])
        return [
            each
            for each in versions
            if not any(other is not each and self.knows(other, each) for other in versions)
            and not any(
                each.file is not None and each.file.digest == digest and self.knows(dropping, each)
                for dropping, digest in self._dropped.get(path, ())
            )
        ]


def beside(path: str, other: str) -> bool:
    """Whether a file lies where a product keeps another version of `path`: the same place, a name that begins so."""
    pure, lies = PurePosixPath(path), PurePosixPath(other)
    return lies.parent == pure.parent and lies.name.startswith(pure.stem)


def last_look(history: History) -> dict[str, Folder]:
    """The folders of the devices that were looked at when folders were last looked at."""
    notes = history.notes("folders_looked")
    if not notes:
        return {}
    names = notes[-1].fields["devices"]
    assert isinstance(names, (list, tuple)), f"the evidence has {names!r} where a list belongs"
    latest = {line.device: line for line in history.of(Folder)}
    return {str(name): latest[str(name)] for name in names if str(name) in latest}


def at_deadline(history: History, deadline: int) -> dict[str, Folder]:
    """The folders as they were last looked at by then."""
    return {line.device: line for line in history.of(Folder) if line.t_ns <= deadline}


def differences(folders: dict[str, Folder]) -> Iterator[str]:
    """How folders differ from the first of them, for people."""
    reference = next(iter(folders), "")
    for name, folder in folders.items():
        mine, theirs = folders[reference].files, folder.files
        paths = sorted({path for path in {*mine, *theirs} if mine.get(path) != theirs.get(path)})
        if paths:
            yield "; ".join(_difference(path, reference, mine, name, theirs) for path in paths[:3]) + (
                f"; and {len(paths) - 3} more" if len(paths) > 3 else ""
            )


def _difference(
    path: str, one: str, mine: dict[str, FileState], other: str, theirs: dict[str, FileState]
) -> str:
    if path not in theirs:
        return f'{one} has "{path}" and {other} does not'
    if path not in mine:
        return f'{other} has "{path}" and {one} does not'
    what = "content" if mine[path].digest != theirs[path].digest else "permissions"
    return f'{one} and {other} have "{path}" with different {what}'


def _places(history: History, name: str) -> dict[str, int]:
    entries: Sequence[str] = [entry.op_id for entry in history.deliveries(name)]
    return {op_id: place for place, op_id in reversed(list(enumerate(entries, 1)))}
