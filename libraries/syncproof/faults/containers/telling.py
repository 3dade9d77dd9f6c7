"""What the engine says, turned into our errors. Apart from them, because the SDK takes long to import."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker.errors
import requests

from syncproof.faults.containers.errors import (
    AddressTaken,
    ContainerError,
    ImageMissing,
    NameTaken,
    NoEngine,
    PortTaken,
    UnknownContainer,
    UnknownNetwork,
    WrongState,
)


@contextlib.contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what the engine says while `doing` something into one of our errors."""
    try:
        yield
    except docker.errors.ImageNotFound as wrong:
        raise ImageMissing(f"Could not {doing}: {_said(wrong)}. Pull or build the image first.") from None
    except docker.errors.NotFound as wrong:
        kind = UnknownNetwork if "network" in _said(wrong).lower() else UnknownContainer
        raise kind(f"Could not {doing}: {_said(wrong)}.") from None
    except docker.errors.APIError as wrong:
        raise _of_api(doing, wrong) from None
    except (requests.ConnectionError, requests.Timeout) as wrong:
        raise NoEngine(f"Could not {doing}: the Docker Engine no longer answers ({wrong}).") from None
    except docker.errors.DockerException as wrong:
        raise ContainerError(f"Could not {doing}: {wrong}.") from None


def _of_api(doing: str, wrong: docker.errors.APIError) -> ContainerError:
    said = _said(wrong)
    if said == "Address already in use":
        return AddressTaken(f"Could not {doing}: its address belongs to another container by now.")
    if "port is already allocated" in said or "address already in use" in said:
        return PortTaken(f"Could not {doing}: {said}. Choose another port, or end what listens there.")
    if "is already in use by container" in said or "already exists" in said:
        return NameTaken(
            f"Could not {doing}: {said}. An earlier run may have been removed only half: look with 'docker ps -a', "
            "remove with 'docker rm -f NAME' or 'docker network rm NAME'."
        )
    if "permission denied" in said.lower():
        return NoEngine(f"Could not {doing}: {said}. May this user use Docker (group 'docker')?")
    if wrong.status_code == 409 or "is not running" in said or "is paused" in said or "not paused" in said:
        return WrongState(f"Could not {doing}: {said}.")
    return ContainerError(f"Could not {doing}: {said}.")


def _said(wrong: docker.errors.APIError) -> str:
    return str(wrong.explanation or wrong).strip().rstrip(".")
