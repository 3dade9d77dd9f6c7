"""What sentences expect: each lets the world move until it holds, or says what it saw instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.breaker import expected_opens
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long the healing of a fault may keep a sentence that only looks back, at scale 1.
HAPPEN_S = 30.0


class Expectations:
    """The `Then` of one scenario."""

    def __init__(self, world: World) -> None:
        self._world = world

    def receive(self, name: str, count: int | None, within: Duration) -> None:
        """All messages of the others; `count` must be what the scenario sends."""
        world = self._world
        world.node(name)
        sent = world.operations.to(name)
        if sent == 0:
            raise InvalidScenario(f"Nobody sends {name} anything in this scenario: say first who does.")
        if count is not None and count != sent:
            raise InvalidScenario(
                f"The scenario sends {counted(sent, 'message')} to {name}, but this sentence expects {count}: it "
                "has to say how many come in all."
            )
        self._within(
            "delivery",
            f"{name} to receive all {counted(sent, 'message')}",
            lambda: world.operations.missing(name) == [] and world.operations.received(name) >= sent,
            within,
            name,
        )

    def receive_range(self, name: str, first: int, last: int, within: Duration) -> None:
        """Messages of the others by their numbers."""
        messages = self._world.operations

        def wanted() -> list[str]:
            return [op for op in messages.missing(name) if first <= messages.number(op) <= last]

        if not 1 <= first <= last:
            raise InvalidScenario(
                f"There are no messages {first} to {last}: they are numbered from 1 upwards."
            )
        if last > max((messages.author(n).enqueued for n in messages.authors() if n != name), default=0):
            raise InvalidScenario(
                f"Nobody sends {name} a message {last}: the sentence asks for more than the scenario."
            )
        self._within(
            "delivery",
            f"{name} to receive messages {first} to {last}",
            lambda: not self._world.scheduler.pending and not wanted(),
            within,
            name,
        )

    def have(self, name: str, count: int, within: Duration) -> None:
        """All messages of everybody, its own included."""
        messages = self._world.operations
        total = messages.to(name) + messages.author(name).enqueued
        if total != count:
            raise InvalidScenario(
                f"The scenario sends {counted(total, 'message')} in all, but this sentence expects {count}."
            )
        self._within(
            "delivery",
            f"{name} to have all {counted(count, 'message')}, its own included",
            lambda: (
                messages.missing(name, own=True) == [] and len(self._world.history.delivered(name)) >= count
            ),
            within,
            name,
        )

    def judge(self, checker: str, name: str | None) -> None:
        """A verdict on the whole history, taken when everything has come to rest."""
        self._world.verdicts.at_rest()
        self._world.verdicts.require(checker, name)

    def retried(self, name: str) -> None:
        """At least one retry was scheduled since the first fault began."""
        entries = self._world.faults.entries
        since = min((entry.started_ns for entry in entries), default=self._world.opened_ns)
        self._soon(
            "retries",
            f"{name} to have scheduled a retry since the first fault began",
            lambda: any(retry.t_ns >= since for retry in self._world.history.of(records.Retry, name)),
            name,
        )

    def noticed_silence(self, name: str) -> None:
        """The device gave its silent connection up while the silence lasted, not when its end broke it."""
        world = self._world
        self._world.let_pass()
        silences = [
            (start.t_ns, end.t_ns)
            for start, *_, end in (edges for edges in world.history.faults.values() if len(edges) > 1)
            if start.kind in ("silence", "one_way") and end.edge == "end" and name in start.relevant_to
        ]
        if not silences:
            raise InvalidScenario(f"{name}'s network has not been silent in this scenario, or still is.")
        began, ended = silences[-1]
        ended = min(ended, world.node(name).came_back_ns)
        if not any(
            began < line.t_ns < ended and line.state not in ("live", "catching_up")
            for line in world.history.of(records.Connection, name)
        ):
            raise world.verdicts.failed(
                "noticed",
                f"expected {name} to find out that nobody answers any more; {name} believed in its connection "
                f"for all of the {(ended - began) / 1e9:.1f} s of silence",
            )

    def caught_up(self, name: str) -> None:
        """A catch-up that brought something ended after the device came back."""
        node = self._world.node(name)
        self._world.let_pass()
        if not node.came_back_ns:
            raise InvalidScenario(
                f"{name} has not been away in this scenario, so it has nothing to catch up on."
            )

        def ran() -> bool:
            steps = [c for c in self._world.history.of(records.Catchup, name) if c.t_ns >= node.came_back_ns]
            return any(c.state == "page" and c.got > 0 for c in steps) and any(
                c.state == "ended" for c in steps
            )

        self._soon("catch_up", f"{name} to have caught up after it came back", ran, name)

    def catch_up_in_pages(self, name: str, within: Duration) -> None:
        """Pages were taken one after the other, and `catchupBatches` told of it.

        It should be seen to do so while messages are missing. A metric that is polled may be asked too seldom on a busy
        machine; it has to have counted the pages on record then.
        """
        world, node = self._world, self._world.node(name)
        batches: list[float] = []

        def begun() -> bool:
            seen = node.agent.metrics().get("catchupBatches", 0)
            if seen > 0 and world.operations.missing(name):
                batches.append(seen)
                world.note("metric", device=name, name="catchupBatches", value=seen)
            return bool(batches) or not world.operations.missing(name)

        def pages() -> list[records.Catchup]:
            steps = world.history.of(records.Catchup, name)
            return [c for c in steps if c.state == "page" and c.got > 0 and c.t_ns >= node.came_back_ns]

        def delivered_between_pages() -> bool:
            arrived = [d.t_ns for d in world.history.deliveries(name) if d.t_ns >= node.came_back_ns]
            return len(pages()) >= 2 and bool(arrived) and min(arrived) < pages()[-1].t_ns

        checker = "catch_up_in_pages"
        self._within(
            checker, f"{name}'s catchupBatches to be seen while messages are missing", begun, within, name
        )
        self._within(
            checker,
            f"{name} to take several pages, or everything at once",
            lambda: delivered_between_pages() or not world.operations.missing(name),
            within,
            name,
        )
        counted = batches[-1] if batches else node.agent.metrics().get("catchupBatches", 0)
        if counted < (1 if batches else len(pages())) or not delivered_between_pages():
            raise world.verdicts.failed(
                checker,
                f"expected {name} to catch up page by page: {len(pages())} pages are on record, and catchupBatches "
                f"was {counted:g} {'while messages were missing' if batches else 'in the end'}",
            )

    def breaker_matches(self, name: str) -> None:
        """`circuitOpens` against the count that the recorded attempts demand."""
        world = self._world
        world.verdicts.at_rest()
        attempts = world.history.of(records.Attempt, name)
        threshold = round(world.topology.setting("breaker_failures"))
        cooldown_ns = round(world.topology.setting("breaker_cooldown_s") * world.scale * 1e9)
        demanded = expected_opens(attempts, threshold, cooldown_ns)
        seen = round(world.node(name).agent.metrics().get("circuitOpens", 0))
        failed = sum(1 for attempt in attempts if attempt.outcome == "failed")
        world.note(
            "breaker", device=name, demanded=demanded, circuitOpens=seen, failed=failed, threshold=threshold
        )
        if not failed:
            raise world.verdicts.unknown("breaker", (f"not one of {name}'s {len(attempts)} exchanges failed"))
        if seen != demanded:
            raise world.verdicts.failed(
                "breaker",
                (
                    f"expected {name}'s circuit breaker to have opened {counted(demanded, 'time')} ({failed} failures "
                    f"on record, it opens after {threshold} in a row); circuitOpens is {seen}"
                ),
            )

    def held_during_catch_up(self, name: str, number: int) -> None:
        """The live message is on record as held, or as arrived, before catch-up ended."""
        world, node = self._world, self._world.node(name)

        def ended() -> bool:
            return any(
                c.state == "ended" and c.t_ns >= node.came_back_ns
                for c in world.history.of(records.Catchup, name)
            )

        def held() -> bool:
            return any(
                h.op_id and world.operations.number(h.op_id) == number and h.t_ns >= node.came_back_ns
                for h in world.history.of(records.Held, name)
            )

        world.run_until(f"message {number} to reach {name} live", lambda: held() or ended(), 60.0)
        if not held():
            raise world.verdicts.unknown(
                "held_back",
                (
                    f"{name}'s catch-up had ended before message {number} arrived live, so that nothing "
                    "could have skipped ahead. Slow the link more, or send more before"
                ),
            )

    def memory_growth(self, name: str, at_most: Size) -> None:
        """Peak resident memory since it came online."""
        world = self._world
        grown = world.topology.memory_growth(name)
        backlog = sum(invoke.size for invoke in world.history.invokes() if invoke.author != name)
        world.note("memory", device=name, grown=grown, allowed=at_most.bytes, backlog=backlog)
        if backlog < 5 * at_most.bytes:
            raise world.verdicts.unknown(
                "bounded_memory",
                f"the backlog has {Size(backlog).about()}, less than five times the {at_most} that {name} may "
                "grow by: it could all be in memory and nobody would see.",
            )
        if grown > at_most.bytes:
            raise world.verdicts.failed(
                "bounded_memory",
                (
                    f"expected {name}'s memory to grow by at most {at_most} over a backlog of "
                    f"{Size(backlog).about()}; it grew by {Size(grown).about()}"
                ),
            )

    def live(self, name: str, within: Duration) -> None:
        """Connected and live."""
        self._within(
            "live",
            f"{name} to be syncing again",
            lambda: (
                not self._world.scheduler.pending
                and not self._world.faults.healing
                and self._world.history.connection(name) == "live"
            ),
            within,
            name,
        )

    def recovered_within(self, within: Duration) -> None:
        """From the proved end of the last fault to the last delivery that had to come."""
        world = self._world
        world.verdicts.at_rest()
        world.verdicts.require("recovery_bound", None, bound_ns=world.scaled_ns(within) + world.slack_ns)

    def _within(
        self, checker: str, what: str, predicate: Callable[[], bool], within: Duration, name: str
    ) -> None:
        if not self._world.wait_for(predicate, within.seconds):
            raise self._world.verdicts.unmet(checker, what, within, name)

    def _soon(self, checker: str, what: str, predicate: Callable[[], bool], name: str) -> None:
        """For what must be on record already, or within the slack."""
        self._within(checker, what, predicate, Duration(5), name)
