from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.evidence.recorder.client import RecorderClient


@pytest.fixture(scope="session")
def recorder_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A recorder as a process of its own: its pid and its socket."""
    directory = tmp_path_factory.mktemp("recorder")
    config = directory / "config.json"
    config.write_text(json.dumps({"directory": str(directory)}))
    process = subprocess.Popen(
        [sys.executable, "-m", "syncproof.evidence.recorder", "--config", str(config)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    yield process.pid, Path(ready["socket"])
    process.terminate()
    assert process.wait(5) == 0, "SIGTERM ends the recorder cleanly"
    assert not Path(ready["socket"]).exists()


@pytest.fixture
def recorder(recorder_process: tuple[int, Path]) -> Iterator[RecorderClient]:
    with RecorderClient(recorder_process[1]) as client:
        yield client
