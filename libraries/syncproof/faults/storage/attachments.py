"""Faults of several attachments that a server keeps, at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from syncproof.faults.storage.attachment import Files
from syncproof.kernel.fault import Fault


class StoredAttachments(Fault):
    """Something done to the files of attachments. It ends by putting back the bytes that were there.

    paths: the file of each, by the sha256 of what the server was given. served: what the server hands out for one (None
    for nothing), by which the harness sees for itself that the fault bit and that it healed.
    """

    engine = "storage"

    def __init__(
        self, server: str, files: Files, paths: Mapping[str, str], served: Callable[[str], bytes | None]
    ) -> None:
        super().__init__((server,), ())
        self.files, self._paths, self._served = files, dict(paths), served
        self._kept: dict[str, bytes] = {}
        self.requested = f"{len(self._paths)} attachments"

    def begin(self) -> None:
        for path in self._paths.values():
            kept = self.files.read(path)
            if not kept:
                raise FileNotFoundError(path)
            self._kept[path] = kept
            self.damage(path, kept)

    def proof(self) -> str | None:
        served = [self._served(digest) for digest in self._paths]
        right = any(_is(each, digest) for each, digest in zip(served, self._paths, strict=True))
        return None if right else self.seen(served)

    def end(self) -> None:
        for path, kept in self._kept.items():
            self.files.write(path, kept)

    def healed(self) -> str | None:
        right = sum(_is(self._served(digest), digest) for digest in self._paths)
        return f"the relay handed out all {right} as they were" if right == len(self._paths) else None

    def damage(self, path: str, content: bytes) -> None:
        """Do it to a file, which holds this."""
        raise NotImplementedError

    def seen(self, served: list[bytes | None]) -> str | None:
        """What shows that it bit, where none of them was handed out as it was."""
        raise NotImplementedError


class ReadsOtherBytes(StoredAttachments):
    """Of every one of them one bit is read back as another one. Sizes are what they were."""

    kind = "storage_misreading"
    called = "storage that reads back other bytes"

    def damage(self, path: str, content: bytes) -> None:
        middle = len(content) // 2
        self.files.write(path, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])

    def seen(self, served: list[bytes | None]) -> str | None:
        return None if None in served else f"the relay handed out {len(served)} attachments with other hashes"


class LosesAttachments(StoredAttachments):
    """They are gone."""

    kind = "storage_losing"
    called = "attachments missing on the relay"

    def damage(self, path: str, content: bytes) -> None:
        self.files.remove(path)

    def seen(self, served: list[bytes | None]) -> str | None:
        gone = served.count(None)
        return f"the relay said that it has none of {gone}" if gone == len(served) else None


def _is(served: bytes | None, digest: str) -> bool:
    return served is not None and hashlib.sha256(served).hexdigest() == digest
