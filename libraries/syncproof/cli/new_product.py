"""`syncproof new product`: a copy of the minimal product in a language, under another name."""

from __future__ import annotations

import re
from pathlib import Path

from syncproof.cli.project import EXAMPLES, ROOT, SUITES, CannotDo, shown

#: The folder of docs/examples that each is copied from.
_EXAMPLE = {"python": "minimal", "node": "minimal-node", "go": "minimal-go"}
LANGUAGES = tuple(_EXAMPLE)
_NOT_COPIED = ("__pycache__", "minimal-go")


def write(name: str, language: str, folder: Path | None) -> int:
    """Write it, and say how to go on. folder: default `./NAME`. Raises CannotDo."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise CannotDo(
            f"'{name}' is no name for a product: take small letters, digits and hyphens, like my-notes."
        )
    target = (folder or Path(name)).absolute()
    if target.exists():
        raise CannotDo(f"{shown(target)} is there already. Choose another name, or another --folder.")
    example = EXAMPLES / _EXAMPLE[language]
    if not example.is_dir():
        raise CannotDo(f"{example} is not there: the command works in a checkout of Syncproof.")
    target.mkdir(parents=True)
    for file in sorted(file for file in example.iterdir() if file.name not in _NOT_COPIED):
        (target / file.name).write_text(file.read_text().replace(_EXAMPLE[language], name))
    print(f"{shown(target)} has a server, an agent, their manifest and a README.")
    print(f"\nRun it (from {ROOT}, or with whole paths):")
    system = f"--variable SYSTEM:{shown(target)}"
    print(f"  robot --outputdir results {system} {shown(SUITES / 'agent')}")
    print(f"  robot --outputdir results {system} {shown(SUITES / 'catchup' / 'normal_network.robot')}")
    print("\nThen put your own product in the place of the toy, file by file: docs/own-product.md.")
    return 0
