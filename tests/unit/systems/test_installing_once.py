"""One run installs at a time: others wait for it, not for ever, and only where they have something to install."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.report import product_pass
from syncproof.systems import installing
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.installing import install
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find

MANIFEST = """
name = "mine"
[agent]
command = ["./agent"]
[requires]
programs = ["agent"]
[install]
{install}
"""
APT = 'apt = ["agent"]'
SERVER = 'server = "requirements.txt"'


def product(folder: Path, wanted: str) -> Manifest:
    (folder / "agent").touch(mode=0o755)
    (folder / "requirements.txt").touch()
    (folder / "product.toml").write_text(MANIFEST.format(install=wanted))
    return find(str(folder / "product.toml"))


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The environment of the run, into which another one installs meanwhile."""
    place = tmp_path / "prefix"
    place.mkdir()
    monkeypatch.setattr(sys, "prefix", str(place))
    with (place / "installing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def test_who_waits_for_another_run_for_too_long_says_so(
    tmp_path: Path, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_LIMIT_S", 0.2)
    said = (
        f"mine cannot be installed here. Another run has been installing into {prefix} for more than 0.2 s."
    )
    with pytest.raises(SystemNotThere) as refused:
        install(product(tmp_path, SERVER))
    assert str(refused.value) == said


@pytest.mark.usefixtures("prefix")
def test_who_has_all_of_its_programs_waits_for_nobody(tmp_path: Path) -> None:
    install(product(tmp_path, APT))


def test_who_has_all_of_its_programs_needs_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = product(tmp_path, APT)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "nowhere"))
    install(mine)
    (mine.folder / "agent").unlink()
    with pytest.raises(SystemNotThere, match=r"mine cannot be installed into .*nowhere"):
        install(mine)


def test_a_pip_that_does_not_answer_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "_ANSWER_S", 0.2)
    hangs = tmp_path / "python"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n")
    hangs.chmod(0o755)
    assert not installing._has_pip(hangs)


def test_an_installation_that_takes_too_long_ends_before_the_patience_of_ci() -> None:
    assert installing._LIMIT_S < product_pass._PATIENCE_S
