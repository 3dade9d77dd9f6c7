"""Installs what a product's manifest says that it needs: its agent's packages, its server, Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest

_LIMIT_S = 900.0


def install(product: Manifest) -> None:
    """Install what is missing; what is there costs a moment. Raises SystemNotThere with the installer's last line.

    The agent's packages go into the environment of the run, the server's into one of their own: `products/NAME` in it.
    """
    missing = [name for name in product.requires.programs if shutil.which(name) is None]
    if missing and product.install.apt:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise SystemNotThere(
                f"{product.name} needs {', '.join(missing)}: `apt-get install {' '.join(product.install.apt)}`."
            )
        _run(product, ["apt-get", "-qq", "update"])
        _run(product, ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *product.install.apt])
    if product.install.pip:
        _pip(product, Path(sys.executable), product.install.pip)
    if product.install.server:
        if not product.environment.exists():
            _run(product, [sys.executable, "-m", "venv", str(product.environment)])
        _pip(product, product.environment / "bin" / "python", product.install.server)


def _pip(product: Manifest, python: Path, requirements: str) -> None:
    file = product.folder / requirements
    _run(
        product,
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(file)],
    )


def _run(product: Manifest, command: Sequence[str]) -> None:
    try:
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise SystemNotThere(f"{product.name} cannot be installed here. {wrong}") from None
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        errors = [line for line in said if "error" in line.lower()] or said or ["It said nothing."]
        raise SystemNotThere(f"{product.name} cannot be installed here. {errors[-1]}")
