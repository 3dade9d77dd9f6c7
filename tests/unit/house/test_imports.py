"""Imports are found, by which other tests of the house judge a module."""

from __future__ import annotations

from tests.unit.house.imports import imported


def test_an_import_is_found_however_it_is_made() -> None:
    source = 'import a.b\nfrom c import d\ndef f():\n    importlib.import_module("e.f")\nfrom .g import h\n'
    assert imported(source) == {"a", "c", "e"}
