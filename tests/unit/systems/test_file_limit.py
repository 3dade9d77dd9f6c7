"""A process whose files may grow so far and no further, by the kernel's own limit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.systems.file_limit import ProcessFileLimit

WRITER = """
import sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "wb", buffering=0) as file:
            data = bytes(int(line))
            while data:
                data = data[file.write(data):]
        print("taken", flush=True)
    except OSError as error:
        print(error.strerror, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Writes so many bytes into a file for each line that it is told, and says what became of it."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "file")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def written(process: subprocess.Popen[str], count: int) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{count}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_write_is_cut_at_the_limit_and_taken_again_without_one(
    writer: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert written(writer, 10_000) == "taken"
    limit = ProcessFileLimit(writer.pid)
    before = limit.seen()
    limit.set(5000)
    assert limit.seen() == 5000
    assert written(writer, 10_000) == "File too large"
    assert (tmp_path / "file").stat().st_size == 5000
    assert written(writer, 5000) == "taken"
    limit.lift()
    assert limit.seen() == before
    assert written(writer, 10_000) == "taken"
