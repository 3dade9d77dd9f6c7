"""The folder itself: what a user has changed in it, and how versions of others come to lie there.

A file is written beside the folder, synced to disk, and then renamed: whoever looks sees the old file or the new one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from syncproof_products.peers.agent.inside import Inside
from syncproof_products.peers.agent.store import Laid, Store
from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.lists import blocks_in, named
from syncproof_products.peers.core.model import Content

BLOCK_BYTES = 64 * 1024
#: That a program runs as its owner, or as its group, is nothing that one peer may say to another.
_PERMISSIONS = 0o777
_LOCK_SUFFIX, _LOCK_MODE = ".peers-lock", 0o644
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What a user did to a file.

    source, op: whose version lay there, "" for none. content, status: read together; None where it is gone.
    """

    path: str
    source: str
    op: str
    content: Content | None
    status: os.stat_result | None = None


class Folder:
    """root: where the files lie. aside: a directory on the same disk, for files that are being written."""

    def __init__(self, root: Path, aside: Path, store: Store) -> None:
        self.root, self._inside, self._store = root, Inside(root, aside), store
        root.mkdir(parents=True, exist_ok=True)
        aside.mkdir(parents=True, exist_ok=True)
        for leftover in aside.iterdir():
            leftover.unlink()
        self.laid = store.laid()
        #: Path -> where its versions lie.
        self._lying: defaultdict[str, set[str]] = defaultdict(set)
        for each in self.laid.values():
            self._lying[each.source].add(each.path)
        self._seen: dict[str, tuple[tuple[int, int, int], str]] = {}
        #: What lies there and is told nobody: as it was read, and what was in it.
        self._refused: dict[str, tuple[tuple[int, int, int, int], Content]] = {}
        #: How many files were read to find out what is in them, since the start.
        self.hashed = 0
        #: Paths whose lock files are not as they are to be, and why.
        self._unshown: dict[str, str] = {}

    # -- what lies there

    def tree(self) -> dict[str, dict[str, object]]:
        """Every file by its path: sha256 of its bytes, their number, its permissions."""
        found = {}
        for path, status in self._files():
            with suppress(OSError):
                digest = self._digest(path, status)
                found[path] = {"digest": digest, "size": status.st_size, "mode": stat.S_IMODE(status.st_mode)}
        return found

    def changes(self, paths: Iterable[str] | None = None) -> list[Found]:
        """What differs from how files were left; paths: look at these only. The blocks of what is new are stored.

        That a file was written again as it was is no change. What cannot be read now is left for the next look.
        """
        there: dict[str, os.stat_result | None] = {}
        if paths is None:
            there = {**dict.fromkeys(self.laid), **dict(self._files())}
        else:
            for path in filter(_is_shared, paths):
                with suppress(OSError):
                    there[path] = self._inside.status(path)
        found: list[Found] = []
        same: list[Laid] = []
        for path, status in sorted(there.items()):
            laid = self.laid.get(path)
            if status is None:
                if laid is not None:
                    found.append(Found(path, laid.source, laid.op, None))
            elif laid is None or not _is_untouched(laid, status):
                try:
                    content, status = self._read(path)
                except OSError:
                    continue
                if laid is not None and (content.digest, content.mode) == (laid.digest, laid.mode):
                    same.append(_laid(path, laid.source, laid.op, content, status))
                else:
                    source, op = (laid.source, laid.op) if laid else ("", "")
                    found.append(Found(path, source, op, content, status))
        self._remember(same)
        return found

    # -- what comes to lie there

    def lay(self, source: str, heads: Mapping[str, Head]) -> list[str]:
        """Let the versions of one path lie where `core.heads.layout` says. Answers paths that a user has changed.

        Those are left alone: what the user did there has to be taken in first. Raises OSError where one cannot be laid;
        what was laid before that counts.
        """
        touched: list[str] = []
        new: list[Laid] = []
        gone: list[str] = []
        before = sorted(self._lying.get(source, ()))
        try:
            for path in filter(_is_shared, dict.fromkeys([*heads, *before])):
                laid, head = self.laid.get(path), heads.get(path)
                content = head.content if head else None
                if laid is not None and head is not None and laid.op == head.op:
                    continue
                if not self._is_ours(path, laid, content):
                    touched.append(path)
                elif content is None or head is None:
                    self._inside.remove(path)
                    gone.append(path)
                else:
                    new.append(_laid(path, source, head.op, content, self._write(path, content)))
        finally:
            self._remember(new, gone)
        return touched

    def _is_ours(self, path: str, laid: Laid | None, content: Content | None) -> bool:
        """Whether what lies there is as it was left, or what is to lie there: then it may be replaced."""
        status = self._inside.status(path)
        if status is None:
            return laid is None or content is None
        if laid is not None and _is_untouched(laid, status):
            return True
        if content is None:
            return False
        with suppress(OSError):
            return self._read(path)[0].said == content.said
        return False

    def put(self, path: str, data: bytes, mode: int) -> None:
        """Write a file as a user's program does."""
        self._inside.place(path, [data], mode)

    # -- lock files

    def show_locks(self, locks: Mapping[str, str]) -> None:
        """Let a lock file lie beside each of these paths, and no other one. locks: what they say.

        What cannot be done now is left for the next time.
        """
        before = set(self._store.lock_files())
        if locks.keys() - before:
            self._store.put_lock_files([*before, *locks])
        wrong_before, self._unshown = self._unshown, {}
        for path in before | locks.keys():
            try:
                if path not in locks:
                    self._inside.remove(lock_file(path))
                elif self.lock_file_says(path) != locks[path]:
                    self._inside.place(lock_file(path), [locks[path].encode()], _LOCK_MODE)
            except OSError as wrong:
                self._unshown[path] = str(wrong)
                if wrong_before.get(path) != str(wrong):
                    _log.warning("the lock file of %s cannot be changed: %s", path, wrong)
        if (there := self._unshown.keys() | locks.keys()) != before | locks.keys():
            self._store.put_lock_files([*there])

    def lock_file_says(self, path: str) -> str | None:
        """None where there is none that can be read."""
        try:
            with self._inside.open(lock_file(path)) as file:
                return file.read().decode(errors="replace")
        except OSError:
            return None

    # -- inside

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Regular files. Links, sockets and fifos are nobody's to share, and no link leads out of the folder.

        Nor are lock files, and files whose name is no text in UTF-8.
        """
        for where, _, names in os.walk(self.root):
            folder = os.path.relpath(where, self.root)
            for name in names:
                with suppress(FileNotFoundError):
                    status = os.lstat(f"{where}/{name}")
                    path = name if folder == os.curdir else f"{folder}/{name}"
                    if stat.S_ISREG(status.st_mode) and _is_shared(path):
                        yield path, status

    def _digest(self, path: str, status: os.stat_result) -> str:
        laid = self.laid.get(path)
        if laid is not None and _is_untouched(laid, status):
            return laid.digest
        key = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = self._seen.get(path)
        if known is None or known[0] != key:
            self.hashed += 1
            with self._inside.open(path) as file:
                known = (key, hashlib.file_digest(file, "sha256").hexdigest())
            self._seen[path] = known
        return known[1]

    def _read(self, path: str) -> tuple[Content, os.stat_result]:
        """What is in a file, and its status then; its blocks are stored. Raises OSError.

        Read once more where it changed meanwhile; BlockingIOError where it does not stand still.
        """
        with self._inside.open(path) as file:
            refused = self._refused.get(path)
            if refused is not None and refused[0] == _version(status := os.fstat(file.fileno())):
                return refused[1], status
            for _ in range(2):
                self.hashed += 1
                status = os.fstat(file.fileno())
                file.seek(0)
                whole, blocks, size = hashlib.sha256(), [], 0
                while (data := file.read(BLOCK_BYTES)) and size <= status.st_size:
                    whole.update(data)
                    size += len(data)
                    blocks.append(hashlib.sha256(data).hexdigest())
                    self._store.keep(blocks[-1], data)
                after = os.fstat(file.fileno())
                if (after.st_mtime_ns, after.st_size) == (status.st_mtime_ns, size):
                    mode = after.st_mode & _PERMISSIONS
                    names, lists = named(blocks)
                    for name, data in lists.items():
                        self._store.keep(name, data)
                    return Content(whole.hexdigest(), size, mode, names), after
        raise BlockingIOError(f"{path} changes while it is read")

    def _write(self, path: str, content: Content) -> os.stat_result:
        blocks = (self._store.block(digest) for digest in blocks_in(content, self._store.block))
        return self._inside.place(path, blocks, content.mode & _PERMISSIONS)

    def _remember(self, files: Sequence[Laid], gone: Sequence[str] = ()) -> None:
        if files or gone:
            self._store.put_laid(files, gone)
            for path in (*gone, *(each.path for each in files)):
                if (was := self.laid.pop(path, None)) is not None:
                    self._lying[was.source].discard(path)
            for each in files:
                self.laid[each.path] = each
                self._lying[each.source].add(each.path)

    def forget(self, sources: Sequence[str]) -> None:
        """Whatever lies there as a version of these paths is something that a user wrote from now on."""
        self._remember([], [path for source in sources for path in self._lying.get(source, ())])

    def release(self, path: str) -> None:
        """What lies there is something that a user wrote from now on, and no version of anything."""
        self._remember([], [path])

    def refuse(self, found: Found) -> bool:
        """Nobody is told of what was found: it is not read again as long as it stays so. Answers whether it is new."""
        assert found.content is not None, "it was read"
        assert found.status is not None, "it was read"
        refused = _version(found.status), found.content
        new = self._refused.get(found.path) != refused
        self._refused[found.path] = refused
        return new

    def adopt(self, found: Found, op: str) -> None:
        """What was found is this operation's version. A user who has gone on since then will be seen to."""
        if found.content is None or found.status is None:
            self._remember([], [found.path])
        else:
            source = found.source or found.path
            self._remember([_laid(found.path, source, op, found.content, found.status)])


def lock_file(path: str) -> str:
    """Where the lock file of a path lies: ``docs/.plan.txt.peers-lock`` for ``docs/plan.txt``."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name}{_LOCK_SUFFIX}"


def _is_lock_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(_LOCK_SUFFIX) and len(name) > 1 + len(_LOCK_SUFFIX)


def _is_shared(path: str) -> bool:
    """A name that is no text in UTF-8 others could not be told of; lock files each peer has of its own."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return not _is_lock_file(path)


def _version(status: os.stat_result) -> tuple[int, int, int, int]:
    """What differs where a file was written anew."""
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode


def _is_untouched(laid: Laid, status: os.stat_result) -> bool:
    return (laid.mtime_ns, laid.size, laid.inode, laid.mode) == (
        status.st_mtime_ns,
        status.st_size,
        status.st_ino,
        status.st_mode & _PERMISSIONS,
    )


def _laid(path: str, source: str, op: str, content: Content, status: os.stat_result) -> Laid:
    return Laid(
        path,
        source,
        op,
        content.digest,
        content.mode & _PERMISSIONS,
        status.st_mtime_ns,
        content.size,
        status.st_ino,
    )
