"""Which versions of a file there were, and which of them were replaced, by what devices were asked for.

What an author had is exact: the first `seen` entries of its delivery log when it took the change (see Accept). Of
several versions that it had side by side, a change replaces the one that was shown to its user, and leaves the others
alone. When more than half of all members (a hostile one is one of them) have voted for one of several versions, it
replaces the others; the first vote of a device on the same versions counts. A device that was reinstalled knows what
it gets from then on. No clock of the product is asked.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, installation
from syncproof.workloads.files.records import FileAsked, FileState


@dataclass(frozen=True, eq=False)
class Version:
    """What a change made of one path.

    file: None for a deletion. taken: its device has accepted it. found: digests of the versions that lay there before,
    the shown one first; empty where nobody looked. drops: digest of the one version that it takes away.
    """

    op_id: str
    author: str
    file: FileState | None
    taken: bool
    found: tuple[str, ...] = ()
    drops: str = ""


@dataclass
class _Changes:
    """All changes of a path, in the order in which they were asked for.

    replaced: change -> the versions that it surely replaces. perhaps: versions that may have been replaced.
    """

    made: list[Version] = field(default_factory=list)
    replaced: dict[Version, set[Version]] = field(default_factory=dict)
    perhaps: set[Version] = field(default_factory=set)


class Versions:
    """Of all paths of a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        #: Device and installation -> change -> its place in the delivery log.
        self._places = {
            (name, installed): _places(log.of_installation(installed).latest)
            for name, log in history.devices.items()
            for installed in range(installation(log.incarnation) + 1)
        }
        self._seen = {op_id: accept.seen for op_id, accept in history.accepts.items()}
        self._number: dict[str, tuple[str, int]] = {}
        self._changes: dict[str, _Changes] = {}
        #: Path and the versions that are voted on -> device -> its vote.
        self._votes: dict[tuple[str, frozenset[str]], dict[str, str]] = {}
        for asked in history.of(FileAsked):
            invoke = history.operations.get(asked.op_id)
            if invoke is None or asked.op_id in history.refusals:
                continue
            self._number[asked.op_id] = (asked.device, invoke.author_n)
            taken = asked.op_id in history.accepts
            if asked.votes_for:
                self._vote(asked, len(history.devices) + len(history.outsiders), taken=taken)
                continue
            found = () if asked.was else asked.found
            made = Version(asked.op_id, asked.device, asked.file, taken, found, asked.drops)
            self._add(asked.path, made)
            if asked.was:
                self._add(asked.was, Version(asked.op_id, asked.device, None, taken, asked.found))
        #: Path -> its versions; that one of several was dropped is none.
        self.by_path = {
            path: versions
            for path, changes in self._changes.items()
            if (versions := [each for each in changes.made if not each.drops])
        }

    def knows(self, later: Version, earlier: Version) -> bool:
        """Whether the author of one had the other when it was made."""
        installed = self._history.installation_of(later.op_id)
        if later.author == earlier.author and installed == self._history.installation_of(earlier.op_id):
            return self._number[later.op_id][1] > self._number[earlier.op_id][1]
        place = self._places.get((later.author, installed), {}).get(earlier.op_id)
        return place is not None and place <= self._seen.get(later.op_id, 0)

    def unreplaced(self, path: str, *, surely: bool = False) -> list[Version]:
        """Those that no change is known to have replaced. surely: none can have."""
        changes = self._changes.get(path, _Changes())
        gone = set().union(*changes.replaced.values(), changes.perhaps if surely else ())
        return [each for each in self.by_path.get(path, ()) if each not in gone]

    def before(self, path: str, op_id: str) -> tuple[FileState | None, bool]:
        """What is there again when a change is taken back, and whether its version was the only one.

        That is what it surely replaced; nothing, where others have replaced that as well.
        """
        changes = self._changes[path]
        undone = next(each for each in changes.made if each.op_id == op_id)
        alone = not any(each is not undone for each in self.unreplaced(path))
        living = [each.file for each in changes.replaced[undone] if each.file is not None]
        return (living[0] if alone and living else None), alone

    def ended(self, path: str, deletion: Version) -> set[Version]:
        """The versions that were surely no more when this deletion had been made."""
        changes = self._changes[path]
        return changes.replaced[deletion].union(*self._replaced_before(changes, deletion))

    def lying(self, path: str, files: Mapping[str, FileState]) -> dict[str, FileState]:
        """The files of a folder that are versions of a path: at it, and beside it."""
        return lying(path, files, self.by_path)

    def _vote(self, asked: FileAsked, devices: int, *, taken: bool) -> None:
        """A vote by which one version has a majority replaces the others; perhaps, where nobody knows it was taken."""
        given = self._votes.setdefault((asked.path, frozenset(asked.found)), {})
        first = asked.device not in given
        given.setdefault(asked.device, asked.votes_for)
        votes = sum(stays == asked.votes_for for stays in given.values())
        changes = self._changes.get(asked.path)
        if changes is None or not first or votes != devices // 2 + 1:
            return
        gone = {
            each
            for each in changes.made
            if each.file is not None and each.file.digest in set(asked.found) - {asked.votes_for}
        }
        if taken:
            changes.replaced[Version(asked.op_id, asked.device, None, taken)] = gone
        else:
            changes.perhaps |= gone

    def _add(self, path: str, made: Version) -> None:
        changes = self._changes.setdefault(path, _Changes())
        had = [each for each in changes.made if self.knows(made, each)]
        heads = set(had).difference(*self._replaced_before(changes, made))
        replaces = _replaces(made, heads, changes.perhaps)
        if replaces is None or not made.taken:  # one of several, nobody knows which; or perhaps none
            changes.perhaps |= heads if replaces is None else replaces
            replaces = set()
        changes.replaced[made] = replaces
        changes.made.append(made)

    def _replaced_before(self, changes: _Changes, made: Version) -> list[set[Version]]:
        return [changes.replaced[each] for each in changes.made if self.knows(made, each)]


def _replaces(made: Version, heads: set[Version], perhaps: set[Version]) -> set[Version] | None:
    """Which of the versions that its author had a change replaces; None where that cannot be known."""
    if made.drops:
        return {each for each in heads if each.file is not None and each.file.digest == made.drops}
    living = {each for each in heads if each.file is not None}
    digests = {each.file.digest for each in living if each.file is not None}
    if len(digests) < 2:
        return heads
    must = {each.file.digest for each in living - perhaps if each.file is not None}
    if not made.found or not must <= set(made.found) <= digests:
        return None  # nobody looked, or another version came in between
    return {each for each in living if each.file is not None and each.file.digest == made.found[0]}


def lying(path: str, files: Mapping[str, FileState], named: Container[str]) -> dict[str, FileState]:
    """The files that are versions of a path. named: paths that users have written themselves."""
    return {
        lies: file
        for lies, file in files.items()
        if lies == path or (beside(path, lies) and lies not in named)
    }


def beside(path: str, other: str) -> bool:
    """Whether a file lies where a product keeps another version of `path`: the same place, a name that says so.

    The name begins like that of the file, behind which no letter or digit follows, and ends like it or goes on.

    Example: ``plan (conflict Bob-2).txt`` and ``plan.txt.orig`` for ``plan.txt``, and not ``planning.txt``.
    """
    pure, lies = PurePosixPath(path), PurePosixPath(other)
    if lies.parent != pure.parent:
        return False
    if lies.name == pure.name or _goes_on(pure.name, lies.name):
        return True
    return _goes_on(pure.stem, lies.name) and lies.suffix == pure.suffix


def _goes_on(begin: str, name: str) -> bool:
    """Whether a name is more than this beginning, which ends there as a word."""
    return name.startswith(begin) and not name[len(begin) : len(begin) + 1].isalnum() and name != begin


def _places(log: Sequence[Deliver]) -> dict[str, int]:
    return {entry.op_id: place for place, entry in reversed(list(enumerate(log, 1)))}
