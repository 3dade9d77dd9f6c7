"""Every setting of a run, from wherever it is declared: in the harness, or beside the driver of a product."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any

from syncproof.kernel.setting import Setting, Settings, gather
from syncproof.kernel.variables import BadSetting
from syncproof.systems.declared import CONFORMANCE, RUN, SYSTEM

Source = tuple[Setting[Any], ...]


def _of_products() -> dict[str, Source]:
    """What each product declares as SETTINGS in its `driver/settings.py`, by the name of its folder."""
    products = importlib.import_module("syncproof_products")
    files = sorted(Path(products.__path__[0]).glob("*/driver/settings.py"))
    names = [file.parents[1].name for file in files]
    return {
        name: importlib.import_module(f"{products.__name__}.{name}.driver.settings").SETTINGS
        for name in names
    }


_PRODUCTS = _of_products()
#: By what they belong to: "" for every run, a product, a folder of suites.
SOURCES: dict[str, Source] = {"": RUN, **_PRODUCTS, "suites/agent": CONFORMANCE}
DECLARED = gather(*SOURCES.values())


@functools.cache
def declared_by(system: str) -> Source:
    """What a product that is named by its path declares as SETTINGS, in a `settings.py` beside its driver.

    () for one of this project, which is gathered anyhow, and for one that cannot be used: SYSTEM itself says why.
    Raises BadSetting for declarations that cannot be used.
    """
    # Imported here: what it needs is not there yet when `make` asks for the settings.
    from syncproof.systems.errors import SystemNotThere
    from syncproof.systems.manifest import ManifestError
    from syncproof.systems.products import FOLDER, find, imported

    try:
        product = find(system)
    except (SystemNotThere, ManifestError):
        return ()
    file = (product.folder / product.driver.partition(":")[0]).parent / "settings.py"
    if product.folder.parent == FOLDER or not product.driver or not file.is_file():
        return ()
    try:
        own: Source = tuple(imported(file).SETTINGS)
        gather(DECLARED, own)
    except Exception as wrong:
        raise BadSetting(
            f"The settings of {product.name} in {file} cannot be used: {type(wrong).__name__}: {wrong}"
        ) from wrong
    return own


def declared(system: str) -> Source:
    """Every setting of a run on this system, see `declared_by`."""
    return (*DECLARED, *declared_by(system))


def options(settings: Settings) -> dict[str, str]:
    """What is a product's own, by name, for whatever drives it. Raises BadSetting."""
    sources = (*_PRODUCTS.values(), declared_by(settings[SYSTEM]))
    return {each.name: str(settings[each]) for source in sources for each in source}
