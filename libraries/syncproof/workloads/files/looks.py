"""What folders looked like: when all of them were last looked at, and how they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.files.records import FileAsked, FileState, Folder


def last_look(history: History) -> dict[str, Folder]:
    """The folders of the devices that were looked at last; none where a change was asked for since."""
    asked = history.of(FileAsked)
    return at_deadline(history, NEVER, since_ns=asked[-1].t_ns if asked else 0)


def at_deadline(history: History, deadline: int, since_ns: int = 0) -> dict[str, Folder]:
    """The folders of the devices that were looked at when folders were last looked at by then.

    A device that could not be asked is not among them, whatever its folder was like before.
    """
    looks = [note for note in history.notes("folders_looked") if since_ns <= note.t_ns <= deadline]
    if not looks:
        return {}
    names = looks[-1].fields["devices"]
    assert isinstance(names, (list, tuple)), f"the evidence has {names!r} where a list belongs"
    latest = {line.device: line for line in history.of(Folder) if line.t_ns <= looks[-1].t_ns}
    return {str(name): latest[str(name)] for name in names if str(name) in latest}


def unlooked(history: History, folders: Iterable[str], device: str | None = None) -> list[str]:
    """Why the folders do not show all: devices at whose folder nobody looked. device: it alone counts.

    A history in which nobody was asked for a file needs no folders.
    """
    if not history.of(FileAsked):
        return []
    lacks = [name for name in history.devices if name not in folders and device in (None, name)]
    return [f"nobody looked at {name}'s folder" for name in lacks]


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
