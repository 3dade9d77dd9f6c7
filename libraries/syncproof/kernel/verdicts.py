"""The judgement of one scenario: when everything is at rest, what the checkers say, and how it is told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from syncproof.evidence import checkers, records
from syncproof.evidence.checkers.verdict import Verdict
from syncproof.evidence.message import compose, listed
from syncproof.kernel.agent import Capabilities
from syncproof.kernel.promises import promised
from syncproof.kernel.secrecy import search_server
from syncproof.kernel.server import log_of
from syncproof.kernel.trouble import EvidenceIncomplete

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long coming to rest may take, at scale 1 and below, on top of the retry interval that must pass quietly.
REST_S = 60.0
#: How often agents are asked whether something is pending, once nothing is delivered any more.
ASK_NS = 50_000_000


class Verdicts:
    """Asks the checkers and turns what they say into records and messages."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asked_ns = 0
        self._pending: dict[str, dict[str, int]] = {}

    def at_rest(self) -> None:
        """Wait until nothing is pending and nothing was delivered for a full retry interval; then read all evidence.

        Raises AssertionError that names who still has something to do, EvidenceIncomplete where all came to rest by
        what could be read.
        """
        world = self._world
        quiet_ns = self.quiet_ns

        def resting() -> bool:
            now = world.scheduler.now()
            if world.scheduler.pending or world.faults.healing or now - self._last_activity() < quiet_ns:
                return False
            if now - self._asked_ns < ASK_NS:
                return False
            self._asked_ns = now
            self._pending = world.topology.pending()
            return not any(self._pending.values())

        patience_ns = round(world.patience_s(REST_S) * 1e9) + world.slack_ns
        late, began_ns = True, world.scheduler.now()
        unread: EvidenceIncomplete | None = None
        while late and world.scheduler.now() - began_ns <= patience_ns:
            rested = world.wait_patiently(resting, REST_S)
            if not rested:
                self._asked_ns, self._pending = world.scheduler.now(), world.topology.pending()
            silent = [node.name for node in world.topology.nodes.values() if node.presence == "silent"]
            asked = {name: sum(left.values()) for name, left in self._pending.items()}
            fields: dict[str, object] = {"asked": asked, "silent": silent, "rested": rested}
            if any(asked.values()):
                fields["left"] = {name: left for name, left in self._pending.items() if left}
            world.record(records.Note(t_ns=self._asked_ns, what="pending", fields=fields))
            if not rested:
                self._tell_unrest()
            try:
                self.gather()
            except EvidenceIncomplete as incomplete:
                unread = incomplete
            else:
                unread = None
            # On a slow machine lines come on record behind the question that were written before it; and what nobody
            # had heard of then may arrive while one after the other is looked at. Ask once more, also where somebody
            # cannot be read, and where that has no end let the checks say what they have seen.
            late = self._asked_ns - quiet_ns < world.history.last_activity_ns
        if unread is not None:
            raise unread

    def _tell_unrest(self) -> NoReturn:
        """Let the check judge what was noted; who still has something to do says how it is connected."""
        world = self._world
        world.read_own()
        verdict = self.ask("rest", None, quiet_ns=self.quiet_ns)
        busy = [
            f"{name} is {world.topology.connection(name)}" for name, left in self._pending.items() if left
        ]
        raise AssertionError(self.tell(verdict, seen=", ".join(busy)))

    @property
    def quiet_ns(self) -> int:
        """How long nothing may be delivered until everything is at rest."""
        return round(self._world.profile.retry_interval_s * self._world.scale * 1e9)

    def gather(self) -> None:
        """Read every agent to its end, and the server's own log, also where an agent cannot be read.

        Until the log is read again, it shows nothing of what it lacks.
        """
        world = self._world
        if world.topology.group in world.history.exported:
            world.note("log_outdated", group=world.topology.group)
        try:
            world.read_evidence()
        except EvidenceIncomplete:
            self._read_server_log()
            raise
        if world.topology.nodes:
            for state in world.states:
                state.on_rest()
            self._read_server_log()
            world.read_evidence()

    def _read_server_log(self) -> None:
        world, group = self._world, self._world.topology.group
        if not (world.topology.nodes and world.profile.capabilities.server_log):
            return
        for line in log_of(world.test_bed.server, group, world.history.logged(group)):
            world.record(
                records.Log(
                    t_ns=world.scheduler.now(),
                    group=group,
                    op_id=line.op_id,
                    version=line.version,
                    server_order=line.server_order,
                    author=world.topology.name_of(line.author),
                    digest=line.digest,
                    sealed=line.sealed,
                )
            )
        world.note("log_read", group=group)

    def require(self, checker: str, name: str | None, **limits: Any) -> None:
        """Judge all that is on record by now. Raises AssertionError unless the checker passes; unknown fails too."""
        self._world.read_own()
        verdict = self.ask(checker, name, **limits)
        if verdict.result != "pass":
            raise AssertionError(self.tell(verdict, device=name if "within_ns" in limits else None))

    def ask(self, checker: str, name: str | None, **limits: Any) -> Verdict:
        """One checker's verdict on the history so far, put on record with its limits."""
        check = checkers.named(checker)
        limits |= promised(check, self._capabilities)
        verdict = check(self._world.history, device=name, **limits)
        self._put_on_record(verdict, name or "", limits)
        return verdict

    @property
    def _capabilities(self) -> Capabilities:
        """What the system promises in this scenario: what it declares, and what workloads add."""
        promised = self._world.profile.capabilities
        for state in self._world.states:
            promised = state.promised(promised)
        return promised

    def safety(self) -> list[Verdict]:
        """The verdicts that every test ends with: all safety checkers, and whether every fault bit."""
        if self._capabilities.e2ee and self._world.topology.nodes:
            # What could not be read is told already; what is on record is judged all the same.
            with contextlib.suppress(EvidenceIncomplete):
                search_server(self._world)
        return [self.ask(checker, None) for checker in checkers.safety()]

    def unheard(self) -> list[Verdict]:
        """What checks have found on record so far, in a test that goes on as if they had not."""
        found = self._world.history.of(records.Verdict)
        return [Verdict(v.checker, v.result, v.message, v.witness) for v in found if v.result != "pass"]

    def tell(self, *verdicts: Verdict, device: str | None = None, seen: str = "") -> str:
        """Verdicts that did not pass, for people: what showed nothing is left to the record where one failed.

        device: tell what this one is doing now. seen: or else this.
        """
        verdicts = tuple(verdict for verdict in verdicts if verdict.result == "fail") or verdicts
        said = listed([f"{verdict.checker}: {verdict.message}" for verdict in verdicts])
        concerned = tuple(dict.fromkeys(op_id for verdict in verdicts for op_id in verdict.witness))
        missing = tuple(op_id for verdict in verdicts for op_id in verdict.missing)
        return self._compose(said, seen=self._seen(device) or seen, missing=missing, concerned=concerned)

    def _seen(self, name: str | None) -> str:
        """`Bob is dead (killed at 3.2 s) and has received 3 of 5 messages`; "" for nobody."""
        if name is None:
            return ""
        topology, operations = self._world.topology, self._world.operations
        stopped = topology.stopped(name)  # its last word about its connection is out of date then
        seen = f"{name} is {f'{stopped.state} ({stopped.how})' if stopped else topology.connection(name)}"
        sent = operations.to(name)
        return seen + (f" and has received {operations.received(name)} of {sent} messages" if sent else "")

    def describe(self, text: str, *, seen: str = "") -> str:
        """Any other failure for people."""
        return self._compose(text, seen=seen)

    def _compose(
        self, expected: str, *, seen: str = "", missing: Sequence[str] = (), concerned: Sequence[str] = ()
    ) -> str:
        world = self._world
        return compose(
            world.history,
            expected=expected,
            seen=seen,
            missing=missing,
            concerned=concerned,
            opened_ns=world.opened_ns,
            now_ns=world.scheduler.now(),
            evidence=world.evidence_link(),
        )

    def _put_on_record(self, verdict: Verdict, name: str, limits: Mapping[str, Any]) -> None:
        lines = self._world.history.lines
        self._world.record(
            records.Verdict(
                t_ns=self._world.scheduler.now(),
                device=name,
                checker=verdict.checker,
                result=verdict.result,
                message=verdict.message,
                witness=(verdict.witness or verdict.missing)[:20],
                limits=dict(limits),
                upto=lines[-1].i if lines else 0,
            )
        )

    def _last_activity(self) -> int:
        history = self._world.history
        return max(
            history.last_activity_ns, self._world.scheduler.last_done_ns, self._world.faults.last_end_ns
        )
