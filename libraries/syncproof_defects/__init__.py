"""Deliberate bugs of the systems under test, each the proof that some scenario can fail.

A defect is a function in a package of a product's defects. It takes the place of a method of the product (or of a
function of a module), and gets what it replaces as its first argument. `ran()` is called where the changed line runs: a
kill is only counted where the bug really was at work. The launcher applies defects in a freshly forked process, before
its program starts; the product's own code knows nothing of them.

    @breaks(Log, "read")
    def drops_last_of_page(original: Callable[..., Page], self: Log, after: int, limit: int) -> Page:
        \"\"\"A page of catch-up loses its last event.\"\"\"
        drops_last_of_page.ran()
        return original(self, after, limit).without_last()

What a second place has to do with it stands below: `@drops_last_of_page.breaks(Log, "write")`.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

#: The file beside output.xml in which a run says which of its defects were at work.
RAN = "defects_ran.txt"

_FOLDER = Path(__file__).parents[1] / "syncproof_products"
#: Products that have defects, with the package of these; the bundled one, which every run can use, comes first.
PRODUCTS = {
    path.parent.name: f"syncproof_products.{path.parent.name}.defects"
    for path in sorted(_FOLDER.glob("*/defects"), key=lambda path: (path.parent.name != "bundled", path))
}
_SAID = re.compile(r"^defect (\w+) ran$", re.MULTILINE)


class Defect:
    """One bug, under the name of its function; its docstring says what is broken. Raises ValueError without one.

    state: what the bug has to remember, empty whenever it is applied.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.name, self.module = function.__name__, function.__module__
        if not function.__doc__:
            raise ValueError(f"the defect '{self.name}' does not say what it breaks")
        self.says = function.__doc__.strip().splitlines()[0]
        self.file = Path(function.__code__.co_filename)
        self.state: dict[Any, Any] = {}
        self._changes: list[tuple[Any, str, Callable[[Any], Any]]] = []
        self._with: list[Defect] = []
        self._reports: str | None = None

    def breaks(self, owner: Any, attribute: str) -> Callable[[Function], Function]:
        """Have the decorated function called in the place of a method, a property or a function of a module.

        The original is its first argument.
        """

        def decorate(function: Function) -> Function:
            def changed(original: Any) -> Any:
                if isinstance(original, property):
                    return property(changed(original.fget))
                _require_same_arguments(function, original)
                return lambda *args, **kwargs: function(original, *args, **kwargs)

            self._changes.append((owner, attribute, changed))
            return function

        return decorate

    def alters(self, owner: Any, attribute: str) -> Callable[[Function], Function]:
        """Have the value that the decorated function makes of the original take its place, once, when applied."""

        def decorate(function: Function) -> Function:
            self._changes.append((owner, attribute, function))
            return function

        return decorate

    def includes(self, other: Defect) -> None:
        """Apply another one too, as a part of this one."""
        self._with.append(other)

    def broken_files(self) -> set[Path]:
        """The files of what it takes the place of."""
        modules = [
            sys.modules[getattr(owner, "__module__", None) or owner.__name__] for owner, _, _ in self._changes
        ]
        own = {Path(module.__file__) for module in modules if module.__file__}
        return own.union(*(other.broken_files() for other in self._with))

    def ran(self) -> None:
        """Report that the changed line runs; once for each time that the defect is applied."""
        reports, self._reports = self._reports, None
        if reports is not None:
            # In one piece: several threads may run it, and `print` writes the end of a line by itself.
            sys.stderr.write(f"defect {reports} ran\n")
            sys.stderr.flush()

    def apply(self, undo: ExitStack, reported_as: str = "") -> None:
        """Break this process until `undo` is closed.

        Raises AttributeError for a place that its class or module no longer defines, and TypeError for one that takes
        other arguments now: the defect would have no effect, or another one.
        """
        self.state.clear()
        self._reports = reported_as or self.name
        for owner, attribute, change in self._changes:
            if attribute not in vars(owner):
                raise AttributeError(
                    f"{owner.__name__} no longer defines '{attribute}': this defect needs a new place"
                )
            original = vars(owner)[attribute]
            setattr(owner, attribute, change(original))
            undo.callback(setattr, owner, attribute, original)
        for other in self._with:
            other.apply(undo, self._reports)


def _require_same_arguments(function: Callable[..., Any], original: Any) -> None:
    taken = _arguments(getattr(original, "__func__", original))
    passed = _arguments(function)
    if taken is not None and passed is not None and taken != (passed[0] - 1, passed[1]):
        raise TypeError(f"'{function.__name__}' takes other arguments than what it takes the place of")


def _arguments(function: Callable[..., Any]) -> tuple[int, frozenset[str]] | None:
    """How many by position, and the names of the others; None for what takes any, or does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters):
        return None
    named = frozenset(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
    return len(parameters) - len(named), named


_known: dict[str, Defect] = {}
#: Products whose modules of defects have registered themselves.
_loaded: set[str] = set()


def breaks(owner: Any, attribute: str) -> Callable[[Callable[..., Any]], Defect]:
    """Make a defect of a function; see `Defect.breaks`. Raises ValueError for a second defect of its name."""

    def decorate(function: Callable[..., Any]) -> Defect:
        defect = _new(function)
        defect.breaks(owner, attribute)(function)
        return defect

    return decorate


def alters(owner: Any, attribute: str) -> Callable[[Callable[..., Any]], Defect]:
    """Make a defect of a function; see `Defect.alters`. Raises ValueError for a second defect of its name."""

    def decorate(function: Callable[..., Any]) -> Defect:
        defect = _new(function)
        defect.alters(owner, attribute)(function)
        return defect

    return decorate


def _new(function: Callable[..., Any]) -> Defect:
    defect = Defect(function)
    if defect.name in _known and _known[defect.name].module != defect.module:
        raise ValueError(f"two defects are called '{defect.name}'")
    _known[defect.name] = defect
    return defect


def installed(product: str) -> bool:
    """Whether what the product is made of is here."""
    return all(importlib.util.find_spec(package) is not None for package in _packages(product))


@functools.cache
def _packages(product: str) -> tuple[str, ...]:
    manifest = _FOLDER / product / "product.toml"
    return tuple(tomllib.loads(manifest.read_text()).get("requires", {}).get("packages", ()))


def known(product: str = "bundled") -> dict[str, str]:
    """Every defect of a product by name, with what it breaks."""
    _load()
    others = tuple(f"{package}." for other, package in PRODUCTS.items() if other != product)
    return {
        name: defect.says for name, defect in sorted(_known.items()) if not defect.module.startswith(others)
    }


def file_of(name: str) -> Path:
    """The file that a defect stands in. Raises KeyError for one that nobody has defined."""
    _load()
    return _known[name].file


def files_broken_by(name: str) -> set[Path]:
    """The files of the code that a defect takes the place of. Raises KeyError for one that nobody has defined."""
    _load()
    return _known[name].broken_files()


def apply(names: Iterable[str]) -> ExitStack:
    """Break this process in these ways. Closing what is answered undoes it; a process that ends need not.

    Raises ValueError for a name that nobody has defined, AttributeError where the product has changed.
    """
    wanted = list(names)
    for product in PRODUCTS:
        # Only as far as it must: where a program runs by itself, what the others are made of may not be installed.
        if not all(name in _known for name in wanted):
            _load_product(product)
    with ExitStack() as undo:
        for name in wanted:
            if name not in _known:
                raise ValueError(
                    f"There is no defect '{name}'. Defects: {', '.join(sorted(_known)) or 'none'}."
                )
            _known[name].apply(undo)
        return undo.pop_all()


def ran_in(log: Path) -> list[str]:
    """The defects whose changed line ran, by a process's log, in the order of their first run."""
    return list(dict.fromkeys(_SAID.findall(log.read_text(errors="replace"))))


def _load() -> None:
    """Import every module of defects, so that each registers itself."""
    for product in PRODUCTS:
        _load_product(product)


def _load_product(product: str) -> None:
    if product not in _loaded and installed(product):
        package = importlib.import_module(PRODUCTS[product])
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        _loaded.add(product)
