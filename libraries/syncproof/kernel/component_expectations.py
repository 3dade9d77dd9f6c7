"""What sentences expect of the parts of a device: its marker, its breaker, its retries, what it sets aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.breaker import openings
from syncproof.evidence.checkers.verdict import count as counted

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often the server is asked for something that it knows; it has other work.
ASK_NS = 50_000_000
#: How long a breaker may take until it opens, at scale 1 and below.
OPENS_S = 60.0

_NOT_FOUND = 404


class ComponentExpectations:
    """The `Then` about parts of devices, checked against the server's own word where it has one."""

    def __init__(self, world: World) -> None:
        self._world = world

    def breaker_opened(self, name: str) -> int:
        """Waits until the device says that its breaker has opened; when that was (ns)."""
        world = self._world
        entry = world.faults.find(["cut"], name)

        def opened() -> list[int]:
            return [
                line.t_ns
                for line in world.history.of(records.Breaker, name)
                if line.state == "open" and line.t_ns >= entry.started_ns
            ]

        if not world.wait_patiently(lambda: bool(opened()), OPENS_S):
            failed = [a for a in world.history.of(records.Attempt, name) if a.outcome == "failed"]
            within_s = world.patience_s(OPENS_S) + world.slack_ns / 1e9
            raise world.verdicts.failed(
                "breaker",
                f"expected {name}'s circuit breaker to open within {within_s:g} seconds after {name}'s network was "
                f"cut; it did not, after {len(failed)} exchanges that failed",
            )
        return opened()[0]

    def breaker_paused(self, name: str) -> None:
        """Nothing in the server's request log while the breaker must have been open."""
        self._world.relay_log.read_at_rest("breaker_pause")
        self._world.verdicts.require(
            "breaker_pause",
            name,
            threshold=round(self._world.topology.setting("breaker_failures")),
            cooldown_ns=self._world.topology.setting_ns("breaker_cooldown_s"),
        )

    def backed_off(self, name: str) -> None:
        """Delays that grow as the system's own rule says, and requests that keep to them."""
        self._world.relay_log.read_at_rest("retry_backoff")
        self._world.verdicts.require(
            "retry_backoff",
            name,
            base_ns=self._world.topology.setting_ns("retry_base_s"),
            max_ns=self._world.topology.setting_ns("retry_max_s"),
            jitter_percent=round(self._world.topology.setting("retry_jitter") * 100),
            ttl_ns=self._world.topology.setting_ns("retry_ttl_s"),
        )

    def breaker_opened_at_least(self, name: str, count: int) -> None:
        """So many openings, by the exchanges on record."""
        world = self._world
        world.verdicts.at_rest()
        opened = openings(
            world.history.of(records.Attempt, name),
            round(world.topology.setting("breaker_failures")),
            self._world.topology.setting_ns("breaker_cooldown_s"),
        )
        if len(opened) < count:
            raise world.verdicts.unknown(
                "breaker_opened",
                f"{name}'s exchanges on record ask for {counted(len(opened), 'opening')} of the circuit breaker, less "
                f"than {count}: break the network for longer",
            )
        said = [line for line in world.history.of(records.Breaker, name) if line.state == "open"]
        if len(said) < count:
            raise world.verdicts.failed(
                "breaker_opened",
                f"expected {name}'s circuit breaker to open at least {counted(count, 'time')}; it reported {len(said)}",
            )
