"""Deliberate bugs of the systems under test, each the proof that some scenario can fail.

A defect is a function in a module of `syncproof_products.<product>.defects` under the `@defect` decorator. It replaces
a method of the product in this process and calls `ran()` where its changed line runs, so that a kill is only counted
where the bug really was at work. The launcher applies defects in a freshly forked process, before its program
starts; the product's own code knows nothing of them.

    @defect
    def drops_last_of_page(ran: Ran) -> None:
        \"\"\"A page of catch-up loses its last event.\"\"\"

        def broken(original: Callable[..., Page]) -> Callable[..., Page]:
            def read(self: Log, after: int, limit: int) -> Page:
                ran()
                return original(self, after, limit).without_last()

            return read

        replace(Log, "read", broken)
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Ran = Callable[[], None]
Install = Callable[[Ran], None]

#: The file beside output.xml in which a run says which of its defects were at work.
RAN = "defects_ran.txt"

_PRODUCTS = Path(__file__).parents[1] / "syncproof_products"
#: Products that have defects, by their folders; the bundled one, which every run can use, comes first.
PRODUCTS = tuple(
    sorted(
        (path.parent.name for path in _PRODUCTS.glob("*/defects")), key=lambda name: (name != "bundled", name)
    )
)
_SAID = re.compile(r"^defect (\w+) ran$", re.MULTILINE)
_known: dict[str, Install] = {}


def defect(install: Install) -> Install:
    """Register a defect under its function's name; its docstring says what is broken."""
    name = install.__name__
    if name in _known and _known[name].__module__ != install.__module__:
        raise ValueError(f"two defects are called '{name}'")
    if not install.__doc__:
        raise ValueError(f"the defect '{name}' does not say what it breaks")
    _known[name] = install
    return install


def known(product: str = "bundled") -> dict[str, str]:
    """Every defect of a product by name, with what it breaks."""
    _load()
    others = tuple(f"{_package(other)}." for other in PRODUCTS if other != product)
    return {
        name: (install.__doc__ or "").strip().splitlines()[0]
        for name, install in sorted(_known.items())
        if not install.__module__.startswith(others)
    }


def apply(names: Iterable[str]) -> None:
    """Break this process in these ways. Raises ValueError for a name that nobody has defined."""
    wanted = list(names)
    for product in PRODUCTS:
        # Only as far as it must: where a program runs by itself, what the others are made of may not be installed.
        if not all(name in _known for name in wanted):
            _load_product(product)
    for name in wanted:
        install = _known.get(name)
        if install is None:
            raise ValueError(f"There is no defect '{name}'. Defects: {', '.join(sorted(_known)) or 'none'}.")
        install(_report_once(name))


def replace(owner: Any, name: str, broken: Callable[[Any], Any]) -> None:
    """Put broken(original) in the place of an attribute that a class or module itself defines.

    Raises AttributeError if it does not: then the product has changed and the defect would have no effect.
    """
    if name not in vars(owner):
        raise AttributeError(f"{owner.__name__} no longer defines '{name}': this defect needs a new place")
    setattr(owner, name, broken(vars(owner)[name]))


def ran_in(log: Path) -> list[str]:
    """The defects whose changed line ran, by a process's log, in the order of their first run."""
    return list(dict.fromkeys(_SAID.findall(log.read_text(errors="replace"))))


def _report_once(name: str) -> Ran:
    said = False

    def ran() -> None:
        nonlocal said
        if not said:
            said = True
            print(f"defect {name} ran", file=sys.stderr, flush=True)

    return ran


def _load() -> None:
    """Import every module of defects, so that each registers itself."""
    for product in PRODUCTS:
        _load_product(product)


def _package(product: str) -> str:
    return f"syncproof_products.{product}.defects"


def _load_product(product: str) -> None:
    """Import the product's defects. A product whose own packages are not installed cannot run, and has none."""
    package = importlib.import_module(_package(product))
    for module in pkgutil.iter_modules(package.__path__):
        try:
            importlib.import_module(f"{package.__name__}.{module.name}")
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("syncproof"):
                raise
