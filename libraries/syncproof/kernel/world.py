"""The world of one scenario: its scheduler, what was seen so far, and everything that sentences act on."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from syncproof.evidence import records
from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.kernel.agent import AgentUnreachable, MalformedReply
from syncproof.kernel.cast import Device, Ends
from syncproof.kernel.demands import meets
from syncproof.kernel.fault import Fault
from syncproof.kernel.faultbook import Faultbook
from syncproof.kernel.link import Link
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.operations import Operations
from syncproof.kernel.profile import Profile
from syncproof.kernel.quantities import Duration
from syncproof.kernel.relay_log import RelayLog
from syncproof.kernel.scheduler import Scheduler
from syncproof.kernel.sentence import Sentence, emit
from syncproof.kernel.server import ServerGone
from syncproof.kernel.state import State
from syncproof.kernel.story import impossible
from syncproof.kernel.topology import Topology
from syncproof.kernel.trouble import EvidenceIncomplete, InvalidScenario
from syncproof.kernel.verdicts import Verdicts
from syncproof.registry import discover

if TYPE_CHECKING:
    from syncproof.kernel.bed import Bed

S = TypeVar("S", bound=State)

#: How long a healed fault may take until a probe says so, at scale 1: more than any latency that sentences set.
HEALING_S = 30.0
#: How long the agents may take to be read to their end, beside the slack. Not scaled, because reading is no faster
#: where TIME_SCALE is small; an agent that answers is not waited for so long.
READ_S = 10.0
#: What the end of a test says where every check had nothing to look at.
NOTHING_SENT = (
    "Inconclusive: no device sent anything, so nothing could be judged. "
    "Let one send a message ('Alice sends 1 message')."
)
#: How often it is looked whether processes still run that nobody ended: each look is a question to the launcher.
LOOK_ALIVE_NS = 500_000_000
#: How much longer than it was said to a fault may last until it is seen to take effect; not scaled.
SHOWING_NS = 5_000_000_000
#: How long a process may take from closing its connections to its end; not scaled.
ENDING_NS = 500_000_000


class World:
    """Opened for one test, closed at its end.

    Deadlines run from the later of the step's own start, the last thing that was enqueued, and the proved end of the
    last fault; the profile's slack is added unscaled.
    """

    def __init__(self, test_bed: Bed, title: str) -> None:
        self.test_bed, self.title = test_bed, title
        self.profile: Profile = test_bed.profile
        self.scale = test_bed.scale
        self.slack_ns = round(test_bed.slack_s * 1e9)
        attempt = test_bed.claim_history(title)
        self.history_path = attempt.path
        header = test_bed.header(title, attempt.number)
        self._tail = test_bed.recorder.open(self.history_path, header)
        self.history = History(header=header)
        self.scheduler = Scheduler(test_bed.clock, self._observe)
        self.opened_ns = self.scheduler.now()
        self.faults = Faultbook(
            self.scheduler.now,
            self.record,
            round(HEALING_S * max(1.0, self.scale) * 1e9) + self.slack_ns,
            lambda: tuple(self.topology.nodes),
        )
        self.topology = Topology(self)
        self.operations = Operations(self)
        self.verdicts = Verdicts(self)
        self.relay_log = RelayLog(self)
        self._states: dict[type[State], State] = {}
        for kind in discover(State, "state"):
            if kind.always_with and meets(self.profile.capabilities, kind.always_with):
                self.of(kind)
        #: When the sentence that is being performed was said (ns).
        self.asked_ns = self.opened_ns
        self._looked_alive_ns = 0
        self._judging = 0
        #: How many lines the harness has put on record, and how many of them it has taken in for certain.
        self._recorded = self._heard = 0
        self._unread: set[str] = set()
        #: What people should know of a test that passed, once it is finished; "" for nothing.
        self.remark = ""
        #: What went wrong at the end of the test beside its verdicts.
        self.troubles: list[str] = []

    def seed_of(self, name: str) -> str:
        """What somebody of this test draws by: from the run's seed, and the same however the run was started."""
        return f"{self.test_bed.seed}/{self.title.rpartition('.')[2]}/{name}"

    def of(self, kind: type[S]) -> S:
        """A workload's state in this scenario, made when it is first asked for."""
        if kind not in self._states:
            self._states[kind] = kind(self)
        found: Any = self._states[kind]
        return found  # type: ignore[no-any-return]

    @property
    def states(self) -> Sequence[State]:
        """Of every workload that has one here."""
        return tuple(self._states.values())

    def perform(self, step: Sentence) -> None:
        """Do what a sentence says; it goes on record as the sentence that it is."""
        self.asked_ns = self.scheduler.now()
        self.note("step", sentence=emit(step))
        if wrong := impossible(step, tuple(self.topology.nodes), self.profile.layout):
            raise InvalidScenario(wrong)
        try:
            step.run(self)
        except self.test_bed.unreachable:
            self._look_for_the_dead()
            raise

    def _look_for_the_dead(self) -> None:
        """Raises AssertionError if what does not answer is a process that ended by itself, or is about to."""
        until = self.scheduler.now() + ENDING_NS
        while self.scheduler.now() < until:
            self.topology.check_alive()
            self.test_bed.clock.wait(self.scheduler.now() + ENDING_NS // 20)

    def record(self, record: Line) -> None:
        """Put something that the harness did or saw on record."""
        self.test_bed.recorder.record(record)
        self._recorded += 1

    def note(self, what: str, /, **fields: object) -> None:
        """Put anything else on record."""
        device = str(fields.pop("device", ""))
        self.record(records.Note(t_ns=self.scheduler.now(), device=device, what=what, fields=fields))

    def scaled_s(self, duration: Duration) -> float:
        """A stated duration under TIME_SCALE, in seconds."""
        return duration.seconds * self.scale

    def scaled_ns(self, duration: Duration) -> int:
        """A stated duration under TIME_SCALE, in nanoseconds."""
        return round(self.scaled_s(duration) * 1e9)

    def node(self, name: str) -> DeviceNode:
        """A device of this scenario. Raises InvalidScenario for one that it did not introduce."""
        return self.topology.node(name)

    def links(self, *of: Device | Ends) -> tuple[Link, ...]:
        """All links of devices, those that lead to one from another device among them, or those between two nodes.

        Each is there once. Raises InvalidScenario for what is not there.
        """
        of_devices = self.topology.network([each.name for each in of if isinstance(each, Device)])
        between = (link for each in of if isinstance(each, Ends) for link in self.topology.links_of(each))
        return (*of_devices, *between)

    def called(self, of: Device | Ends) -> list[str]:
        """What people call these links: the targets of a fault that is on just them."""
        return list(dict.fromkeys(each for link in self.links(of) for each in link.targets))

    def read_evidence(self) -> None:
        """Wait until the recorder has read every agent to its end, and take in what it wrote.

        Raises EvidenceIncomplete where it could not: what nobody has read nobody can judge.
        """
        answer = self.test_bed.recorder.barrier(READ_S + self.slack_ns / 1e9)
        self._note_unread({each.device: each.message for each in answer.unreachable})
        self._take_in(self._tail.read_new())
        if answer.unreachable:
            self._look_for_the_dead()
        unread = [
            f"{each.device}'s agent could not be read to its end: {each.message}"
            for each in answer.unreachable
        ]
        if answer.errors or unread:
            raise EvidenceIncomplete("The evidence is incomplete. " + "; ".join([*answer.errors, *unread]))

    def _note_unread(self, silent: dict[str, str]) -> None:
        """Put on record whose logs the checkers must not take for whole, and whose they may again."""
        unasked = {device for device in self._unread if self.topology.stopped(device) is not None}
        for device in self._unread - silent.keys() - unasked:
            self.note("evidence_read", device=device)
        for device, message in silent.items():
            self.note("evidence_unread", device=device, message=message)
        self._unread = unasked | silent.keys()

    def read_own(self) -> None:
        """Take in all that the harness itself has put on record so far; the world does not move meanwhile.

        Raises EvidenceIncomplete where the recorder does not write it down.
        """
        last = self._judging + 1
        self.note("judging", number=last)
        told = self._recorded
        give_up_ns = self.scheduler.now() + round(READ_S * 1e9) + self.slack_ns
        while self._judging < last:
            self._take_in(self._tail.read_new())
            if self.scheduler.now() > give_up_ns:
                raise EvidenceIncomplete(
                    "The evidence is incomplete. The recorder has not written down what it was told within "
                    f"{READ_S:g} s: its log in the output folder may say why."
                )
            if self._judging < last:
                self.test_bed.clock.wait(self.scheduler.now() + 1_000_000)
        self._heard = told

    def holds(self, predicate: Callable[[], bool]) -> bool:
        """Whether it holds, by all that the harness had put on record before it was asked.

        On a slow machine a look may come before the recorder has written what it was told just now, and where nothing
        is known nothing is wrong.
        """
        told = self._recorded
        if not predicate():
            return False
        if told == self._heard:
            return True
        self.read_own()
        return predicate()

    def wait_for(self, predicate: Callable[[], bool], within_s: float) -> bool:
        """Let the world move until the predicate holds, or until its deadline (seconds at scale 1) has passed."""
        started = self.scheduler.now()
        within_ns = round(within_s * self.scale * 1e9) + self.slack_ns

        def deadline() -> int | None:
            if self.scheduler.pending or self.faults.healing:
                return None
            return max(started, self.scheduler.last_done_ns, self.faults.last_end_ns) + within_ns

        return self.scheduler.run_until(predicate, deadline)

    def let_pass(self) -> None:
        """Let everything that the scenario has enqueued happen, up to the proved end of its faults."""
        self.wait_for(lambda: not self.scheduler.pending and not self.faults.healing, HEALING_S)

    def wait_patiently(self, predicate: Callable[[], bool], within_s: float) -> bool:
        """Like `wait_for`, for what no sentence sets a deadline to: `within_s` never becomes less than it says.

        This is the patience of the harness, and a machine does not become faster where TIME_SCALE is small.
        """
        return self.wait_for(predicate, self.patience_s(within_s) / self.scale)

    def patience_s(self, within_s: float) -> float:
        """How long the harness is patient under TIME_SCALE, without the slack: less than at scale 1 never."""
        return within_s * max(1.0, self.scale)

    def run_until(self, what: str, predicate: Callable[[], bool], within_s: float) -> None:
        """Wait patiently from now on; raises an AssertionError that names `what` did not come true."""
        started = self.scheduler.now()
        within_ns = round(self.patience_s(within_s) * 1e9) + self.slack_ns
        if not self.scheduler.run_until(predicate, lambda: started + within_ns):
            expected = f"expected {what} within {within_ns / 1e9:g} s"
            raise AssertionError(self.verdicts.describe(expected, seen=self.topology.unconnected()))

    def end_fault_after(
        self,
        kinds: Sequence[type[Fault]],
        targets: Sequence[str],
        duration: Duration,
        *,
        punctual: bool = False,
    ) -> None:
        """Enqueue the end of a fault for so long after it began. Raises InvalidScenario where there is none.

        On a machine so slow that this is over, and what was said before still waits, for so long from now. And where
        nobody has seen it take effect by then it stays until somebody has, for some seconds at most: a busy machine
        answers the probes late. punctual: it comes before sends that are overdue, see `Scheduler.at`.
        """
        entry = self.faults.find(kinds, *targets)
        lasts_ns = self.scaled_ns(duration)
        shown_ns = entry.started_ns + lasts_ns + SHOWING_NS
        self.scheduler.at(
            entry.started_ns + lasts_ns,
            lambda: self.topology.end_fault(entry),
            f"the end of the {entry.fault}",
            held=lambda: entry.state == "active" and not punctual and self.scheduler.now() < shown_ns,
            punctual=punctual,
            again_ns=0 if punctual else lasts_ns,
        )
        entry.ends_by_itself = True

    def finish(self, *, failed: bool) -> str:
        """End the test: heal what is still broken, judge safety, stop the devices. Answers what is wrong, or ""."""
        problems = [
            self._trouble(lambda: self._heal_and_judge(failed=failed)),
            self._trouble(self.topology.leave),
            self._trouble(self._end_history),
        ]
        problem = next((problem for problem in problems if problem), "")
        if failed or problem:
            self.test_bed.keep_logs(
                self.history_path.with_suffix(".logs"), list(self.topology.nodes.values())
            )
        return problem

    def _end_history(self) -> str:
        with contextlib.closing(self._tail):
            self.test_bed.recorder.close_history()
            self.history.extend(self._tail.read_new())
        return ""

    def _heal_and_judge(self, *, failed: bool) -> str:
        """Every fault ends with its test; then safety is judged at rest (as far as a failed test came to rest).

        A fault whose end the scenario has enqueued ends then, as everything else that is enqueued still happens: a
        flap that was ended between two of its edges would be a cut that nobody knows of.
        """
        with contextlib.ExitStack() as healing:  # all of them, also when one cannot be ended
            for entry in self.faults.on:
                healing.callback(self.topology.end_fault, entry)
            if not failed:
                self.wait_for(lambda: not any(entry.ends_by_itself for entry in self.faults.on), HEALING_S)
        incomplete = self._gather(failed=failed)
        judged = self.verdicts.safety()
        if not failed:
            judged = [
                *self.verdicts.unheard(),
                *judged,
                self.verdicts.ask("rest", None, quiet_ns=self.verdicts.quiet_ns),
            ]
        self.remark = "; ".join(verdict.remark for verdict in judged if verdict.remark)
        wrong = [verdict for verdict in judged if verdict.result != "pass"]
        # What is wrong stands before what showed nothing, and of that the cause before what followed from it.
        wrong.sort(key=lambda verdict: (verdict.result != "fail", verdict.checker != "fault_effect"))
        if incomplete:
            self.troubles.append(incomplete)
        if incomplete and not any(verdict.result == "fail" for verdict in wrong):
            return incomplete
        if wrong and wrong[0].result == "unknown" and not self.history.operations:
            return self.verdicts.describe(NOTHING_SENT)
        return self.verdicts.tell(*wrong) if wrong else ""

    def _gather(self, *, failed: bool) -> str:
        """Come to rest, as far as the test has not failed, and read all evidence. Answers what is missing, or "".

        What is on record is judged all the same: a loss is certain whatever else could not be read.
        """
        try:
            if failed:
                self.verdicts.gather()
            else:
                self.wait_for(lambda: not self.faults.healing, HEALING_S)
                self.verdicts.at_rest()
                for state in self.states:
                    state.on_end()
        except (AgentUnreachable, AssertionError, ServerGone) as gone:
            if not failed and not isinstance(gone, EvidenceIncomplete):
                raise
            self.note("evidence_incomplete", message=str(gone))
            # Only when this line has come back are those before it judged: who could not be read, and the log.
            with contextlib.suppress(AgentUnreachable, AssertionError, ServerGone):
                self.wait_for(lambda: any(self.history.notes("evidence_incomplete")), HEALING_S)
            return str(gone)
        return ""

    def timeline(self, *, failed: bool) -> str:
        """The picture of this test up to now and a table of what is missing, as HTML without any script."""
        # Only a test that failed needs it: one that passes does not wait for a library that draws.
        from syncproof.evidence.timeline import missing_table, render

        failed_ns = self.scheduler.now() if failed else None
        picture = render(self.history, origin_ns=self.opened_ns, failed_ns=failed_ns)
        return picture + missing_table(self.history, self.opened_ns)

    def evidence_link(self) -> str:
        """Where the history is, relative to the log."""
        return self.test_bed.evidence_link(self.history_path)

    def _observe(self) -> None:
        self._take_in(self._tail.read_new())
        self.faults.tick()
        for state in self.states:
            state.on_tick()
        now = self.scheduler.now()
        if now - self._looked_alive_ns > LOOK_ALIVE_NS:
            self._looked_alive_ns = now
            self.topology.check_alive()

    def _take_in(self, lines: Sequence[Line]) -> None:
        """Add what the recorder wrote. Raises MalformedReply where an agent told it nonsense."""
        self.history.extend(lines)
        for line in lines:
            if not isinstance(line, records.Note):
                continue
            if line.what == "judging":
                self._judging += 1
            elif line.what == "malformed_reply":
                began = line.fields.get("reply", "")
                raise MalformedReply(
                    f"{line.device}'s agent answered the recorder with something that the agent protocol does not "
                    f"allow: {line.fields.get('message')}." + (f" It began: {began}" if began else "")
                )

    def _trouble(self, do: Callable[[], str]) -> str:
        """What is wrong by what this answers or raises; "" for nothing. What comes behind it must go on in any case."""
        try:
            return do()
        except self.test_bed.expected as wrong:
            self.troubles.append(str(wrong))
        except Exception as wrong:
            logging.getLogger(__name__).debug("the end of a test", exc_info=True)
            self.troubles.append(f"The end of the test went wrong: {type(wrong).__name__}: {wrong}")
        return self.troubles[-1]
