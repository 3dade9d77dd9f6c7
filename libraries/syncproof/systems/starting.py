"""Starts the programs of a manifest: by an entry of ours, or by any command, and waits until they can be used."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from syncproof.kernel.host import Program
from syncproof.processes.errors import NotReady, ProcessError
from syncproof.processes.ports import Port, is_free
from syncproof.processes.programs import find_program
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import PLACEHOLDER, Manifest
from syncproof.systems.manifest import Program as Described
from syncproof.systems.stack import Stack

_POLL_S = 0.02
#: How often a program is started on another port where somebody has taken its own meanwhile.
_STARTS = 3
_LINES = 12


@dataclass
class Slot:
    """One program of a product over its restarts: it keeps its directory and its ports.

    port_name: the placeholder of its port. more_ports: those of further ones. values: what else its command may ask
    for. is_ready: looks once whether it can be used, by `host:port`. prepare: writes what it reads as it starts, where
    it is to listen, by its port.
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
    prepare: Callable[[int], None] | None = None
    more_ports: tuple[str, ...] = ()
    _ports: dict[str, Port] = field(default_factory=dict, init=False)

    def start(self) -> Program:
        """Start it (again). Raises SystemNotThere, NotReady with the last lines of its log."""
        self.directory.mkdir(parents=True, exist_ok=True)
        moved, taken = "", False
        for start in range(1, _STARTS + 1):
            away = self._taken(again=True)
            if self._ports and (taken or away):
                numbers = ", ".join(str(port.number) for port in self._ports.values())
                moved = f"syncproof: port {numbers} was taken; started on another one\n"
                self.close()
            argv, env = self._filled_in()
            self._require_program(argv[0], env)
            process = self.stack.run(self.name, argv, self.manifest.folder, env, role=self.role)
            try:
                with process.log.open("a") as log:
                    log.write(moved)
                address = self._wait(process)
            except NotReady:
                # Of one that lived, connections that were closed may be left: they took nothing away from it.
                lived = process.alive()
                process.kill()
                taken = self._taken(again=lived)
                if not taken or start == _STARTS:
                    raise
            except BaseException:  # a test's time is over, somebody has pressed Ctrl-C
                process.kill()
                raise
            else:
                host, _, port = address.rpartition(":")
                process.ready = {"host": host, "port": int(port)}
                return process
        raise AssertionError("unreachable: the last try raises")

    def close(self) -> None:
        """Leave its ports to others."""
        while self._ports:
            self._ports.popitem()[1].close()

    @property
    def ports(self) -> dict[str, int]:
        """Its ports by their placeholders, as far as it has any yet."""
        return {name: port.number for name, port in self._ports.items()}

    def _taken(self, *, again: bool) -> bool:
        return any(not is_free(port.number, again=again) for port in self._ports.values())

    def _filled_in(self) -> tuple[list[str], dict[str, str]]:
        """Its command line and what its environment has more, with a port where they ask for one."""
        command, env = self.described.command, self.described.env
        values = {"python": self.manifest.python, **self.values}
        asked = {name for name in (self.port_name, *self.more_ports) for word in (*command, *env.values())
                 if f"{{{name}}}" in word}  # fmt: skip
        for name in sorted(asked | ({self.port_name} if self.prepare else set())):
            if name not in self._ports:
                self._ports[name] = Port()
        values |= self.ports
        if self.prepare:
            self.prepare(self.ports[self.port_name])
        return [fill(word, values) for word in command], {
            name: fill(text, values) for name, text in env.items()
        }

    def _require_program(self, program: str, env: Mapping[str, str]) -> None:
        """Raises SystemNotThere, with what installs it, for a program that the manifest says how to install."""
        packages = " ".join(self.manifest.install.apt)
        if packages and "/" not in program and find_program(program, env.get("PATH")) is None:
            raise SystemNotThere(
                f"{self.manifest.name} needs the program '{program}', and there is none on this machine. "
                f"`apt-get install {packages}` installs it."
            )

    def _wait(self, process: Program) -> str:
        """Its `host:port`, once it can be used. A program without a placeholder says its port in its first line."""
        within_s = self.described.ready_within_s + self.stack.slack_s
        until = time.monotonic() + within_s
        while True:
            address = self._address(process)
            ready = bool(address) and self.is_ready(address)
            status = process.exit_status()
            if ready and status is None:  # what answers for a program that has ended is somebody else
                return address
            if status is not None:
                raise NotReady(
                    f"'{self.name}' ended before it was ready (exit status {status}).{_last_lines(process.log)}",
                    status,
                )
            if time.monotonic() > until:
                expected = (
                    'say its port, {"port": N} as a line of its own,'
                    if not address
                    else f"answer at {address}"
                )
                raise NotReady(
                    f"'{self.name}' did not {expected} within {within_s:g} s.{_last_lines(process.log)}"
                )
            time.sleep(_POLL_S)

    def _address(self, process: Program) -> str:
        if self.port_name in self._ports:
            return f"127.0.0.1:{self.ports[self.port_name]}"
        for line in process.log.read_text(errors="replace").splitlines():
            try:
                said = json.loads(line)
                return f"127.0.0.1:{int(said['port'])}"
            except (ValueError, KeyError, TypeError):
                continue
        return ""


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with its placeholders filled in; that it has no others was seen when the manifest was read."""
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


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
