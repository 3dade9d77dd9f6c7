"""A product's server gets an environment of its own, once, whoever else asks for it at that time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from syncproof.systems.installing import install
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find

MANIFEST = """
name = "{name}"
[agent]
command = ["./agent"]
[install]
server = "server-requirements.txt"
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Manifest]:
    """One whose server needs nothing at all; its environment is removed afterwards."""
    (tmp_path / "agent").touch(mode=0o755)
    (tmp_path / "server-requirements.txt").touch()
    name = f"installed-{uuid4().hex[:8]}"
    (tmp_path / "product.toml").write_text(MANIFEST.format(name=name))
    product = find(str(tmp_path / "product.toml"))
    yield product
    shutil.rmtree(product.environment, ignore_errors=True)


def test_two_runs_that_install_side_by_side_both_have_it(product: Manifest) -> None:
    command = [sys.executable, "-m", "syncproof.cli.main", "install", str(product.folder / "product.toml")]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert Path(product.python).parents[1] == product.environment


def test_what_an_ended_run_left_half_made_is_made_anew(product: Manifest) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(product.environment)], check=True)
    install(product)
    subprocess.run([product.python, "-m", "pip", "--version"], check=True)
