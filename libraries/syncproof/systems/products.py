"""Finds the product that a run names: a folder of `syncproof_products`, or somebody's own."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from syncproof.systems.driver import Driver
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import FILE, Manifest, ManifestError
from syncproof.systems.manifest_file import load, variants
from syncproof.systems.stack import Stack

#: Products of this project, a folder each.
FOLDER = Path(__file__).parents[2] / "syncproof_products"


def known() -> list[str]:
    """What a run may give as SYSTEM, besides the path of a manifest; each product and its variants."""
    found = []
    for file in sorted(FOLDER.glob(f"*/{FILE}")):
        found += [file.parent.name, *(f"{file.parent.name}-{variant}" for variant in variants(file))]
    return sorted(found, key=lambda name: (not name.startswith("bundled"), name))


def find(system: str) -> Manifest:
    """The manifest of what a run gives as SYSTEM: a name, the path of a product.toml, or of a folder with one.

    A variant stands behind the name or the folder: `matrix-encrypted`, `../my-notes-encrypted`. Raises SystemNotThere
    for one that nobody knows, ManifestError for a file that cannot be used.
    """
    here = None if "/" in system else _folder(FOLDER, system)
    if here is not None and system[len(here) + 1 :] in ("", *variants(FOLDER / here / FILE)):
        return _named(FOLDER, system)
    path = Path(system)
    if "/" in system or path.suffix == ".toml" or path.is_dir():
        if path.is_file():
            return load(path)
        if (path / FILE).is_file():
            return load(path / FILE)
        if path.exists() or _folder(path.parent, path.name) is None:
            file = path if path.suffix == ".toml" else path / FILE
            raise SystemNotThere(
                f"SYSTEM is '{system}', and there is no file {file}. Name a {FILE} or its folder."
            )
        return _named(path.parent, path.name)
    names = known()
    near = difflib.get_close_matches(system, names, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise SystemNotThere(
        f"SYSTEM is '{system}'.{meant} Known here: {', '.join(names)}; or the path of a {FILE}."
    )


def drive(
    manifest: Manifest,
    stack: Stack,
    scale: float,
    defects: Sequence[str] = (),
    options: Mapping[str, str] | None = None,
) -> Driver:
    """What drives a product on a stack; nothing is started yet. Raises ManifestError, SystemNotThere."""
    kind = _driver_class(manifest) if manifest.driver else Driver
    driver: Driver = kind(manifest, stack, scale, defects, options)
    return driver


def _named(beside: Path, system: str) -> Manifest:
    folder = _folder(beside, system)
    assert folder is not None
    return load(beside / folder / FILE, system[len(folder) + 1 :])


def _folder(beside: Path, system: str) -> str | None:
    """The folder that a name with a variant means: `matrix` for `matrix-encrypted`, unless there is that one."""
    words = system.split("-")
    names = ("-".join(words[:count]) for count in range(len(words), 0, -1))
    return next((name for name in names if (beside / name / FILE).is_file()), None)


def _driver_class(manifest: Manifest) -> type[Driver]:
    file, _, name = manifest.driver.partition(":")
    path = manifest.folder / file
    try:
        module = imported(path)
        kind = getattr(module, name)
    except Exception as wrong:
        raise ManifestError(
            f"The driver '{manifest.driver}' of {manifest.name} cannot be imported: {type(wrong).__name__}: {wrong}"
        ) from wrong
    if not (isinstance(kind, type) and issubclass(kind, Driver)):
        raise ManifestError(
            f"The driver '{manifest.driver}' of {manifest.name} is no subclass of syncproof.systems.driver.Driver."
        )
    return kind


def imported(path: Path) -> ModuleType:
    """A Python file of a product, as a module."""
    if path.is_relative_to(FOLDER):
        return importlib.import_module(
            ".".join(("syncproof_products", *path.relative_to(FOLDER).with_suffix("").parts))
        )
    name = f"syncproof_driver_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
