"""The Docker Engine: connecting to it, finding and making what it has."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from types import TracebackType
from typing import Any, Self

import docker
import docker.errors
import requests

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.errors import ImageMissing, NoEngine, UnknownContainer
from syncproof.faults.containers.telling import told

#: For each request; nothing here takes longer but an image build, which is not done through this.
_ANSWER_S = 60
#: For the first one, which asks no more than whether an engine is there.
_KNOCK_S = 15


class Engine:
    """One connection to one engine. Raises ContainerError, or the subclass that fits, from every method."""

    def __init__(self, client: docker.DockerClient, where: str) -> None:
        self._client, self.where = client, where

    @classmethod
    def connect(cls, url: str | None = None) -> Self:
        """Connect and ask whether it is there.

        url: like `unix:///var/run/docker.sock` or `tcp://host:2375`; by default what DOCKER_HOST says, else the
        local socket. Raises NoEngine.
        """
        where = url or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
        try:
            if url:
                client = docker.DockerClient(base_url=url, version="auto", timeout=_KNOCK_S)
            else:
                client = docker.DockerClient.from_env(version="auto", timeout=_KNOCK_S)
            client.ping()
            client.api.timeout = _ANSWER_S
        except (docker.errors.DockerException, requests.RequestException, ValueError) as wrong:
            raise NoEngine(f"No Docker Engine answers at {where}: {_reason(wrong)}") from None
        return cls(client, where)

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, by its socket."""
        return self.where.startswith("unix://")

    @property
    def client(self) -> docker.DockerClient:
        """The SDK's own client, for what its neighbours in this room need."""
        return self._client

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def version(self) -> str:
        """The engine's own version."""
        with told("ask the engine for its version"):
            return str(self._client.version()["Version"])

    def memory_bytes(self) -> int:
        """How much memory its machine has."""
        with told("ask the engine about its machine"):
            return int(self._client.info()["MemTotal"])

    def container(self, name: str) -> Container:
        """A container by its name or id. Raises UnknownContainer, which names the ten most like it."""
        with told(f"find the container '{name}'"):
            try:
                return Container(self._client.containers.get(name))
            except docker.errors.NotFound:
                there = sorted((str(each.name) for each in self._listed()), key=_unlike(name))
        raise UnknownContainer(
            f"There is no container '{name}' at {self.where}. "
            + (f"Those most like it are: {', '.join(there[:10])}." if there else "There are none.")
        )

    def containers(self, label: str) -> list[Container]:
        """Those with a label (`name` or `name=value`), stopped ones included."""
        with told("list the containers"):
            return [Container(each) for each in self._listed(filters={"label": label})]

    def _listed(self, **chosen: Any) -> list[Any]:
        # ignore_removed: one that somebody removes while they are listed is simply not there any more.
        return list(self._client.containers.list(all=True, ignore_removed=True, **chosen))

    def has_image(self, image: str) -> bool:
        """Whether the engine has it; nothing is pulled."""
        with told(f"look for the image '{image}'"):
            try:
                self._client.images.get(image)
            except docker.errors.ImageNotFound:
                return False
            return True

    def require_image(self, image: str, how: str) -> None:
        """Raises ImageMissing, with `how` to get it, unless the engine has the image."""
        if not self.has_image(image):
            raise ImageMissing(f"The image '{image}' is missing at {self.where}. {how}")

    def create(self, name: str, image: str, command: Sequence[str], **options: Any) -> Container:
        """Make a container without starting it; options as in `docker.containers.create`.

        Raises ImageMissing, NameTaken.
        """
        with told(f"make the container '{name}' from '{image}'"):
            return Container(
                self._client.containers.create(image, command=list(command), name=name, **options)
            )

    def update(self, container: Container, limits: Mapping[str, int]) -> None:
        """Change a container's limits; names as in the engine's API, of which the SDK lacks some."""
        api = self._client.api
        with told(f"change the limits of '{container.name}'"):
            answer = api.post(
                f"{api.base_url}/v{api.api_version}/containers/{container.id}/update",
                json=dict(limits),
                timeout=_ANSWER_S,
            )
            if not answer.ok:
                raise docker.errors.APIError(
                    "the engine refused", answer, answer.json().get("message", answer.text)
                )


def _reason(wrong: Exception) -> str:
    text = str(wrong)
    if "FileNotFoundError" in text or "No such file" in text:
        return (
            "there is no such socket. Install and start Docker Engine, or name another with DOCKER_HOST "
            "(or run on the embedded stack, which needs none)."
        )
    if "PermissionError" in text or "Permission denied" in text:
        return "this user may not use it. Add the user to the group 'docker', or use a rootless engine."
    if "Connection refused" in text or "ConnectionRefusedError" in text:
        return "nobody listens there. Is the engine running?"
    if "timed out" in text:
        return f"it took the question, and gave no answer within {_KNOCK_S} s. Is the engine all right?"
    return f"{text.rstrip('.')}. Is the engine running?"


def _unlike(name: str) -> Callable[[str], float]:
    """The key that sorts names, the most similar first."""
    return lambda other: -SequenceMatcher(None, name, other).ratio()
