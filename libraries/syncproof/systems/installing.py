"""Installs what a product's manifest says that it needs: its agent's packages, its server, Debian's packages."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from syncproof.processes.programs import find_program
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest

#: For one command of an installation, and for each other run whose installation is waited for. CI waits for longer than
#: that, so that a product which fails by this says so itself. Seconds.
_LIMIT_S = 600.0
#: For the answer of an environment's pip that it is there. Seconds.
_ANSWER_S = 60.0
#: Between two looks at whether another run has ended its installation, seconds.
_LOOK_S = 0.1


def install(product: Manifest) -> None:
    """Install what is missing; what is there costs a moment. Raises SystemNotThere with the installer's last line.

    The agent's packages go into the environment of the run, the server's into one of their own: `products/NAME` in it.
    Of runs side by side one installs, and the others wait; who needs nothing of that does not.
    """
    apt = product.install.apt and _missing(product)
    wanted = apt or product.install.pip or product.install.server
    with _alone(product) if wanted else contextlib.nullcontext():
        _install(product)


def lacking(product: Manifest) -> str:
    """What its agent needs and this machine has not, and the command that installs it; "" where nothing is missing."""
    agent = product.agent
    missing = [each for each in agent.packages if importlib.util.find_spec(each) is None]
    missing += [each for each in agent.programs if find_program(each) is None]
    if not missing:
        return ""
    install_it = agent.install or f"pip install -r {product.folder / product.install.pip}"
    return f"{', '.join(missing)}: `{install_it}` installs it."


def _install(product: Manifest) -> None:
    if _missing(product) and product.install.apt:
        _apt(product)
    if missing := _missing(product):
        raise SystemNotThere(f"{product.name} needs {', '.join(missing)}, and there is none on this machine.")
    if product.install.pip:
        _pip(product, Path(sys.executable), product.install.pip)
    if product.install.server:
        python = product.environment / "bin" / "python"
        if not _has_pip(python):  # not there, or left half made by a run that was ended
            _run(product, [sys.executable, "-m", "venv", "--clear", str(product.environment)])
        _pip(product, python, product.install.server)


@contextlib.contextmanager
def _alone(product: Manifest) -> Iterator[None]:
    """No other run installs anything meanwhile. Raises SystemNotThere where one does for too long."""
    with contextlib.ExitStack() as opened:
        try:
            lock = opened.enter_context((Path(sys.prefix) / "installing.lock").open("a+"))
        except OSError as wrong:
            raise SystemNotThere(
                f"{product.name} cannot be installed into {sys.prefix}: {wrong.strerror}. Use a virtual environment."
            ) from None
        holder, until = "", time.monotonic() + _LIMIT_S
        while not _locked(lock):
            if (now := _read(lock)) != holder:  # each has that time
                holder, until = now, time.monotonic() + _LIMIT_S
            if time.monotonic() > until:
                raise SystemNotThere(
                    f"{product.name} cannot be installed here. Another run has been installing "
                    f"{holder or 'something'} into {sys.prefix} for more than {_LIMIT_S:g} s."
                )
            time.sleep(_LOOK_S)
        lock.truncate(0)
        lock.write(f"{product.name} (process {os.getpid()})")
        lock.flush()
        yield


def _locked(lock: IO[str]) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _read(lock: IO[str]) -> str:
    """Who holds it: what that one has written."""
    lock.seek(0)
    return lock.read()


def _has_pip(python: Path) -> bool:
    """Raises SystemNotThere where there is no answer: others may be using the environment that is slow."""
    command = [str(python), "-m", "pip", "--version"]
    with contextlib.suppress(OSError):
        try:
            return (
                subprocess.run(command, capture_output=True, timeout=_ANSWER_S, check=False).returncode == 0
            )
        except subprocess.TimeoutExpired:
            raise SystemNotThere(f"{python} has not answered for {_ANSWER_S:g} s.") from None
    return False


def _missing(product: Manifest) -> list[str]:
    return [
        name
        for name in product.requires.programs
        if not (product.folder / name).exists() and find_program(name) is None
    ]


def _apt(product: Manifest) -> None:
    """Only as root, or in CI as somebody who may become root without being asked."""
    packages = product.install.apt
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if find_program("apt-get") is None or (prefix and not (os.environ.get("CI") and find_program("sudo"))):
        raise SystemNotThere(
            f"{product.name} needs {', '.join(_missing(product))}: `apt-get install {' '.join(packages)}`."
        )
    _run(product, [*prefix, "apt-get", "-qq", "update"])
    _run(product, [*prefix, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages])


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
