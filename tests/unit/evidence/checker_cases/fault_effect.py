from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Blob, Marker, Record, Result
from syncproof.workloads.verification.records import Verification


def _cut(story: Story, *, proved: bool = True, **fields: Any) -> None:
    """A cut with nothing going on."""
    story.fault("start", **fields)
    if proved:
        story.fault("proved", **fields)
    story.fault("end", **fields)


def _cut_off(
    story: Story,
    *,
    sender: str = "Alice",
    sent: str = "meanwhile",
    got_after: bool = False,
    ends: bool = True,
    back: bool = False,
    isolates: bool = True,
) -> None:
    """Bob gets a message while he is cut off, or as soon as that is lifted; it was sent before that, or meanwhile."""
    if sent == "before":
        story.send(sender)
    story.fault("start", isolates=isolates)
    if sent == "unproved":
        story.send(sender)
    story.fault("proved", isolates=isolates)
    if sent == "meanwhile":
        story.send(sender)
    lifted_ns = story.now + 1
    if not got_after:
        story.deliver("Bob")
        lifted_ns = story.now + 1
    if back:
        story.note("Bob", "came_back")
    if ends:
        story.fault("end", isolates=isolates, lifted_ns=lifted_ns)
    story.deliver("Bob")
    story.deliver("Alice")


def _during(story: Story, sender: str, **fields: Any) -> None:
    """A message is sent while a fault is on, and arrives after it."""
    story.fault("start", **fields)
    story.fault("proved", **fields)
    story.send(sender, ack=False)
    story.fault("end", **fields)
    story.ack("a1" if sender == "Alice" else "b1")
    for device in story.devices:
        story.deliver(device)


def _on_its_way(story: Story, **fields: Any) -> None:
    """Acknowledged before the fault, delivered to Bob after it."""
    story.send("Alice")
    story.deliver("Alice")
    _cut(story, **fields)
    story.deliver("Bob")


def _behind_another_fault(story: Story, kind: str) -> None:
    """Alice's message can only leave her when her own fault has ended, and that is after Bob's."""
    story.fault("start", on=("Alice",), kind=kind, fault_id="hers")
    story.fault("proved", on=("Alice",), kind=kind, fault_id="hers")
    story.send("Alice", ack=False)
    _cut(story, fault_id="his")
    story.fault("end", on=("Alice",), kind=kind, fault_id="hers")
    story.ack("a1")
    for device in story.devices:
        story.deliver(device)


def _marker(story: Story, *, known_before: bool) -> None:
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    story.add(Marker, device="Bob", group="g", scope="local", old=None, new="1", n=1)
    if known_before:
        story.add(Marker, device="Bob", group="g", scope="remote", old=None, new="1", n=1)
    _cut(story)
    story.add(Marker, device="Bob", group="g", scope="remote", old=None, new="1", n=1)


def _transfer(story: Story, *states: str) -> None:
    for state in states:
        story.add(Blob, device="Bob", digest="d", state=state, offset=4, size=9)
    _cut(story)
    story.add(Blob, device="Bob", digest="d", state="complete", offset=9, size=9)


def _never_answered(story: Story) -> None:
    story.send("Bob", accept=False, store=False)
    _cut(story)


def _before_and_after(story: Story) -> None:
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    _cut(story)
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)


def _unacknowledged_only(story: Story) -> None:
    """Bob has everything; only Alice still waits for her acknowledgement."""
    story.send("Alice", ack=False)
    for device in story.devices:
        story.deliver(device)
    _cut(story)
    story.ack("a1")


def _refused_before(story: Story) -> None:
    """What was asked for is settled: it was refused."""
    op_id = story.send("Bob", store=False)
    story.add(Result, device="Bob", op_id=op_id, outcome="fail", code="too_large")
    _cut(story)


def _of_another_group(story: Story) -> None:
    """Something is on its way, in a group to which nobody belongs."""
    story.group = "elsewhere"
    story.send("Alice")
    _cut(story)


def _marker_in_steps(story: Story, known: int) -> None:
    """Bob's marker moves three times before the cut; the system learns of so many moves before it."""
    for _ in range(3):
        story.send("Alice")
        for device in story.devices:
            story.deliver(device)
        story.mark("Bob")
    for n in range(1, known + 1):
        story.add(Marker, device="Bob", group="g", scope="remote", old=None, new=str(n), n=n)
    _cut(story)
    story.add(Marker, device="Bob", group="g", scope="remote", old=None, new="3", n=3)


def _marker_of(story: Story, device: str) -> None:
    """A marker that the system never hears of, while Bob is cut."""
    story.send("Alice")
    for name in story.devices:
        story.deliver(name)
    story.add(Marker, device="Bob", group="other", scope="remote", old=None, new="1", n=1)
    story.mark(device)
    _cut(story)


def _transfer_of(story: Story, device: str, state: str) -> None:
    story.add(Blob, device=device, digest="d", state=state, size=9)
    _cut(story)
    story.add(Blob, device=device, digest="d", state="complete", offset=9, size=9)


def _never_whole(story: Story) -> None:
    """Bob is cut in the middle of a transfer that does not end."""
    story.add(Blob, device="Bob", digest="d", state="downloading", offset=4, size=9)
    _cut(story)


def _late_in_its_own_fault(story: Story, *, ends: bool) -> None:
    """Alice's message leaves her behind the second fault on record; the first only slowed Bob down."""
    story.fault("start", kind="latency", fault_id="slow")
    story.fault("proved", kind="latency", fault_id="slow")
    story.send("Alice")
    story.deliver("Alice")
    story.fault("end", kind="latency", fault_id="slow")
    story.deliver("Bob")
    story.fault("start", on=("Alice",), fault_id="hers")
    story.fault("proved", on=("Alice",), fault_id="hers")
    story.send("Alice", ack=False)
    _cut(story, fault_id="his")
    if ends:
        story.fault("end", on=("Alice",), fault_id="hers")
    story.ack("a2")
    for device in story.devices:
        story.deliver(device)


def _after_its_own_fault(story: Story) -> None:
    """Alice's fault is over before she is asked: her message can leave her at once, while Bob is cut."""
    story.send("Alice", ack=False)
    story.fault("start", on=("Alice",), fault_id="hers")
    story.fault("proved", on=("Alice",), fault_id="hers")
    story.fault("end", on=("Alice",), fault_id="hers")
    story.ack("a1")
    story.deliver("Alice")
    story.deliver("Bob")
    story.send("Alice", ack=False)
    _cut(story, fault_id="his")
    story.ack("a2")
    for device in story.devices:
        story.deliver(device)


def _verifies(story: Story, device: str, *before: str, after: str = "verified") -> None:
    """A device's verification, up to a state before the cut, and another one behind it."""
    for state in before:
        story.add(Verification, device=device, id="v", peer="p", state=state)
    _cut(story)
    story.add(Verification, device=device, id="v", peer="p", state=after)


def _acknowledged_long_before(story: Story) -> None:
    """Alice's first message was stored before her own fault began; only Bob lacks it when he is cut."""
    story.send("Alice")
    story.fault("start", on=("Alice",), fault_id="hers")
    story.fault("proved", on=("Alice",), fault_id="hers")
    story.send("Alice", ack=False)
    _cut(story, fault_id="his")
    story.deliver("Alice", 1)
    story.fault("end", on=("Alice",), fault_id="hers")
    story.ack("a2")
    for device in story.devices:
        story.deliver(device)


def _two_cuts_of_a_marker(story: Story) -> None:
    """Bob's marker is on its way while he is cut twice."""
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    story.mark("Bob")
    _cut(story, fault_id="1")
    _cut(story, fault_id="2")


CASES = (
    unknown(
        "who is cut off gets what is said elsewhere",
        told(_cut_off),
        "inconclusive: Bob does not use its link: it got Alice #1, sent elsewhere while that was cut",
    ),
    unknown("the same to the end", told(lambda s: _cut_off(s, ends=False)), "Bob does not use its link"),
    unknown(
        "the same before it is lifted, and that has not healed",
        told(lambda s: _cut_off(s, ends=False, back=True)),
        "Bob does not use its link",
    ),
    good(
        "who is cut off gets it when that is lifted, and has not healed",
        told(lambda s: _cut_off(s, ends=False, back=True, got_after=True)),
    ),
    good("who is cut off gets what was under way", told(lambda s: _cut_off(s, sent="before"))),
    good("who is not yet seen to be cut off gets it", told(lambda s: _cut_off(s, sent="unproved"))),
    good("who is cut off gets it when that is lifted", told(lambda s: _cut_off(s, got_after=True))),
    good("who is cut off gets what it says itself", told(lambda s: _cut_off(s, sender="Bob"))),
    good("a fault that lets things through lets things through", told(lambda s: _cut_off(s, isolates=False))),
    unknown(
        "of two who are cut off one is named",
        told(lambda s: _cut_off(s, isolates=True), devices=("Alice", "Bob", "Carol")),
        "Bob does not use its link",
    ),
    good("stored before its author's own fault began", told(_acknowledged_long_before)),
    good(
        "twice nothing but a read marker",
        told(_two_cuts_of_a_marker),
        "2 faults, each effective and relevant; only a read marker was outstanding at Bob while the cut on Bob lasted: "
        "no message was at risk; only a read marker",
    ),
    unknown(
        "one without an effect, another with nothing outstanding",
        told(lambda s: _cut(s, proved=False, fault_id="1"), lambda s: _cut(s, fault_id="2")),
        "inconclusive: the cut on Bob was never seen to take effect; nothing was outstanding at Bob",
    ),
    unknown(
        "an attachment that was up already",
        told(
            lambda s: s.add(Blob, device="Bob", digest="d", state="uploading", size=9),
            lambda s: s.add(Blob, device="Bob", digest="d", state="uploaded", size=9),
            _cut,
        ),
        "nothing was outstanding at Bob",
    ),
    unknown("of no device at all", told(lambda s: _cut(s, on=())), "at any device while the cut on  lasted"),
    good("a verification under way", told(lambda s: _verifies(s, "Bob", "waiting", "compare"))),
    good("a verification that never ends", told(lambda s: _verifies(s, "Bob", "waiting", after="compare"))),
    unknown(
        "a verification that was over",
        told(lambda s: _verifies(s, "Bob", "waiting", "verified", after="verified")),
        "nothing was outstanding at Bob",
    ),
    unknown(
        "a verification that was given up",
        told(lambda s: _verifies(s, "Bob", "waiting", "cancelled", after="cancelled")),
        "nothing was outstanding at Bob",
    ),
    unknown(
        "another's verification",
        told(lambda s: _verifies(s, "Alice", "waiting")),
        "nothing was outstanding at Bob",
    ),
    unknown("refused before it began", told(_refused_before), "nothing was outstanding at Bob"),
    unknown("on its way in another group", told(_of_another_group), "nothing was outstanding at Bob"),
    unknown(
        "the marker was known step by step", told(lambda s: _marker_in_steps(s, 3)), "nothing was outstanding"
    ),
    good(
        "the marker's last step was not known",
        told(lambda s: _marker_in_steps(s, 2)),
        "only a read marker was outstanding at Bob while the cut on Bob lasted: no message was at risk",
    ),
    good("a marker that the system never hears of", told(lambda s: _marker_of(s, "Bob"))),
    unknown("another's marker", told(lambda s: _marker_of(s, "Alice")), "nothing was outstanding at Bob"),
    good("an attachment on its way up", told(lambda s: _transfer_of(s, "Bob", "uploading"))),
    good("an attachment on its way down", told(lambda s: _transfer_of(s, "Bob", "downloading"))),
    unknown(
        "another's attachment",
        told(lambda s: _transfer_of(s, "Alice", "downloading")),
        "nothing was outstanding",
    ),
    unknown(
        "it cannot have left its author, whatever happened before",
        told(lambda s: _late_in_its_own_fault(s, ends=True)),
        "nothing was outstanding at Bob",
    ),
    unknown(
        "it cannot have left its author, who is still cut off",
        told(lambda s: _late_in_its_own_fault(s, ends=False)),
        "nothing was outstanding at Bob",
    ),
    good("it left its author, whose fault was over", told(_after_its_own_fault)),
    unknown(
        "of two, each is named",
        told(lambda s: _cut(s, on=("Alice", "Bob"))),
        "nothing was outstanding at Alice or Bob while the cut on Alice and Bob lasted",
    ),
    unknown("empty", empty, "the history is empty"),
    good("no fault", exchange, "0 faults"),
    good("sent while it was on", told(lambda s: _during(s, "Bob")), "1 fault"),
    good("on its way when it began", told(_on_its_way)),
    good("sent by another while it was on", told(lambda s: _during(s, "Alice", kind="latency"))),
    good("asked for and never answered", told(_never_answered)),
    good("a marker that the system did not know yet", told(lambda s: _marker(s, known_before=False))),
    good("an attachment in transfer", told(lambda s: _transfer(s, "downloading"))),
    good("an attachment that never comes whole", told(_never_whole)),
    good("an attachment that broke off", told(lambda s: _transfer(s, "interrupted"))),
    good("an attachment that is not there yet", told(lambda s: _transfer(s, "missing"))),
    good("an attachment that came wrong", told(lambda s: _transfer(s, "corrupt"))),
    good(
        "an attachment that somebody asked for meanwhile",
        told(lambda s: _transfer(s, "downloading", "absent")),
    ),
    unknown(
        "not effective",
        told(lambda s: _on_its_way(s, proved=False)),
        "inconclusive",
        "never seen to take effect",
    ),
    unknown(
        "not effective, and it says why",
        told(lambda s: _cut(s, proved=False, hindrance="nobody was there")),
        "the cut on Bob was never seen to take effect: nobody was there",
    ),
    unknown(
        "nothing outstanding",
        told(_before_and_after),
        "inconclusive: nothing was outstanding at Bob while the cut on Bob lasted",
    ),
    unknown("nothing sent", told(_cut), "inconclusive"),
    unknown(
        "what it asked for is named", told(lambda s: _cut(s, requested="5000 ms")), "cut (5000 ms) on Bob"
    ),
    unknown("the marker was known", told(lambda s: _marker(s, known_before=True)), "nothing was outstanding"),
    unknown(
        "the attachment was there",
        told(lambda s: _transfer(s, "downloading", "complete")),
        "nothing was outstanding",
    ),
    unknown(
        "an attachment that had expired",
        told(lambda s: _transfer(s, "downloading", "expired")),
        "nothing was outstanding",
    ),
    unknown(
        "an attachment that had been refused",
        told(lambda s: _transfer(s, "downloading", "refused")),
        "nothing was outstanding",
    ),
    unknown(
        "outstanding elsewhere only",
        told(_unacknowledged_only),
        "nothing was outstanding at Bob",
    ),
    unknown("it cannot have left its author", told(lambda s: _behind_another_fault(s, "cut")), "at Bob"),
    good("it was slow to leave its author", told(lambda s: _behind_another_fault(s, "latency"))),
    unknown(
        "one of two was idle",
        told(lambda s: _on_its_way(s), lambda s: _cut(s, fault_id="fault-2")),
        "nothing was outstanding",
    ),
    good(
        "the idle one touches another",
        told(lambda s: _on_its_way(s), lambda s: _cut(s, fault_id="2")),
        device="Alice",
    ),
    unknown(
        "the idle one touches this",
        told(lambda s: _on_its_way(s), lambda s: _cut(s, fault_id="2")),
        device="Bob",
    ),
    good(
        "a fault that is still on",
        told(lambda s: s.fault("start"), lambda s: s.fault("proved"), lambda s: s.send("Alice")),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("why = edges[-1].hindrance", 'why = ""'),
    ("if not edges[0].isolates:", "if False:"),
    ("edge.t_ns for edge in edges if edge.effective", "edge.t_ns for edge in edges"),
    ("entry.t_ns < until", "True"),
    ("if lifted == NEVER:", "if False:"),
    ("until = min(back, default=NEVER)", "until = min(back, default=0)"),
    ("asked.device != device", "True"),
    ("asked.t_ns > proved", "True"),
    ("missed += detours", "pass"),
    (
        'edge.lifted_ns for edge in edges if edge.edge == "end"), NEVER',
        'edge.lifted_ns for edge in edges if edge.edge == "end"), 0',
    ),
    ("if not history.lines:", "if False:"),
    ("device in e[0].relevant_to]", "device not in e[0].relevant_to]"),
    ("if not any(edge.effective", "if False and any(edge.effective"),
    ("elif _met(edges, lambda device: _at_risk(history, device, first_seen)):", "elif True:"),
    ("elif _met(edges, lambda device: _at_risk(history, device, first_seen)):", "elif False:"),
    ("elif _met(edges, lambda device: _unknown_markers(history, device)):", "elif True:"),
    ("elif _met(edges, lambda device: _unknown_markers(history, device)):", "elif False:"),
    ("if missed:", "if not missed:"),
    ('"unknown", "inconclusive', '"pass", "inconclusive'),
    ("since < end and until > start", "since < end or until > start"),
    ("since < end and until > start", "until > start"),
    ("since < end and until > start", "since < end"),
    ("operation.device == device:", "operation.device != device:"),
    ("result.t_ns if result else NEVER", "0"),
    ("arrival.t_ns if arrival else NEVER", "NEVER"),
    ("if stored is not None:", "if stored is None:"),
    ("yield _left(history, operation, stored), arrived", "pass"),
    ("yield from kind.outstanding", "kind.outstanding"),
    ('if "outstanding" in vars(kind)', 'if "outstanding" not in vars(kind)'),
    ("first.slows or", ""),
    ("operation.device not in first.relevant_to", "operation.device in first.relevant_to"),
    (
        "                return stored\n".replace("                ", "            "),
        "            return operation.t_ns\n",
    ),
    ("known.n < move.n", "known.n <= move.n"),
)

#: Of what a kind of line calls outstanding.
MUTANTS_OF_OUTSTANDING: tuple[tuple[type[Record], str, str], ...] = (
    (Blob, "if line.state in UNDER_WAY", 'if line.state in UNDER_WAY - {"interrupted"}'),
    (Blob, "if line.state in UNDER_WAY", 'if line.state in UNDER_WAY - {"missing"}'),
    (Blob, "if line.state in UNDER_WAY", 'if line.state in UNDER_WAY - {"corrupt"}'),
    (Blob, 'line.state in ("complete", "uploaded", "refused", "expired") and', ""),
    (Blob, '"uploaded", "refused", "expired")', '"uploaded", "expired")'),
    (Blob, '"uploaded", "refused", "expired")', '"uploaded", "refused")'),
    (Blob, "yield begun.pop(line.digest), line.t_ns", "yield begun[line.digest], line.t_ns"),
    (Blob, "begun.setdefault(", "begun.get("),
    (Blob, "yield from ((since", "list((since"),
    (Verification, 'line.state in ("verified", "cancelled")', 'line.state == "verified"'),
    (Verification, "begun.pop(line.id, line.t_ns), line.t_ns", "begun.get(line.id, line.t_ns), line.t_ns"),
    (Verification, "begun.setdefault(", "begun.get("),
    (Verification, "yield from ((since", "list((since"),
)
