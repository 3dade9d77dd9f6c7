"""The embedded stack: processes of this machine, no Docker, no root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncproof.faults.toxiproxy.client import Client
from syncproof.processes import Launcher, Process
from syncproof.systems import memory
from syncproof.systems.stack import Program


class EmbeddedStack:
    """Processes of a launcher, which the caller owns and closes.

    seed: of the embedded Toxiproxy. toxiproxy: URL of a server to use instead of it, or "".
    """

    links_listen = "127.0.0.1:0"
    suspends_by = "SIGSTOP"

    def __init__(self, launcher: Launcher, seed: int, toxiproxy: str) -> None:
        self._launcher, self._seed, self._url = launcher, seed, toxiproxy
        self._toxiproxy: Client | None = None
        self._toxiproxy_process: Process | None = None

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
        defects: Sequence[str] = (),
        ready_within_s: float = 20.0,
    ) -> Process:
        return self._launcher.spawn(name, entry, config, defects=defects, ready_within_s=ready_within_s)

    def discard(self, program: Program) -> None:
        program.kill()

    def cable(self, program: Program) -> None:
        del program  # all share this machine's loopback

    def reset_peak(self, program: Program) -> int:
        return memory.reset_peak(program.pid)

    def peak_bytes(self, program: Program) -> int:
        return memory.peak_bytes(program.pid)

    def own_programs(self) -> list[tuple[str, Program]]:
        if self._toxiproxy_process is None:
            return []
        return [("The embedded Toxiproxy", self._toxiproxy_process)]

    def close_suite(self) -> None:
        if self._toxiproxy is not None:
            self._toxiproxy.close()
            self._toxiproxy = None
        if self._toxiproxy_process is not None:
            self._toxiproxy_process.stop(3.0)
            self._toxiproxy_process = None

    def close(self) -> None:
        self.close_suite()
