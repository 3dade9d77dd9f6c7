"""What a module imports."""

from __future__ import annotations

import ast


def imported(source: str) -> set[str]:
    """Top-level packages that a module imports, wherever in it, also by `importlib.import_module`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
            case ast.Call(
                func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(module)), *_]
            ):
                names.add(module)
    return {name.partition(".")[0] for name in names}
