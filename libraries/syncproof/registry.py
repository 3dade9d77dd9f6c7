"""Finds what workloads and faults declare, by looking at the tree: nothing else has a list of them.

The lowest module of all: it imports nothing of this project before it is asked to.

A folder in `workloads` or `faults` takes part by having a module of a known stem (`sentences`, `records`, `checks`),
or a package of that name.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

_ROOT = Path(__file__).parent
_GROWING = ("workloads", "faults")


@functools.cache
def modules(stem: str) -> tuple[ModuleType, ...]:
    """Every module of that name, and every module of a package of that name, imported, in the order of the tree.

    Example: ``modules("sentences")`` has ``syncproof.workloads.messages.sentences``.
    """
    files = [
        file
        for folder in _GROWING
        for pattern in (f"**/{stem}.py", f"**/{stem}/[!_]*.py")
        for file in (_ROOT / folder).glob(pattern)
    ]
    names = [".".join(file.relative_to(_ROOT.parent).with_suffix("").parts) for file in sorted(files)]
    return tuple(importlib.import_module(name) for name in names)


@functools.cache
def discover(base: type[T], stem: str) -> tuple[type[T], ...]:
    """The subclasses of a class that the modules of that stem define, in the order of the tree and of each file."""
    return tuple(found for module in modules(stem) for found in defined_in(module, base))


def workload_of(kind: type) -> ModuleType | None:
    """The package of the workload that a class belongs to; None for a class of the house or of a fault.

    It says what the workload is: `PRODUCT`, the product that its suites run on where a run names none, and, where not
    every product has the workload, `NEEDS`, the capabilities that each of its sentences needs. `WORDS` says needs of
    its own in words.
    """
    parts = kind.__module__.split(".")
    return importlib.import_module(".".join(parts[:3])) if parts[:2] == [_ROOT.name, "workloads"] else None


@functools.cache
def needs_of_workloads() -> Mapping[str, tuple[str, ...]]:
    """What each workload that not every product has needs of a system (`NEEDS`), by the name of its folder."""
    return {name: package.NEEDS for name, package in _workloads().items() if hasattr(package, "NEEDS")}


@functools.cache
def words_of_workloads() -> Mapping[str, str]:
    """The needs that workloads put into words (`WORDS`)."""
    words = [getattr(package, "WORDS", {}) for package in _workloads().values()]
    return {need: said for each in words for need, said in each.items()}


def _workloads() -> dict[str, ModuleType]:
    folders = sorted(file.parent.name for file in (_ROOT / "workloads").glob("*/__init__.py"))
    return {name: importlib.import_module(f"{_ROOT.name}.workloads.{name}") for name in folders}


def defined_in(module: ModuleType, base: type[T]) -> list[type[T]]:
    """The class and its subclasses, as far as a module defines them itself, in its order."""
    return [
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, base) and found.__module__ == module.__name__
    ]
