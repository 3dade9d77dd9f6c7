from __future__ import annotations

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    heard_another,
    is_a,
    lines,
    repeated,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.entry_stories import ENTRY, EntryStory, conflict, written
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Invoke, Log, Note, Result, Sibling


def _stored_again(found: list[Line]) -> list[Line]:
    """The relay gave the second message a place of its own once more, and Bob got that one too."""
    last = [line for line in found if isinstance(line, Log)][-1]
    again = change([last], lambda _: True, op_id="a2", version="6", server_order=6, digest="d-a2")
    twice = change(repeated(delivery("Bob", "a2"))(found), is_a(Deliver, device="Bob", n=6), version="6")
    return [*twice, *again]


def _twice_in_one(story: EntryStory) -> None:
    """Bob holds one operation as two versions."""
    story.deliver("Bob")
    twice = tuple(Sibling(version=version, digest="d-a1") for version in ("1", "2"))
    story.look("Bob", siblings=twice)


def _numbered_by_entry(story: EntryStory) -> None:
    """A system that counts the versions of each entry for itself."""
    story.write("Alice", entry=ENTRY)
    story.write("Alice", entry="other", base=())
    story.everywhere()
    story.export()
    story.lines = change(story.lines, lambda line: isinstance(line, (Deliver, Log)), version="1")


def _half_sent(story: Story) -> None:
    """The first message never got to the relay; the second did."""
    story.send("Alice", store=False)
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    story.export()


def _refusal(op_id: str) -> list[Line]:
    return [Result(device="Alice", source="Alice", op_id=op_id, outcome="fail", code="try_later")]


def _refused_first(op_id: str, found: list[Line], *, again: bool = False) -> list[Line]:
    """The request is refused before it is acknowledged; perhaps it is made once more in between."""
    edited: list[Line] = []
    for line in found:
        edited.append(line)
        if is_a(Invoke, op_id=op_id)(line):
            edited += [*_refusal(op_id), *([line] if again else [])]
    return edited


CASES = (
    unknown("empty", empty, "nothing was delivered"),
    unknown("nothing arrived", told(lambda s: s.send("Alice")), "nothing was delivered"),
    good("an exchange", exchange, "5 operations, one effect each"),
    good("over a restart", restarted()),
    good("entries", conflict()),
    good("not exported", lambda: exchange(export=False)),
    bad(
        "stored again, under another version",
        lines(_stored_again),
        "1 operation has several versions each: Alice #2",
    ),
    bad("for Bob alone", lines(lambda f: change(f, delivery("Bob", "a2"), version="9")), witness=("a2",)),
    bad("in the log alone", lines(lambda f: change(f, is_a(Log, op_id="a2"), version="9")), witness=("a2",)),
    bad(
        "one in several versions, another for another place",
        lines(
            lambda f: change(
                change(f, delivery("Bob", "a2"), version="9"), is_a(Result, op_id="a4"), server_order=1
            )
        ),
        "several versions each: Alice #2",
        "another place in the log than the acknowledgement says: Alice #4",
        witness=("a2", "a4"),
    ),
    bad(
        "for a place before",
        lines(lambda f: change(f, is_a(Result, op_id="a2"), server_order=1)),
        "another place",
    ),
    good("at another device", lines(lambda f: change(f, delivery("Bob", "a2"), version="9")), device="Alice"),
    bad(
        "at this device",
        lines(
            lambda f: change(
                repeated(delivery("Bob", "a2"))(f), is_a(Deliver, device="Bob", n=6), version="9"
            )
        ),
        device="Bob",
    ),
    bad(
        "in an incarnation of before",
        lines(
            lambda f: change(f, is_a(Deliver, device="Bob", op_id="a2", incarnation=1), version="9"),
            restarted(),
        ),
        "several versions",
    ),
    bad(
        "two under one version",
        lines(
            lambda f: change(
                f, lambda line: isinstance(line, (Deliver, Log)) and line.op_id == "a3", version="2"
            )
        ),
        "2 operations have a version with another operation in common: Alice #2, #3",
        witness=("a2", "a3"),
    ),
    good("versions are counted by entry", written(_numbered_by_entry)),
    good(
        "versions are counted by group",
        lines(lambda f: change(f, is_a(Deliver, op_id="a3"), version="2", group="other")),
        device="Bob",
    ),
    bad(
        "acknowledged for another place",
        lines(lambda f: change(f, is_a(Result, op_id="a2"), server_order=4)),
        "1 operation has another place in the log than the acknowledgement says: Alice #2",
        witness=("a2",),
    ),
    good("acknowledged for no place", lines(lambda f: change(f, is_a(Result), server_order=None))),
    good(
        "acknowledged for another place, of which nobody asked",
        lines(lambda f: change(f, is_a(Result, op_id="a2"), server_order=4)),
        device="Bob",
    ),
    bad(
        "acknowledged, and nowhere",
        lines(
            lambda f: drop(
                f, lambda line: getattr(line, "op_id", "") == "a2" and isinstance(line, (Log, Deliver))
            )
        ),
        "1 operation has an acknowledgement and no effect: Alice #2",
        witness=("a2",),
    ),
    bad(
        "refused and acknowledged",
        lines(lambda f: _refused_first("a2", f)),
        "1 operation has a refusal and an acknowledgement for one request: Alice #2",
        witness=("a2",),
    ),
    bad(
        "acknowledged and refused",
        lambda: [*exchange().lines, *_refusal("a2")],
        "a refusal and an acknowledgement for one request: Alice #2",
    ),
    good("refused, asked for again and acknowledged", lines(lambda f: _refused_first("a2", f, again=True))),
    good(
        "nobody exported the log",
        lines(lambda f: drop(f, lambda line: isinstance(line, Log) or is_a(Note, what="log_read")(line))),
    ),
    good("not acknowledged, and nowhere", told(_half_sent)),
    bad(
        "side by side with itself",
        written(lambda s: s.write("Alice"), _twice_in_one),
        "1 operation has two versions side by side in one entry: Alice #1",
        witness=("a1",),
    ),
    good(
        "side by side with itself elsewhere",
        written(lambda s: s.write("Alice"), _twice_in_one, EntryStory.everywhere),
        device="Alice",
    ),
    bad(
        "side by side with itself here, where another was asked before",
        written(lambda s: s.write("Alice"), EntryStory.everywhere, EntryStory.look_everywhere, _twice_in_one),
        device="Bob",
    ),
    bad("side by side with itself here", written(lambda s: s.write("Alice"), _twice_in_one), device="Bob"),
    bad(
        "side by side at first",
        written(lambda s: s.write("Alice"), _twice_in_one, EntryStory.look_everywhere),
    ),
    good("the same version at two devices and in two answers", conflict(EntryStory.look_everywhere)),
    good("what an outsider said", heard_another(outsider=True)),
    bad("what nobody said", heard_another(outsider=False)),
    bad("what was asked for, as an outsider's", heard_another(outsider=True, op_id="a4")),
)

MUTANTS: tuple[Mutant, ...] = (
    ("several[line.op_id] = None", "pass"),
    ("if version == line.version:", "if version is not None:"),
    ("if owner != line.op_id:", "if False:"),
    ("shared |= {owner: None, line.op_id: None}", "shared |= {line.op_id: None}"),
    ("(line.group, operation.entry if", "('', operation.entry if"),
    ("operation.entry if operation else None, line.version", "None, line.version"),
    ("if not entries:", "if False:"),
    ("    if device is None:\n        found +=", "    if True:\n        found +="),
    ("    if device is None:\n        found +=", "    if False:\n        found +="),
    ("            (_misplaced(history), ", "            ({}, "),
    ("            (_without_effect(history), ", "            ({}, "),
    ("            (_answered_both_ways(history), ", "            ({}, "),
    ("(_twice_in_entry(history, device), ", "({}, "),
    ("        for lines in history.log.values():\n            yield from lines", "        pass"),
    ("log.by_incarnation.values():", "[log.latest]:"),
    ("        if device in (None, name):", "        if True:"),
    ("        if device in (None, name):", "        if device is None:"),
    ("ack.server_order is not None and ", ""),
    ("op_id in places and ", ""),
    ("places[op_id] != ack.server_order", "places[op_id] < ack.server_order"),
    ("history.operations[op_id].group in history.exported", "True"),
    ("if op_id not in logged", "if op_id in logged"),
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("if sibling.digest in seen:", "if False:"),
    ("                seen: set[str] = set()\n", ""),
    ("for view in views:", "for view in views[-1:]:"),
    ("by_digest.get(sibling.digest, sibling.digest)", "sibling.digest"),
    ("yield from history.inside(deliveries)", "yield from deliveries"),
)
