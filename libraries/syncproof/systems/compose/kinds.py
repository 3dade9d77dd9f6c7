"""Which service of `compose/compose.yaml` a program of a system is, and how it is told what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from syncproof_products.matrix.driver import configuration

#: What each system needs of the file.
SERVICES = {"bundled": ("relay", "device"), "matrix": ("synapse", "matrix-device")}


def _as_json(config: Mapping[str, object]) -> str:
    return msgspec.json.encode(config).decode()


@dataclass(frozen=True)
class Kind:
    """A program by the entry that would run it in a process.

    asks: the path that answers 200 once it is ready. is_server: the Toxiproxy has to reach it. lasts: for the run, and
    not for the suite file. has_files: it starts with the files of its directory on this machine. configuration: the
    text of the file `reads`, from what the entry is given. module: of the harness, which the service runs instead.
    """

    service: str
    asks: str = "/about"
    is_server: bool = False
    lasts: bool = False
    has_files: bool = False
    reads: str = "/etc/syncproof/config.json"
    configuration: Callable[[Mapping[str, object]], str] = _as_json
    module: str = ""


KINDS = {
    "syncproof_products.bundled.relay.main:run": Kind("relay", "/health", is_server=True),
    "syncproof_products.bundled.agent.main:run": Kind("device"),
    # It stands where a relay stands, and answers like the one behind it.
    "syncproof.faults.impostor.main:run": Kind(
        "relay", "/health", is_server=True, module="syncproof.faults.impostor"
    ),
    "syncproof_products.matrix.agent.main:run": Kind("matrix-device"),
    "syncproof_products.matrix.driver.synapse_process:run": Kind(
        "synapse",
        "/health",
        is_server=True,
        lasts=True,
        has_files=True,
        reads="/data/homeserver.yaml",
        configuration=configuration.text,
    ),
}
