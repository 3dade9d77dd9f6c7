"""What sentences expect of the parts of a device: its marker, its breaker, its retries, what it sets aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.breaker import openings
from syncproof.evidence.checkers.retry_backoff import series_of
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.quantities import Duration
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.server import opened as opened_server

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

    def marker_debounced(self, name: str) -> None:
        """Few updates in the server's request log."""
        self._read_all("marker_debounce")
        self._world.verdicts.require(
            "marker_debounce",
            name,
            quiet_ns=self._setting_ns("marker_debounce_s"),
            max_wait_ns=self._setting_ns("marker_max_wait_s"),
        )

    def server_knows_marker(self, name: str, count: int, within: Duration) -> None:
        """The server's own marker of that user stands behind exactly so many messages of the others."""
        world, group = self._world, self._world.topology.group
        client = opened_server(world.test_bed.server).client(world.node(name).identity)
        stood: list[int] = []

        def marked() -> int:
            place = client.marker(group)
            return sum(
                1
                for entry in world.history.deliveries(name)
                if entry.author != name and entry.server_order is not None and entry.server_order <= place
            )

        def there() -> bool:
            if world.operations.received(name) < count:
                return False
            stood.append(marked())
            return stood[-1] == count

        if not world.wait_for(self._now_and_then(there), within.seconds):
            raise world.verdicts.failed(
                "server_marker",
                f"expected the relay to know {name}'s marker at message {count} within {within}; by its own word "
                f"it stands at {f'message {stood[-1]}' if stood else 'none, because not all messages came'}",
            )

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
        self._read_all("breaker_pause")
        self._world.verdicts.require(
            "breaker_pause",
            name,
            threshold=round(self._world.topology.setting("breaker_failures")),
            cooldown_ns=self._setting_ns("breaker_cooldown_s"),
        )

    def backed_off(self, name: str) -> None:
        """Delays that grow as the system's own rule says, and requests that keep to them."""
        self._read_all("retry_backoff")
        self._world.verdicts.require(
            "retry_backoff",
            name,
            base_ns=self._setting_ns("retry_base_s"),
            max_ns=self._setting_ns("retry_max_s"),
            jitter_percent=round(self._world.topology.setting("retry_jitter") * 100),
            ttl_ns=self._setting_ns("retry_ttl_s"),
        )

    def gave_up_and_found_again(self, name: str) -> None:
        """What was missing for so long that it was given up and looked for again is here, by a new series of attempts.

        So long is: its time to live from when the server first said that it is missing, and one period after that.
        """
        world = self._world
        self._read_all("given_up")
        patience_ns = self._setting_ns("retry_ttl_s") + self._setting_ns("descriptor_catchup_s")
        missing: dict[str, int] = {}
        for line in world.history.of(records.Request, name):
            if line.method == "GET" and line.path.startswith("/blobs/") and line.status == _NOT_FOUND:
                missing.setdefault(line.path.removeprefix("/blobs/"), line.t_ns)
        late = [
            each
            for each in world.others.late
            if each.digest in missing and each.uploaded_ns - missing[each.digest] > patience_ns
        ]
        if not late:
            raise world.verdicts.unknown(
                "given_up",
                f"no attachment came later than the {patience_ns / 1e9:g} s after which a device has given one up and "
                "looked for it again",
            )
        series = series_of(r for r in world.history.of(records.Retry, name) if r.what == "download")
        again = [each for each in late if len(series.get(each.digest, ())) > 1]
        absent = [each for each in late if not world.history.has_blob(name, each.digest)]
        world.note("given_up", device=name, missing=len(missing), late=len(late), again=len(again))
        # One that came just before it would have failed anew is found without another failure.
        if 2 * len(again) < len(late):
            raise world.verdicts.failed(
                "given_up",
                f"expected {name} to give up attachments that came more than {patience_ns / 1e9:g} s late, and to look "
                f"for them again; of {len(late)} only {len(again)} had a new series of attempts",
            )
        if absent:
            raise world.verdicts.failed(
                "given_up",
                f"expected {name} to find all {len(late)} late attachments again; {len(absent)} are not there",
            )

    def breaker_opened_at_least(self, name: str, count: int) -> None:
        """So many openings, by the exchanges on record."""
        world = self._world
        world.verdicts.at_rest()
        opened = openings(
            world.history.of(records.Attempt, name),
            round(world.topology.setting("breaker_failures")),
            self._setting_ns("breaker_cooldown_s"),
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

    def set_aside(self, name: str, count: int, within: Duration) -> None:
        """Reported with a reason, as many as were sent."""
        world = self._world
        world.node(name)
        sent = len(world.others.unreadable)
        if sent != count:
            raise InvalidScenario(
                f"The scenario sends {counted(sent, 'event')} that nobody can read, but this sentence speaks of "
                f"{count}."
            )

        def reported() -> int:
            return sum(1 for line in world.history.set_aside.get(name, {}).values() if line.reason)

        if not world.wait_for(lambda: reported() >= count, within.seconds):
            raise world.verdicts.unmet(
                "set_aside",
                f"{name} to set aside {counted(count, 'event')} ({reported()} are reported)",
                within,
                name,
            )

    def _setting_ns(self, name: str) -> int:
        return round(self._world.topology.setting(name) * self._world.scale * 1e9)

    def _read_all(self, checker: str) -> None:
        """Wait for rest, then take in the server's request log, for that checker."""
        self._world.verdicts.at_rest()
        self._world.relay_log.read(checker)

    def _now_and_then(self, predicate: Callable[[], bool]) -> Callable[[], bool]:
        """The same, asked no more often than every so often."""
        asked = 0

        def ask() -> bool:
            nonlocal asked
            now = self._world.scheduler.now()
            if now - asked < ASK_NS:
                return False
            asked = now
            return predicate()

        return ask


def require_no_devices(world: World) -> None:
    """Raises InvalidScenario once devices run: what is set at their start cannot be said any more."""
    if world.topology.nodes:
        raise InvalidScenario("The devices run already: say how they are set before they are introduced.")
