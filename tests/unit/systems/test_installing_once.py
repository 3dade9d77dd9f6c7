"""One run installs at a time: others wait for it, not for ever, and only where they have something to install."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

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
        lock.write("theirs (process 1)")
        lock.flush()
        yield place


def test_who_waits_for_another_run_for_too_long_says_so(
    tmp_path: Path, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_LIMIT_S", 0.2)
    said = (
        "mine cannot be installed here. Another run has been installing theirs (process 1) into "
        f"{prefix} for more than 0.2 s."
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


def test_each_of_those_who_install_before_has_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(installing, "_LIMIT_S", 60.0)
    now = iter(range(0, 1000, 50))  # 50 s between two looks
    with (tmp_path / "installing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        others = iter(["theirs", "somebody else's", "hers"])

        def look(_: float) -> None:
            if (name := next(others, None)) is None:
                fcntl.flock(lock, fcntl.LOCK_UN)
            else:
                lock.write(name)
                lock.flush()

        monkeypatch.setattr(installing, "time", SimpleNamespace(monotonic=lambda: next(now), sleep=look))
        with installing._alone(product(tmp_path, SERVER)):
            assert (tmp_path / "installing.lock").read_text() == f"mine (process {os.getpid()})"


def test_a_pip_that_does_not_answer_is_no_reason_to_make_its_environment_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_ANSWER_S", 0.2)
    hangs = tmp_path / "python"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n")
    hangs.chmod(0o755)
    with pytest.raises(SystemNotThere, match=r"python has not answered for 0\.2 s"):
        installing._has_pip(hangs)


def test_an_installation_that_takes_too_long_ends_before_the_patience_of_ci() -> None:
    assert installing._LIMIT_S < product_pass._PATIENCE_S
