"""Syncthing configured as nobody should: each is an option of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from syncproof_defects import breaks
from syncproof_products.syncthing.agent import configuration

Folder = dict[str, object]


@breaks(configuration, "folder_object")
def lets_nobody_delete(
    original: Callable[[str, Path, Iterable[str]], Folder], folder: str, path: Path, device_ids: Iterable[str]
) -> Folder:
    """What others have deleted stays."""
    lets_nobody_delete.ran()
    return {**original(folder, path, device_ids), "ignoreDelete": True}


@breaks(configuration, "folder_object")
def keeps_no_conflicts(
    original: Callable[[str, Path, Iterable[str]], Folder], folder: str, path: Path, device_ids: Iterable[str]
) -> Folder:
    """Of two versions that know nothing of each other one is thrown away."""
    keeps_no_conflicts.ran()
    return {**original(folder, path, device_ids), "maxConflicts": 0}


@breaks(configuration, "folder_object")
def takes_nothing_from_others(
    original: Callable[[str, Path, Iterable[str]], Folder], folder: str, path: Path, device_ids: Iterable[str]
) -> Folder:
    """A device shows others what it has, and takes nothing from them."""
    takes_nothing_from_others.ran()
    return {**original(folder, path, device_ids), "type": "sendonly"}


@breaks(configuration, "folder_object")
def leaves_permissions_alone(
    original: Callable[[str, Path, Iterable[str]], Folder], folder: str, path: Path, device_ids: Iterable[str]
) -> Folder:
    """That a file became read-only is no change."""
    leaves_permissions_alone.ran()
    return {**original(folder, path, device_ids), "ignorePerms": True}
