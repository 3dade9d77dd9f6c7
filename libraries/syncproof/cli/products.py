"""`syncproof products`: each product, what it is, what it can do, whether it can run here."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from syncproof.cli.doctor import of_product
from syncproof.report.systems import in_words
from syncproof.systems.describing import described_by
from syncproof.systems.manifest import FILE, Manifest
from syncproof.systems.products import find, known


def show(system: str | None) -> int:
    """Print them; system: only this one. 1 where one that was asked for cannot run here."""
    can_run = [_show(name) for name in ([system] if system is not None else known())]
    return 0 if system is None or all(can_run) else 1


def names() -> int:
    """Print the names of this project's products, for `make`."""
    print(*known())
    return 0


def _show(system: str) -> bool:
    product = find(system)
    print(f"{product.system}  ({product.folder})")
    print(f"    {what_it_is(product)}")
    missing = [finding for finding in of_product(product) if not finding.there]
    for finding in missing:
        print(f"    cannot run here: {finding.seen}. {finding.install}")
    if not missing:
        print(f"    can: {what_it_can(system)}")
    return not missing


def what_it_is(product: Manifest) -> str:
    """The comment that its manifest begins with."""
    lines = (product.folder / FILE).read_text().splitlines()
    said = []
    for line in lines:
        if not line.startswith("#"):
            break
        said.append(line.removeprefix("#").strip())
    return " ".join(said) or f"(its {FILE} does not begin with a comment that says so)"


def what_it_can(system: str) -> str:
    """The capabilities of its agent, which is started and asked unless its answer is known."""
    with tempfile.TemporaryDirectory() as directory:
        declared = msgspec.structs.asdict(described_by(system, Path(directory)).capabilities)
    return ", ".join(
        name if value is True else f"{name} {in_words(value)}"
        for name, value in declared.items()
        if value not in (False, "none", ())
    )
