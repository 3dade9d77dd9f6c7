"""The folder of the histories: one file for each attempt of each test, and none is ever overwritten."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

#: Characters of a test's title in the name of its evidence; file systems take 255 bytes.
LONGEST_NAME = 120


@dataclass(frozen=True)
class Attempt:
    """One attempt of a test. number: from 1, within its run and process. path: the file of its history."""

    number: int
    path: Path


@dataclass(frozen=True)
class EvidenceFolder:
    """Names histories `TITLE.RUN.PROCESS.ATTEMPT.jsonl`.

    directory: where they go. run: when the run began, like `20260131-235959`. process: number of this robot within
    its run. log: folder of the log.html in the end, where links to the evidence start.
    """

    directory: Path
    run: str
    process: int
    log: Path

    def claim(self, title: str) -> Attempt:
        """The next attempt of a test, with an empty file that nobody else has. Raises OSError.

        Two tests of one title, a retry, and another robot with the same folder each get a file of their own.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            path = self.directory / f"{file_name(title)}.{self.run}.{self.process}.{number}.jsonl"
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
            except FileExistsError:
                continue
            return Attempt(number, path)
        raise AssertionError("unreachable: counting has no end")

    def link(self, path: Path) -> str:
        """From log.html to a file of this folder, as a relative URL."""
        return quote(os.path.relpath(path, self.log))


def slug(title: str) -> str:
    """A title in letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def file_name(title: str) -> str:
    """A title as a file name that no other title has, whatever alphabet it is written in, and however long."""
    name = slug(title)
    if name == re.sub(r"[ .]+", "-", title.lower()) and len(name) <= LONGEST_NAME:
        return name
    return f"{name[-LONGEST_NAME:]}-{hashlib.sha256(title.encode()).hexdigest()[:8]}".strip("-")
