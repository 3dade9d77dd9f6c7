"""SYSTEM: a name, a file, a folder, and a variant behind name or folder; a driver of the product's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest

from syncproof.systems.driver import Driver
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import ManifestError
from syncproof.systems.products import drive, find
from syncproof.systems.stack import Stack

MANIFEST = """
name = "my-notes"
{driver}
[agent]
command = ["./agent"]
[variant.encrypted]
"""
DRIVER = """
from syncproof.systems.driver import Driver
class Mine(Driver):
    def identity(self, label):
        return f"@{label}"
class Other:
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    (made / "product.toml").write_text(MANIFEST.format(driver=""))
    return made


def test_it_is_found_by_file_and_by_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for system in (str(folder / "product.toml"), str(folder), f"{folder}/"):
        assert (find(system).system, find(system).folder) == ("my-notes", folder)
    assert find(f"{folder}-encrypted").system == "my-notes-encrypted"
    monkeypatch.chdir(folder.parent)
    assert find("notes").system == "my-notes"
    monkeypatch.chdir(folder)
    assert find("product.toml").folder == folder
    assert find("./product.toml").folder == folder


def test_a_product_of_this_project_is_found_by_its_name_whatever_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bundled").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find("bundled").system == "bundled"
    assert find("matrix-encrypted").system == "matrix-encrypted"


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("{folder}/nothing", "there is no file {folder}/nothing/product.toml. Name a product.toml or its folder."),
        ("{folder}/other.toml", "there is no file {folder}/other.toml."),
        ("{folder}/..", "there is no file {folder}/../product.toml."),
        ("bundeld", "Did you mean bundled? Known here: bundled, "),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(folder: Path, system: str, said: str) -> None:
    with pytest.raises(SystemNotThere, match=re.escape(said.format(folder=folder))):
        find(system.format(folder=folder))


def test_a_variant_that_the_manifest_does_not_have_is_named(folder: Path) -> None:
    with pytest.raises(ManifestError, match=r"has no \[variant\.secret\]"):
        find(f"{folder}-secret")


def driven(folder: Path, driver: str, source: str) -> Driver:
    (folder / "product.toml").write_text(MANIFEST.format(driver=f'driver = "{driver}"'))
    (folder / "driver.py").write_text(source)
    return drive(find(str(folder)), cast(Stack, None), 1.0)  # nothing is started


def test_a_driver_lies_in_a_file_of_the_product(folder: Path) -> None:
    assert driven(folder, "driver.py:Mine", DRIVER).identity("Alice-1") == "@Alice-1"


@pytest.mark.parametrize(
    ("driver", "source", "said"),
    [
        ("drive.py:Mine", DRIVER, "cannot be imported: FileNotFoundError"),
        ("driver.py:Yours", DRIVER, "has no attribute 'Yours'"),
        ("driver.py:Other", DRIVER, "is no subclass of syncproof.systems.driver.Driver"),
        ("driver.py:Mine", "def", "cannot be imported: SyntaxError"),
        ("driver.py:Mine", "1 / 0", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_driver_that_cannot_be_used_is_named(folder: Path, driver: str, source: str, said: str) -> None:
    with pytest.raises(ManifestError, match=re.escape(f"'{driver}' of my-notes") + ".*" + re.escape(said)):
        driven(folder, driver, source)
