"""What `compose/compose.yaml` says, so that a run and a stack started by hand are made of the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docker.types
import msgspec

from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, ImageMissing

_ROOT = Path(__file__).parents[4]
FILE = _ROOT / "compose" / "compose.yaml"
_LIBRARIES = _ROOT / "libraries"
_PRODUCTS = _LIBRARIES / "syncproof_products"
_DEFECTS = _LIBRARIES / "syncproof_defects"
#: Where the images have what `compose/Dockerfile` copies of `libraries`.
_LIBRARIES_INSIDE = "/opt/venv/lib/python3.11/site-packages"
_HARNESS = _ROOT / "libraries" / "syncproof"
_HARNESS_INSIDE = "/opt/harness"

#: In a run the harness asks each program itself, many times a second; a check of the engine's costs a new Python
#: interpreter each time, on the processors that the scenario runs on.
_CHECK_NS = 10_000_000_000
_BUILD_S = 900


@dataclass(frozen=True)
class Service:
    """One service: its image, what it runs, on which networks, which port it offers, and all other options as the
    engine's SDK takes them.
    """

    image: str
    command: tuple[str, ...]
    networks: tuple[str, ...]
    port: int
    options: Mapping[str, Any]

    def with_defects(self, names: Sequence[str], product: Path) -> Service:
        """The same, broken in these ways: the images have no defects, so that they are mounted from the sources."""
        if not names:
            return self
        python, flag, *program = self.command
        return replace(
            self,
            command=(python, flag, "syncproof_defects.run", ",".join(names), *program),
            options={
                **self.options,
                "volumes": {
                    str(folder): {
                        "bind": f"{_LIBRARIES_INSIDE}/{folder.relative_to(_LIBRARIES)}",
                        "mode": "ro",
                    }
                    for folder in (_DEFECTS, product / "defects")
                },
            },
        )

    def running(self, module: str) -> Service:
        """A program of the harness in its place: the images have none, so that it is mounted from the sources."""
        python, flag, _, *arguments = self.command
        return replace(
            self,
            command=(python, flag, module, *arguments),
            options={
                **self.options,
                "environment": {"PYTHONPATH": _HARNESS_INSIDE},
                "volumes": {str(_HARNESS): {"bind": f"{_HARNESS_INSIDE}/syncproof", "mode": "ro"}},
            },
        )


class Services:
    """The services of the file, with images that are built from the sources as they are now."""

    def __init__(self, engine: Engine, product: Path, needed: Sequence[str]) -> None:
        """product: a product's folder, with a compose.yaml. needed: its services, whose images must be there.

        Raises ContainerError if there is no `docker compose`, or the file cannot be read.
        """
        self.product = product
        self._files = [FILE, product / "compose.yaml"]
        self._environment = {
            **os.environ,
            "SYNCPROOF_IMAGE": f"syncproof/{product.name}:{_fingerprint(product.name)}",
            "SYNCPROOF_NETADMIN_IMAGE": f"syncproof/netadmin:{_sum([FILE.parent / 'Dockerfile'])}",
            "SYNCPROOF_SERVER_PORT": "",
            "SYNCPROOF_TOXIPROXY_PORT": "",
            "SYNCPROOF_DEVICE_PORT": "",
        }
        given = msgspec.json.decode(self._compose("--profile", "*", "config", "--format", "json"))
        self.networks: dict[str, dict[str, Any]] = given["networks"]
        self._services: dict[str, dict[str, Any]] = given["services"]
        for name in ("toxiproxy", *needed):
            self._have_image(engine, name)

    def service(self, name: str) -> Service:
        """What the file says of it."""
        given = self._services[name]
        return Service(
            image=given["image"],
            command=tuple(given["command"]),
            networks=tuple(given["networks"]),
            port=given["ports"][0]["target"],
            options={
                **{name: given[name] for name in ("entrypoint", "working_dir") if given.get(name)},
                "cap_drop": given["cap_drop"],
                "security_opt": given["security_opt"],
                "ports": {f"{given['ports'][0]['target']}/tcp": (given["ports"][0]["host_ip"], None)},
                **({"healthcheck": _check(given["healthcheck"])} if "healthcheck" in given else {}),
            },
        )

    def versions(self, names: Sequence[str]) -> dict[str, str]:
        """Those of services that are somebody else's, by their images' tags."""
        images = {name: self.service(name).image for name in names if "build" not in self._services[name]}
        return {name: image.rpartition(":")[2].removeprefix("v") for name, image in images.items()}

    def netadmin(self, engine: Engine) -> str:
        """The image with the tools of the kernel's network; built where it is missing. Raises ContainerError."""
        image = str(self._services["netadmin"]["image"])
        if not engine.has_image(image):
            self._compose("build", "--quiet", "netadmin")
        return image

    def _have_image(self, engine: Engine, name: str) -> None:
        """What the file builds is built where it is missing, and the rest is pulled."""
        image = self.service(name).image
        if engine.has_image(image):
            return
        if "build" in self._services[name]:
            self._compose("build", "--quiet", name)
            return
        try:
            self._compose("pull", "--quiet", name)
        except ContainerError as wrong:
            raise ImageMissing(f"The image '{image}' is missing, and {wrong}") from None

    def _compose(self, *arguments: str) -> bytes:
        """What `docker compose` answers. Raises ContainerError with its last lines."""
        try:
            ran = subprocess.run(
                [
                    "docker",
                    "compose",
                    *(word for file in self._files for word in ("-f", str(file))),
                    *arguments,
                ],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_BUILD_S,
                check=False,
            )
        except FileNotFoundError:
            raise ContainerError(
                "There is no program 'docker': install Docker Engine with compose v2."
            ) from None
        except subprocess.TimeoutExpired:
            raise ContainerError(f"'docker compose {arguments[0]}' has not ended in {_BUILD_S} s.") from None
        if ran.returncode:
            said = ran.stderr.decode(errors="replace").strip().splitlines()[-5:]
            raise ContainerError(f"'docker compose {' '.join(arguments)}' failed: {' / '.join(said)}")
        return ran.stdout


def _check(given: Mapping[str, Any]) -> docker.types.Healthcheck:
    return docker.types.Healthcheck(
        test=given["test"], interval=_CHECK_NS, timeout=_CHECK_NS, retries=given["retries"]
    )


def _fingerprint(product: str) -> str:
    """Of everything that a product's image is made of: one that is there under this name is the right one."""
    made_of = [_ROOT / ".dockerignore", _ROOT / "requirements.txt", FILE.parent / "Dockerfile"]
    made_of += [FILE.parent / "requirements.txt", *sorted((_PRODUCTS / product).glob("requirements.txt"))]
    for package in ("syncproof_agentkit", "syncproof_synckit", f"syncproof_products/{product}"):
        folder = _LIBRARIES / package
        # The harness's side of a product is in no image (see .dockerignore).
        made_of += [
            path
            for path in sorted(folder.rglob("*.py"))
            if path.relative_to(folder).parts[0] not in ("defects", "driver", "tests")
        ]
    return _sum(made_of)


def _sum(made_of: Sequence[Path]) -> str:
    sum_of_all = hashlib.sha256()
    for path in made_of:
        try:
            content = path.read_bytes()
        except OSError as wrong:
            raise ContainerError(
                f"{path} cannot be read ({wrong.strerror}): the compose stack needs the project's checkout."
            ) from None
        sum_of_all.update(f"{path.relative_to(_ROOT)} {len(content)}\n".encode() + content)
    return sum_of_all.hexdigest()[:12]
