"""The files of one scenario: what was asked for, and what lies in the folders."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from syncproof.evidence.records import Accept, Interval
from syncproof.kernel.agent import Agent, Operation
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.files.records import FileAsked, FileState, Folder
from syncproof.workloads.files.surface import Action, FileChange, FileSeen, ReadFolder
from syncproof.workloads.files.versions import Versions, lying

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often folders are looked at while something is waited for, at most (ns).
_LOOK_NS = 100_000_000
_MODE = 0o644
_READ_ONLY = 0o444
#: Byte -> a character that is printed.
_PRINTABLE = bytes(33 + byte % 94 for byte in range(256))
_SAID = "what is said again and again takes little room\n"


class Files(State):
    """What devices were asked to do in their folders; each change counts as one of its device's messages."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        #: Digest -> what was written, to know it again.
        self._written: dict[str, str] = {}
        self._named: set[str] = set()
        #: Path -> devices whose users have changed it.
        self._authors: dict[str, set[str]] = {}
        self._made = 0
        self._looked_ns = 0
        #: Device -> what lay in its folder when it was last looked at.
        self.folders: dict[str, dict[str, FileSeen]] = {}
        #: When a folder was last seen to be other than before (ns).
        self.changed_ns = 0

    # -- what devices are asked for

    def write(
        self, name: str, path: str, *, size: int = 0, said: str = "", due_ns: int | None = None
    ) -> None:
        """Enqueue a new version of a file, of so many bytes.

        said: what it says; by default something new. due_ns: when, by default now.
        """
        self._named.add(path)

        def send(number: int, op_id: str) -> None:
            self._submit(name, number, self._change(op_id, "write", path), said or _text(op_id, size))

        self._world.operations.enqueue(name, send, lambda _: f'{name} writes file "{path}"', due_ns=due_ns)

    def write_words(self, name: str, path: str, size: int) -> None:
        """Enqueue a version that says a few words again and again."""
        self._named.add(path)

        def send(number: int, op_id: str) -> None:
            self._submit(name, number, self._change(op_id, "write", path), _words(op_id, size))

        self._world.operations.enqueue(name, send, lambda _: f'{name} writes file "{path}"')

    def alter(self, name: str, path: str, size: int) -> None:
        """Enqueue that so many bytes in the middle of a file say something else, and the rest stays as it is."""
        self.require(path)

        def send(number: int, op_id: str) -> None:
            there = self._folder_of(name).get(path)
            said = self._written[there.digest] if there is not None else ""
            if len(said) <= size:
                raise InvalidScenario(
                    f'{name} does not have so much of file "{path}": {size} bytes in the middle cannot change.'
                )
            at = (len(said) - size) // 2
            new = said[:at] + _random(op_id, size) + said[at + size :]
            self._submit(name, number, self._change(op_id, "write", path), new)

        self._world.operations.enqueue(name, send, lambda _: f'{name} alters file "{path}"')

    def write_alike(self, names: Sequence[str], path: str, size: int) -> None:
        """Enqueue a version of each of several users, who all say the same."""
        self._made += 1
        said = _text(f"{self._world.topology.group}/{path}/{self._made}", size)
        for name in names:
            self.write(name, path, said=said)

    def write_many(self, name: str, count: int, size: int, folder: str = "", *, over_ns: int = 0) -> None:
        """Enqueue so many new files, each a change of its own, at once or spread evenly over a time that starts now.

        folder: where they are, "" for the top.
        """
        start = self._world.scheduler.now()
        for turn in range(1, count + 1):
            self._made += 1
            path = f"{folder}file {self._made}.txt"
            self.write(name, path, size=size, due_ns=start + over_ns * turn // count)

    def write_growing(self, name: str, count: int, size: int) -> None:
        """Enqueue so many new files, each larger than the one before it, the last of so many bytes."""
        for turn in range(1, count + 1):
            self._made += 1
            self.write(name, f"file {self._made}.txt", size=size * turn // count)

    def settle(self, name: str, path: str) -> None:
        """Let a user delete each version that lies beside a file. Raises InvalidScenario where there is none.

        What is due is handed over before.
        """
        self.require(path)
        world = self._world
        world.operations.flush()
        there = self._versions(name, path)
        found = sorted(set(there) - {path})
        if not found or path not in there:
            raise InvalidScenario(
                f'{name} has no other version of "{path}": wait first until it has 2 versions everywhere.'
            )
        self._named.update(found)
        for each in found:
            self._enqueue(name, "delete", each, of=path)

    def delete(self, name: str, path: str) -> None:
        """Enqueue its deletion. Raises InvalidScenario for a file that nobody has written."""
        self.require(path)
        self._enqueue(name, "delete", path)

    def rename(self, name: str, path: str, to: str) -> None:
        """Enqueue a new name for a file."""
        self.require(path)
        self._named.add(to)
        self._enqueue(name, "rename", path, to=to)

    def protect(self, name: str, path: str) -> None:
        """Enqueue that nobody may write a file any more."""
        self.require(path)
        self._enqueue(name, "mode", path)

    def touch(self, name: str, path: str, times: int) -> None:
        """Write a file again as it is, now, so often: only its time changes. It is no operation."""
        self.require(path)
        world = self._world
        world.operations.flush()
        for turn in range(times):
            op_id = f"{world.topology.group}/touch/{name}/{path}/{world.scheduler.now()}/{turn}"
            self._agent(name).ask(self._change(op_id, "touch", path))
            world.note("file_touched", device=name, path=path)

    def take_back(self, name: str, author: str, during: Interval) -> None:
        """Enqueue that each change is undone that another user was asked for in that time, the last one first.

        Raises InvalidScenario where there is none.
        """
        since, until = during
        asked = [line for line in self._world.history.of(FileAsked, author) if since <= line.t_ns < until]
        if not asked or any(line.was for line in asked):
            raise InvalidScenario(
                f"{author} gave a file another name, or changed none in that time: neither can be taken back."
            )
        for line in reversed(asked):
            self._take_back(name, line)

    def _take_back(self, name: str, undone: FileAsked) -> None:
        def send(number: int, op_id: str) -> None:
            versions = Versions(self._world.history)
            before, alone = versions.before(undone.path, undone.op_id)
            digest = undone.file.digest if undone.file else ""
            self._submit(
                name,
                number,
                self._change(op_id, "undo", undone.path, of=undone.op_id),
                self._written[before.digest] if before else "",
                mode=before.mode if before else None,
                drops="" if alone else digest,
                found=(digest,) if alone and digest else (),
            )

        self._world.operations.enqueue(name, send, lambda _: f'{name} undoes a change of "{undone.path}"')

    def vote(self, name: str, author: str, path: str) -> None:
        """Enqueue that a user is for the version that another one has written last."""
        self.require(path)

        def send(number: int, op_id: str) -> None:
            world = self._world
            made = [line for line in world.history.of(FileAsked, author) if line.path == path and line.file]
            there = set(self._versions(name, path).values())
            wanted = made[-1] if made else None
            if wanted is None or wanted.file is None or wanted.file.digest not in there or len(there) < 2:
                raise InvalidScenario(
                    f'{author}\'s "{path}" is not one of several versions that {name} has: wait first until it is.'
                )
            self._submit(
                name,
                number,
                self._change(op_id, "vote", path, of=wanted.op_id),
                "",
                mode=None,
                found=tuple(sorted(there)),
                votes_for=wanted.file.digest,
            )

        self._world.operations.enqueue(name, send, lambda _: f'{name} votes on "{path}"')

    def require(self, path: str) -> None:
        """Raises InvalidScenario for a file that nobody has written."""
        if path not in self._named:
            known = ", ".join(f'"{each}"' for each in sorted(self._named)[:6]) or "none yet"
            raise InvalidScenario(
                f'There is no file "{path}" in this scenario (there are: {known}). Let a device write it first: '
                f"'When Alice writes file \"{path}\"'."
            )

    def _enqueue(self, name: str, action: Action, path: str, *, to: str = "", of: str = "") -> None:
        """of: the path beside which this one lies."""

        def send(number: int, op_id: str) -> None:
            self.do(name, number, op_id, action, path, to=to, of=of)

        self._world.operations.enqueue(name, send, lambda _: f'{name} does "{action}" with file "{path}"')

    def do(
        self,
        name: str,
        number: int,
        op_id: str,
        action: Action,
        path: str,
        *,
        to: str = "",
        of: str = "",
    ) -> None:
        """Ask a device for a change, now. of: the path beside which this one lies.

        Raises InvalidScenario where its folder does not have the file; `write` makes a new one.
        """
        self._named.update({path, to or path})
        if action == "write":
            self._submit(name, number, self._change(op_id, "write", path), _text(op_id, 0))
            return
        there = self._folder_of(name).get(path)
        if there is None:
            raise InvalidScenario(
                f'{name} does not have file "{path}" yet and cannot {action} it: wait for it first.'
            )
        said = "" if action == "delete" else self._written[there.digest]
        mode = _READ_ONLY if action == "mode" else there.mode
        self._submit(
            name,
            number,
            self._change(op_id, action, path, to=to or None, mode=mode if action == "mode" else None),
            said,
            mode=None if action == "delete" else mode,
            path=of,
            drops=there.digest if of else "",
            found=() if of else None,
        )

    def named_by(self, name: str) -> list[str]:
        """Paths in a device's folder that users have named; a version that lies beside one is none."""
        return sorted(self._named.intersection(self._folder_of(name)))

    def _submit(
        self,
        name: str,
        number: int,
        change: FileChange,
        said: str,
        *,
        mode: int | None = _MODE,
        path: str = "",
        drops: str = "",
        found: tuple[str, ...] | None = None,
        votes_for: str = "",
    ) -> None:
        """Ask a device for a change, now; what is asked and that it was taken goes on record.

        said, mode: what the file is then; mode None: it is no more. path: which one, where not that of the change.
        found: what lies there before, where that is known.
        """
        world = self._world
        content, digest = said.encode(), hashlib.sha256(said.encode()).hexdigest()
        self._written[digest] = said
        world.record(
            FileAsked(
                t_ns=world.scheduler.now(),
                device=name,
                op_id=change.op_id,
                action=change.action,
                path=path or change.to or change.path,
                drops=drops,
                file=None if mode is None else FileState(digest=digest, mode=mode),
                was=change.path if change.to else "",
                found=self._found(name, change.path) if found is None else found,
                votes_for=votes_for,
            )
        )
        kind = "delete" if mode is None else "put"
        asked = Operation(op_id=change.op_id, group=change.group, kind=kind, body=said)
        world.operations.invoke(name, name, number, change.group, asked)
        world.operations.author(name).released += 1
        accepted = self._agent(name).ask(change, content if change.action == "write" else b"")
        world.record(
            Accept(
                t_ns=world.scheduler.now(),
                device=name,
                op_id=change.op_id,
                seen=accepted.seen,
                version=accepted.version,
            )
        )

    def _change(self, op_id: str, action: Action, path: str, **more: Any) -> FileChange:
        return FileChange(op_id=op_id, group=self._world.topology.group, action=action, path=path, **more)

    def _found(self, name: str, path: str) -> tuple[str, ...]:
        """Digests of what lies there now, the shown one first, where others have written it too."""
        authors = self._authors.setdefault(path, set())
        authors.add(name)
        if authors == {name}:
            return ()
        there = self._versions(name, path)
        lies = sorted(there, key=lambda each: (each != path, each))
        return tuple(dict.fromkeys(there[each] for each in lies)) if path in there else ()

    def said(self, digest: str) -> str:
        """What was written, by its digest."""
        return self._written[digest]

    def numbers_of(self, path: str) -> list[int]:
        """How many versions of a file each folder had when it was last looked at."""
        return [len(set(self._lying(path, found).values())) for found in self.folders.values()]

    def _versions(self, name: str, path: str) -> dict[str, str]:
        """Where versions of a file lie in a device's folder now, and their digests."""
        return self._lying(path, self._folder_of(name))

    def _lying(self, path: str, found: dict[str, FileSeen]) -> dict[str, str]:
        files = {lies: FileState(digest=each.digest, mode=each.mode) for lies, each in found.items()}
        named = {each for asked in self._world.history.of(FileAsked) for each in (asked.path, asked.was)}
        return {lies: file.digest for lies, file in lying(path, files, named).items()}

    def _agent(self, name: str) -> Agent:
        return self._world.node(name).agent

    def _folder_of(self, name: str) -> dict[str, FileSeen]:
        return self._agent(name).ask(ReadFolder(self._world.topology.group)).files

    # -- what lies in the folders

    def look(self) -> None:
        """Look at the folders of all that can be asked, and put on record what has changed in them."""
        world = self._world
        looked = [node for node in world.topology.nodes.values() if node.presence != "silent"]
        before, self.folders = self.folders, {}
        for node in looked:
            asked_ns, seen = world.scheduler.now(), len(world.history.deliveries(node.name))
            found = self._folder_of(node.name)
            self.folders[node.name] = found
            if found != before.get(node.name, found):
                self.changed_ns = asked_ns
            files = {path: FileState(digest=each.digest, mode=each.mode) for path, each in found.items()}
            world.record(Folder(t_ns=asked_ns, device=node.name, files=files, seen=seen))
        world.note("folders_looked", devices=[node.name for node in looked])

    def look_again(self) -> bool:
        """Look, unless that was just done. Answers whether it did."""
        now = self._world.scheduler.now()
        if now - self._looked_ns < _LOOK_NS:
            return False
        self.look()
        self._looked_ns = self._world.scheduler.now()
        return True

    def all_delivered(self) -> bool:
        """Whether every device was looked at, and has every change that was asked for."""
        world = self._world
        return (
            self.folders.keys() == world.topology.nodes.keys()
            and not world.scheduler.pending
            and not any(world.operations.missing(name, own=True) for name in world.topology.nodes)
        )

    def on_rest(self) -> None:
        """Put on record what lies in the folders at rest."""
        self.look()


def _text(op_id: str, size: int) -> str:
    """What a version says: which it is, and random text up to `size` bytes, which nothing makes much smaller."""
    said = f"{op_id}\n"
    return said + _random(op_id, size - len(said))


def _random(seed: str, size: int) -> str:
    return random.Random(seed).randbytes(max(0, size)).translate(_PRINTABLE).decode()


def _words(op_id: str, size: int) -> str:
    """The same, and the same few words again and again."""
    said = f"{op_id}\n"
    missing = max(0, size - len(said))
    return said + (_SAID * (missing // len(_SAID) + 1))[:missing]
