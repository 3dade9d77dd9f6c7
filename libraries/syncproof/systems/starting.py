"""Starts the programs of a manifest: by an entry of ours, or by any command, and waits until they can be used."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from syncproof.processes.errors import NotReady, ProcessError
from syncproof.processes.ports import Port, is_free
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest, ManifestError
from syncproof.systems.manifest import Program as Described
from syncproof.systems.stack import Program, Stack

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_POLL_S = 0.02
#: How often a program is started on another port where somebody has taken its own meanwhile.
_STARTS = 3
_LINES = 12


@dataclass
class Slot:
    """One program of a product over its restarts: it keeps its directory and its port.

    port_name: the placeholder of its port. values: what else its command may ask for. is_ready: looks once whether it
    can be used, by `host:port`.
    """

    stack: Stack
    manifest: Manifest
    described: Described
    name: str
    role: Literal["server", "agent"]
    directory: Path
    port_name: str
    values: Mapping[str, object]
    is_ready: Callable[[str], bool]
    _port: Port | None = field(default=None, init=False)

    def start(self) -> Program:
        """Start it (again). Raises ManifestError, SystemNotThere, NotReady with the last lines of its log."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for last in range(_STARTS):
            argv = self._argv()
            process = self.stack.run(
                self.name, argv, self.manifest.folder, self.described.env, role=self.role
            )
            try:
                address = self._wait(process)
            except NotReady:
                if self._port is None or is_free(self._port.number) or last == _STARTS - 1:
                    raise
                with process.log.open("a") as log:
                    log.write(
                        f"syncproof: port {self._port.number} was taken; starting again on another one\n"
                    )
                self.close()
            else:
                host, _, port = address.rpartition(":")
                process.ready = {"host": host, "port": int(port)}
                return process
        raise AssertionError("unreachable: the last try raises")

    def close(self) -> None:
        """Leave its port to others."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _argv(self) -> list[str]:
        command = self.described.command
        values = {**self.values, "python": sys.executable}
        if any(f"{{{self.port_name}}}" in word for word in command):
            if self._port is None:
                self._port = Port()
            values[self.port_name] = self._port.number
        words = [fill(word, values, f"[{self.role}] command") for word in command]
        inside = self.manifest.folder / words[0]
        if "/" in words[0] and not Path(words[0]).is_absolute() and inside.exists():
            words[0] = str(inside)
        if shutil.which(words[0], path=self.described.env.get("PATH")) is None:
            packages = " ".join(self.manifest.install.apt)
            raise SystemNotThere(
                f"{self.manifest.name} needs the program '{words[0]}', and there is none on this machine."
                + (f" `apt-get install {packages}` installs it." if packages else "")
            )
        return words

    def _wait(self, process: Program) -> str:
        """Its `host:port`, once it can be used. A program without a placeholder says its port in its first line."""
        within_s = self.described.ready_within_s
        until = time.monotonic() + within_s
        while True:
            address = self._address(process)
            if address and self.is_ready(address):
                return address
            status = process.exit_status()
            if status is not None:
                raise NotReady(
                    f"'{self.name}' ended before it was ready (exit status {status}).{_last_lines(process.log)}",
                    status,
                )
            if time.monotonic() > until:
                process.kill()
                expected = (
                    'say its port as its first line, {"port": N}' if not address else f"answer at {address}"
                )
                raise NotReady(
                    f"'{self.name}' did not {expected} within {within_s:g} s.{_last_lines(process.log)}"
                )
            time.sleep(_POLL_S)

    def _address(self, process: Program) -> str:
        if self._port is not None:
            return f"127.0.0.1:{self._port.number}"
        for line in process.log.read_text(errors="replace").splitlines():
            try:
                said = json.loads(line)
                return f"127.0.0.1:{int(said['port'])}"
            except (ValueError, KeyError, TypeError):
                continue
        return ""


def fill(text: str, values: Mapping[str, object], where: str) -> str:
    """The text with its placeholders filled in. Raises ManifestError for one that nobody knows."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            known = ", ".join(f"{{{name}}}" for name in sorted(values))
            raise ManifestError(f"{where} has the placeholder {found[0]}. Known here: {known}.")
        return str(values[found[1]])

    return _PLACEHOLDER.sub(value, text)


def answers_http(url: str) -> bool:
    """Whether something answers a GET there, and says that it is well."""
    try:
        with httpx.Client(timeout=2.0, trust_env=False, verify=False) as http:
            return http.get(url).status_code < 400
    except (httpx.TransportError, httpx.InvalidURL):
        return False


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-_LINES:]
    except OSError as wrong:
        raise ProcessError(f"The log {log} cannot be read: {wrong.strerror}") from None
    return "\n".join([" The last lines of its log:", *(f"    {line}" for line in lines)]) if lines else ""
