"""What peers tell each other: changes of files, in operations that each author numbers from 1."""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec

from syncproof_synckit.relative_path import RelativePath

#: What a device may be called: copies of files are called after devices.
DEVICE = r"[^/\x00-\x1f\x7f]{1,64}"
#: What a peer counts. What it tells others is no more than that, so that nobody stores what cannot be counted on.
MOST = 2**53
Number = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
#: How many operations of each author somebody has.
Clock = dict[str, Number]

_encode = msgspec.msgpack.Encoder().encode
_OF = "~"
#: Bytes of a signature, and of what else is around an operation.
_SIGNATURE = 80


def author_of(device: str, installation: str) -> str:
    """Under which name a device's operations go. installation: another one whenever it begins with nothing.

    A device that has lost what it wrote counts from 1 again: under its old name these would be other operations.
    """
    return f"{device}{_OF}{installation}"


def device_of(author: str) -> str:
    """The device whose operations go under a name."""
    return author.rpartition(_OF)[0] or author


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What is in a file.

    digest: sha256 of its bytes. mode: its permissions. blocks: sha256 of each part of it, in order.
    """

    digest: str
    size: Number
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o7777)]
    blocks: tuple[str, ...]

    @property
    def said(self) -> tuple[str, int]:
        """All that a user sees of it: two files that have this in common are the same."""
        return self.digest, self.mode


class Change(msgspec.Struct, frozen=True, array_like=True):
    """A new version of a path. parents: the operations whose versions it replaces. content: None for a deletion."""

    path: RelativePath
    parents: tuple[str, ...]
    content: Content | None

    def length(self) -> int:
        """Bytes that it has in a message."""
        return len(_encode(self))


class Vote(msgspec.Struct, frozen=True, array_like=True):
    """For which version of a path its author is, and against which others: the operations that made them."""

    path: RelativePath
    stays: str
    over: tuple[str, ...]

    @property
    def candidates(self) -> frozenset[str]:
        """All that it is about."""
        return frozenset((self.stays, *self.over))

    def length(self) -> int:
        """Bytes that it has in a message."""
        return len(_encode(self))


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """Who may read the files whose paths fit a pattern, and who may write them, see `core.access`.

    readers: devices. writers: authors, and not devices: a member could make itself another key under any name. Empty
    ones stand for everybody.
    """

    pattern: str
    readers: tuple[str, ...]
    writers: tuple[str, ...]


class Op(msgspec.Struct, frozen=True, array_like=True):
    """Changes, votes and rules that take effect together.

    author: see `author_of`. before: fingerprint of the author's last one, "" for none: each author's operations are a
    chain. after: how many operations of the others its author had then. depth: more than that of any operation which
    its author had, or the most that is counted. key: under which an application asked for it, "" for none. written:
    when, by its author's clock, which may be wrong. public, signature: see `core.signing`.
    readers: devices that may know what it says; empty: everybody. All others are told its `veil` in place of that: a
    hash, with `salt`, which nobody can guess, so that guesses cannot be tried out.
    """

    author: str
    seq: Number
    before: str
    after: Clock
    depth: Number
    changes: tuple[Change, ...]
    key: str
    written: float
    votes: tuple[Vote, ...] = ()
    public: bytes = b""
    signature: bytes = b""
    rules: tuple[Rule, ...] = ()
    readers: tuple[str, ...] = ()
    salt: bytes = b""
    veil: bytes = b""

    @property
    def id(self) -> str:
        """What it is called; the same everywhere."""
        return f"{self.author}/{self.seq}"

    @property
    def paths(self) -> list[str]:
        """Of which there may be other versions now."""
        changed = [change.path for change in self.changes]
        return list(dict.fromkeys([*changed, *(vote.path for vote in self.votes)]))

    @property
    def size(self) -> int:
        """Bytes of all that it brings."""
        return sum(change.content.size for change in self.changes if change.content is not None)

    def fingerprint(self) -> str:
        """Of all that it says; who may change its signature cannot change that."""
        return hashlib.sha256(self.unsigned()).hexdigest()

    def length(self) -> int:
        """Bytes that it has in a message, at most."""
        return len(_encode(msgspec.structs.replace(self, signature=b""))) + _SIGNATURE

    def unsigned(self) -> bytes:
        """What is signed: the same for those who may not know what it says."""
        shown = self.veiled() if self.readers else self
        return _encode(msgspec.structs.replace(shown, signature=b""))

    def is_for(self, device: str) -> bool:
        """Whether a device may know what it says."""
        return not self.readers or device in self.readers

    def told_to(self, device: str) -> Op:
        """The operation as a device may know it."""
        return self if self.is_for(device) else self.veiled()

    def veiled(self) -> Op:
        """The operation without what it says."""
        if self.veil:
            return self
        said = _encode((self.changes, self.key, self.votes, self.rules))
        return msgspec.structs.replace(
            self,
            changes=(),
            key="",
            votes=(),
            rules=(),
            salt=b"",
            veil=hashlib.sha256(self.salt + said).digest(),
        )

    def is_either(self) -> bool:
        """Whether it says something, or has a veil, and not both: what is beside a veil nobody has signed."""
        said = self.changes or self.key or self.votes or self.rules or self.salt
        return not self.veil or bool(self.readers and not said)
