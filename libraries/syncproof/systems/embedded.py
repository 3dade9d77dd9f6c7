"""The embedded stack: processes of this machine, no Docker, no root."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.faults.packets.namespace import PacketPath
from syncproof.faults.packets.sandbox import AGENT_PORT, DeviceNamespace, Sandbox
from syncproof.faults.toxiproxy.client import Client
from syncproof.kernel.host import Configuration, ProcessorTime, Program, Role, as_json
from syncproof.kernel.trouble import DisksUnavailable
from syncproof.processes import Launcher, Process
from syncproof.processes.programs import search_path
from syncproof.systems import memory
from syncproof.systems.disks import Disks, SmallDisk
from syncproof.systems.elsewhere import Elsewhere
from syncproof.systems.file_limit import ProcessFileLimit
from syncproof.systems.storage import FolderStorage


class EmbeddedStack:
    """Processes of a launcher, which the caller owns and closes.

    seed: of the embedded Toxiproxy. toxiproxy: URL of a server to use instead of it, or "". links_host: where the links
    of devices begin.
    """

    suspends_by = "SIGSTOP"
    executes = True

    def __init__(self, launcher: Launcher, seed: int, toxiproxy: str, links_host: str = "127.0.0.1") -> None:
        self._launcher, self._seed, self._url, self.links_host = launcher, seed, toxiproxy, links_host
        self.versions: dict[str, str] = {}
        self._toxiproxy: Client | None = None
        self._toxiproxy_process: Process | None = None
        self._sandbox: Sandbox | None = None
        self._disks: Disks | None = None
        self._on_disks = False
        # Networks of devices by their directories, which outlast a killed process; those by process id.
        self._namespaces: dict[str, DeviceNamespace] = {}
        self._keys: dict[int, str] = {}

    @property
    def slack_s(self) -> float:
        return self._launcher.slack_s

    @property
    def toxiproxy(self) -> Client:
        if self._toxiproxy is None:
            url = self._url
            if not url:
                started = self._launcher.spawn(
                    "toxiproxy",
                    "syncproof.faults.toxiproxy.main:run",
                    {"host": "127.0.0.1", "port": 0, "seed": self._seed, "config": None},
                )
                url = f"http://{started.ready['host']}:{started.ready['port']}"
                self._toxiproxy_process = started
            self._toxiproxy = Client(url)
        return self._toxiproxy

    def spawn(
        self,
        name: str,
        entry: str,
        config: Mapping[str, object],
        *,
        role: Role = "other",
        defects: Sequence[str] = (),
        ready_within_s: float = 20.0,
        configuration: Configuration = as_json,  # noqa: ARG002
    ) -> Process:
        if self._sandbox is None or role != "agent":
            return self._launcher.spawn(
                name,
                entry,
                config,
                defects=defects,
                enter=self._disk_of(role, config),
                ready_within_s=ready_within_s,
            )
        key = str(config["directory"])
        namespace = self._namespaces.get(key)
        if namespace is None:
            namespace = self._namespaces[key] = self._sandbox.device(name)
        inside = {**config, "port": AGENT_PORT}
        process = self._launcher.spawn(
            name, entry, inside, defects=defects, enter=namespace.enter, ready_within_s=ready_within_s
        )
        host, port = namespace.control
        process.ready = {**process.ready, "host": host, "port": port}
        self._keys[process.pid] = key
        return process

    def run(
        self, name: str, argv: Sequence[str], folder: Path, env: Mapping[str, str], *, role: Role = "other"
    ) -> Process:
        if self._sandbox is not None and role == "agent":
            raise PacketsUnavailable(
                f"'{name}' is started by a command, and such a program has no network of its own here: no packet fault "
                "can be put on it."
            )
        return self._launcher.wrap(
            name, argv, env={**os.environ, "PATH": search_path(), **env}, directory=folder
        )

    def use_seed(self, seed: int) -> None:
        self._seed = seed

    def use_packets(self, wanted: bool) -> None:
        if wanted and self._sandbox is None:
            self._sandbox = Sandbox(self._launcher)
        elif not wanted and self._sandbox is not None:
            self._leave_sandbox()

    def use_disks(self, wanted: bool) -> None:
        if wanted and self._disks is None:
            self._disks = Disks(self._launcher)
        self._on_disks = wanted

    def _disk_of(self, role: Role, config: Mapping[str, object]) -> Sequence[str]:
        """The namespaces to enter for what has a disk, or gets one now."""
        folder = str(config.get("directory", ""))
        if self._disks is None or not (
            self._disks.has(folder) or (self._on_disks and role in ("agent", "server"))
        ):
            return ()
        return self._disks.place(folder)

    def disk(self, directory: Path) -> SmallDisk:
        if self._disks is None:
            raise DisksUnavailable("A disk that is to be full needs the tag 'disk' on its test.")
        return self._disks.disk(directory)

    def file_limit(self, program: Program) -> ProcessFileLimit:
        if isinstance(program, Elsewhere):
            program.refuse()
        return ProcessFileLimit(program.pid)

    def reached_as(self, program: Program, address: str) -> str:
        namespace = self._namespace(program)
        return address if namespace is None else namespace.uplink_to(address)

    def packet_path(self, program: Program) -> PacketPath:
        namespace = self._namespace(program)
        if namespace is None:
            raise PacketsUnavailable(f"The device '{program.name}' was started without a network of its own.")
        return namespace.path

    def discard(self, program: Program) -> None:
        program.kill()
        namespace = self._namespaces.pop(self._keys.pop(program.pid, ""), None)
        if namespace is not None:
            namespace.close()

    def _namespace(self, program: Program) -> DeviceNamespace | None:
        return self._namespaces.get(self._keys.get(program.pid, ""))

    def _leave_sandbox(self) -> None:
        for namespace in self._namespaces.values():
            namespace.close()
        self._namespaces, self._keys = {}, {}
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def cable(self, program: Program) -> None:
        del program  # all share this machine's loopback

    def reset_peak(self, program: Program) -> int:
        return 0 if isinstance(program, Elsewhere) else memory.reset_peak(program.pid)

    def peak_bytes(self, program: Program) -> int:
        if isinstance(program, Elsewhere):
            program.refuse()
        return memory.peak_bytes(program.pid)

    def processor_time(self, program: Program) -> ProcessorTime:
        if isinstance(program, Elsewhere):
            program.refuse()
        return memory.processor_time(memory.processor_account(program.pid))

    def descriptors(self, program: Program) -> int:
        if isinstance(program, Elsewhere):
            program.refuse()
        return len(os.listdir(f"/proc/{program.pid}/fd"))

    def storage(self, program: Program, directory: Path) -> FolderStorage:
        if isinstance(program, Elsewhere):
            program.refuse()
        return FolderStorage(directory, directory.parent)

    def own_programs(self) -> list[tuple[str, Program]]:
        if self._toxiproxy_process is None:
            return []
        return [("The embedded Toxiproxy", self._toxiproxy_process)]

    def close_suite(self) -> None:
        self._leave_sandbox()
        if self._disks is not None:
            self._disks.close()
            self._disks = None
        if self._toxiproxy is not None:
            self._toxiproxy.close()
            self._toxiproxy = None
        if self._toxiproxy_process is not None:
            self._toxiproxy_process.stop(3.0)
            self._toxiproxy_process = None

    def close(self) -> None:
        self.close_suite()
