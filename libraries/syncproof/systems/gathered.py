"""Every setting of a run, from wherever it is declared: in the harness, or beside the driver of a product."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from syncproof.kernel.setting import Setting, Settings, gather
from syncproof.systems.declared import CONFORMANCE, RUN

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


def options(settings: Settings) -> dict[str, str]:
    """What is a product's own, by name, for whatever drives it."""
    return {each.name: str(settings[each]) for source in _PRODUCTS.values() for each in source}
