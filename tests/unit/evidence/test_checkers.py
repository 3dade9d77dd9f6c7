"""What the checkers say of good and bad histories, by hand and by chance; and that their tests notice mutants."""

from __future__ import annotations

import inspect
import sys
import textwrap
import types
from collections.abc import Callable, Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evidence import said
from tests.unit.evidence.checker_cases import fault_effect
from tests.unit.evidence.checker_cases.case import Case, Mutant, is_a, swapped
from tests.unit.evidence.entry_stories import EntryStory, conflict, good_entry_stories
from tests.unit.evidence.histories import Story, change, drop, good_stories
from tests.unit.evidence.said import NAMES, cases_of, mutants_of

from syncproof.evidence import checkers
from syncproof.evidence.checkers.verdict import Verdict
from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Entry, Log, Marker, Note, Record, Sibling

Check = Callable[..., Verdict]


def known() -> dict[str, Check]:
    return {**checkers.safety(), **checkers.liveness()}


def mismatch(check: Check, case: Case) -> str | None:
    """How a verdict differs from what the case asks for."""
    verdict = check(case.history, **case.limits)
    if verdict.result != case.result:
        return f"{verdict.result} instead of {case.result}: {verdict.message}"
    for words in case.words:
        if words not in verdict.message:
            return f"'{words}' is not in: {verdict.message}"
    witness = verdict.witness or verdict.missing
    if case.witness is not None and witness != case.witness:
        return f"witness {witness} instead of {case.witness}"
    return None


@pytest.mark.parametrize("checker", NAMES)
def test_every_case_gets_its_verdict(checker: str) -> None:
    wrong = {case.name: mismatch(known()[checker], case) for case in cases_of(checker)}
    assert {name: text for name, text in wrong.items() if text} == {}


@pytest.mark.parametrize("checker", NAMES)
def test_every_word_of_a_verdict_is_as_it_was(checker: str) -> None:
    """Meant to be changed? `python -m tests.unit.evidence.said` writes it down."""
    assert said.said_by(checker) == said.written_of(checker)


@pytest.mark.parametrize("checker", NAMES)
def test_the_cases_cover_both_sides_and_the_empty_history(checker: str) -> None:
    results = [case.result for case in cases_of(checker)]
    assert {"pass", "unknown"} <= set(results)
    assert "fail" in results or checker in ("fault_effect", "harm_done", "whole_record"), (
        "these say that nothing was shown"
    )
    assert any(not case.history.lines and case.result == "unknown" for case in cases_of(checker))


@pytest.mark.parametrize(
    ("checker", "mutant"), [(name, mutant) for name in NAMES for mutant in mutants_of(name)]
)
def test_the_cases_catch_a_mutant(checker: str, mutant: Mutant) -> None:
    with mutated(checker, *mutant) as check:
        assert any(_caught(check, case) for case in cases_of(checker)), f"survived: {mutant}"


@pytest.mark.parametrize(("kind", "old", "new"), fault_effect.MUTANTS_OF_OUTSTANDING)
def test_the_cases_catch_a_mutant_of_what_is_outstanding(
    kind: type[Record], old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = textwrap.dedent(inspect.getsource(kind.outstanding))
    assert old in source, f"no such text in {kind.__name__}: {old}"
    names = dict(vars(sys.modules[kind.__module__]))
    exec("from __future__ import annotations\n" + source.replace(old, new), names)
    monkeypatch.setattr(kind, "outstanding", names["outstanding"])
    assert any(_caught(known()["fault_effect"], case) for case in fault_effect.CASES), f"survived: {old}"


def _caught(check: Check, case: Case) -> bool:
    try:
        return mismatch(check, case) is not None
    except Exception:  # noqa: BLE001  a mutant may break in any way; that it breaks is noticed
        return True


class mutated:  # noqa: N801  a context manager
    """A checker's module with one text of its source replaced."""

    def __init__(self, checker: str, old: str, new: str) -> None:
        original = known()[checker]
        self._name = original.__name__
        source = inspect.getsource(sys.modules[original.__module__])
        assert old in source, f"no such text in {checker}: {old}"
        self._module = types.ModuleType(f"mutant_of_{checker}")
        self._code = compile(source.replace(old, new), f"<mutant of {checker}>", "exec")

    def __enter__(self) -> Check:
        sys.modules[self._module.__name__] = self._module  # dataclasses look their module up
        exec(self._code, self._module.__dict__)
        check: Check = self._module.__dict__[self._name]
        return check

    def __exit__(self, *_: object) -> None:
        del sys.modules[self._module.__name__]


QUIET = [name for name in checkers.safety() if name != "fault_effect"]


@given(good_stories())
@settings(max_examples=150, deadline=None)
def test_a_correct_system_passes(story: Story) -> None:
    history = story.history
    verdicts = [checkers.run(name, history) for name in QUIET]
    assert [verdict for verdict in verdicts if verdict.result != "pass"] == []


@given(good_entry_stories())
@settings(max_examples=150, deadline=None)
def test_a_correct_system_with_entries_passes(story: EntryStory) -> None:
    history = story.history
    verdicts = [checkers.run(name, history) for name in QUIET]
    assert [verdict for verdict in verdicts if verdict.result != "pass"] == []


@given(
    st.one_of(good_stories(), good_entry_stories()), st.sampled_from(["met", "never", "partly"]), st.data()
)
@settings(max_examples=300, deadline=None)
def test_a_log_that_was_not_read_is_no_failure(story: Story, how: str, data: st.DataObject) -> None:
    """Neither that of a device that was met again and not read, nor one that was read in part."""
    device = data.draw(st.sampled_from(story.devices))
    lines = story.lines
    last = max(line.incarnation for line in lines if isinstance(line, Note) and line.device == device)
    if how == "met":
        lines = [*lines, Note(device=device, incarnation=last + 1, what="incarnation")]
    elif how == "never":
        lines = drop(lines, is_a(Note, device=device, incarnation=last, what="deliveries_read"))
        lines = drop(lines, read_behind(device, last, 0))
    else:
        read = History(lines).devices[device].read_to[last]
        lines = drop(lines, read_behind(device, last, data.draw(st.integers(read, len(lines)))))
        lines = [*lines, Note(device=device, what="evidence_unread")]
    history = History(lines)
    verdicts = [checkers.run(name, history) for name in QUIET]
    assert [verdict for verdict in verdicts if verdict.result == "fail"] == []


def read_behind(device: str, incarnation: int, n: int) -> Callable[[Line], bool]:
    """Deliveries of a device behind its n-th, as it had them in that incarnation."""
    return lambda line: (
        isinstance(line, Deliver) and (line.device, line.incarnation) == (device, incarnation) and line.n > n
    )


@given(good_entry_stories(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_single_change_about_an_entry_fails(story: EntryStory, data: st.DataObject) -> None:
    name, (checker, edit) = data.draw(st.sampled_from(sorted(ENTRY_EDITS.items())))
    edited = edit(story.lines, lambda found: data.draw(st.sampled_from(found)))
    if edited is None:
        return  # this history has nothing to which that could happen
    verdict = checkers.run(checker, History(edited))
    assert verdict.result == "fail", f"{name}: {verdict}"


@given(good_stories(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_single_change_fails(story: Story, data: st.DataObject) -> None:
    """One thing wrong in an otherwise good history, and the checker that is there for it says so."""
    name, (checker, edit) = data.draw(st.sampled_from(sorted(EDITS.items())))
    edited = edit(story.lines, lambda found: data.draw(st.sampled_from(found)))
    if edited is None:
        return  # this history has nothing to which that could happen
    verdict = checkers.run(checker, History(edited))
    assert verdict.result == "fail", f"{name}: {verdict}"


Draw = Callable[[list[Line]], Line]


def latest(lines: list[Line]) -> list[Deliver]:
    return [entry for log in History(lines).devices.values() for entry in log.latest]


def pick(found: list[Line], draw: Draw) -> Line | None:
    return draw(found) if found else None


def drop_delivery(lines: list[Line], draw: Draw) -> list[Line] | None:
    chosen = pick(list(latest(lines)), draw)
    return drop(lines, lambda line: line is chosen)


def drop_log_line(lines: list[Line], draw: Draw) -> list[Line] | None:
    chosen = pick([line for line in lines if isinstance(line, Log)], draw)
    return drop(lines, lambda line: line is chosen)


def double_delivery(lines: list[Line], draw: Draw) -> list[Line] | None:
    chosen = pick([line for line in lines if isinstance(line, Deliver)], draw)
    return [copy for line in lines for copy in ([line, line] if line is chosen else [line])]


def swap_two(lines: list[Line], _draw: Draw) -> list[Line] | None:
    history = History(lines)
    pairs = [
        (name, a.op_id, b.op_id)
        for name, log in history.devices.items()
        if len(log.by_incarnation) == 2  # its own and the empty one before
        for a, b in zip(log.latest, log.latest[1:], strict=False)
        if a.author == b.author
    ]
    if not pairs:
        return None
    device, a, b = pairs[len(pairs) // 2]
    return swapped(device, a, b)(lines)


def change_digest(lines: list[Line], draw: Draw) -> list[Line] | None:
    chosen = pick([line for line in lines if isinstance(line, (Deliver, Log))], draw)
    return change(lines, lambda line: line is chosen, digest="broken")


def renumber(lines: list[Line], draw: Draw) -> list[Line] | None:
    chosen = pick([line for line in lines if isinstance(line, Deliver)], draw)
    assert isinstance(chosen, Deliver)
    return change(lines, lambda line: line is chosen, n=chosen.n + 1)


def marker_ahead(lines: list[Line], draw: Draw) -> list[Line] | None:
    """A marker stands at the next version of the log, without that being delivered."""
    log = [line.version for line in lines if isinstance(line, Log)]
    found: list[Line] = [line for line in lines if isinstance(line, Marker) and line.new != log[-1]]
    chosen = pick(found, draw)
    if not isinstance(chosen, Marker):
        return None
    return change(lines, lambda line: line is chosen, new=log[log.index(chosen.new) + 1])


def marker_back(lines: list[Line], draw: Draw) -> list[Line] | None:
    """A marker is reported once more where it was before its last move."""
    moves = [line for line in lines if isinstance(line, Marker) and line.old is not None and line.n > 1]
    chosen = pick(list(moves), draw)
    if not isinstance(chosen, Marker):
        return None
    back = msgspec.structs.replace(chosen, old=chosen.new, new=chosen.old, n=1)
    return [copy for line in lines for copy in ([line, back] if line is chosen else [line])]


EDITS: dict[str, tuple[str, Callable[[list[Line], Draw], list[Line] | None]]] = {
    "drop a delivery": ("no_loss", drop_delivery),
    "drop a line of the log": ("no_loss", drop_log_line),
    "deliver twice": ("no_duplicates", double_delivery),
    "swap two of one author": ("sender_order", swap_two),
    "swap two of one author, seen by all": ("convergence", swap_two),
    "change a content": ("integrity", change_digest),
    "renumber a delivery": ("append_only", renumber),
    "drop a delivery, seen by all": ("convergence", drop_delivery),
    "move a marker ahead": ("marker_integrity", marker_ahead),
    "move a marker back": ("marker_integrity", marker_back),
}


def last_answers(lines: list[Line]) -> list[Entry]:
    return [views[-1] for answers in History(lines).views.values() for views in answers.values()]


def lose_a_version(lines: list[Line], draw: Draw) -> list[Line] | None:
    """An answer leaves out an edit that no other one says the same as."""
    said = {op.digest: op.content for op in History(lines).operations.values()}
    found = [
        (answer, sibling)
        for answer in last_answers(lines)
        for sibling in answer.siblings
        if not sibling.deleted and [said[s.digest] for s in answer.siblings].count(said[sibling.digest]) == 1
    ]
    if not found:
        return None
    chosen = draw([answer for answer, _ in found])
    lost = next(sibling for answer, sibling in found if answer is chosen)
    assert isinstance(chosen, Entry)
    left = tuple(sibling for sibling in chosen.siblings if sibling is not lost)
    return change(lines, lambda line: line is chosen, siblings=left)


def show_another(lines: list[Line], draw: Draw) -> list[Line] | None:
    """One device shows another version than the rest."""
    found: list[Line] = [answer for answer in last_answers(lines) if len(answer.siblings) > 1]
    chosen = pick(found, draw)
    if not isinstance(chosen, Entry):
        return None
    other = next(sibling.version for sibling in chosen.siblings if sibling.version != chosen.winner)
    return change(lines, lambda line: line is chosen, winner=other)


def bring_a_base_back(lines: list[Line], draw: Draw) -> list[Line] | None:
    """One device holds a version beside the one that replaced it."""
    history = History(lines)
    based = {op.digest: op.base for op in history.operations.values()}
    found: list[Line] = [
        answer for answer in last_answers(lines) if any(based[s.digest] for s in answer.siblings)
    ]
    chosen = pick(found, draw)
    if not isinstance(chosen, Entry):
        return None
    back = next(based[sibling.digest][0] for sibling in chosen.siblings if based[sibling.digest])
    digest = next(line.digest for line in history.log["g"] if line.version == back)
    siblings = (*chosen.siblings, Sibling(version=back, digest=digest))
    return change(lines, lambda line: line is chosen, siblings=siblings)


def change_a_clock(lines: list[Line], draw: Draw) -> list[Line] | None:
    """A version does not count its author, on any device."""
    found: list[Line] = [line for line in lines if isinstance(line, Deliver) and line.clock]
    chosen = pick(found, draw)
    assert isinstance(chosen, Deliver)
    clock = {device: n for device, n in (chosen.clock or {}).items() if device != chosen.author}
    return change(lines, lambda line: isinstance(line, Deliver) and line.op_id == chosen.op_id, clock=clock)


def answer_nothing(lines: list[Line], draw: Draw) -> list[Line] | None:
    """A device that has written into an entry, and has it back, answers that it holds nothing."""
    history = History(lines)
    found: list[Line] = [
        answer
        for answer in last_answers(lines)
        if any(op.author == answer.device and op.entry == answer.entry for op in history.operations.values())
    ]
    chosen = pick(found, draw)
    return change(lines, lambda line: line is chosen, siblings=(), winner=None) if chosen else None


def hold_one_twice(lines: list[Line], draw: Draw) -> list[Line] | None:
    """A device holds one operation as two versions."""
    chosen = pick([answer for answer in last_answers(lines) if answer.siblings], draw)
    if not isinstance(chosen, Entry):
        return None
    twice = msgspec.structs.replace(chosen.siblings[0], version="99")
    return change(lines, lambda line: line is chosen, siblings=(*chosen.siblings, twice))


ENTRY_EDITS: dict[str, tuple[str, Callable[[list[Line], Draw], list[Line] | None]]] = {
    "lose a version": ("conflict_preservation", lose_a_version),
    "lose a version, seen by all": ("convergence", lose_a_version),
    "show another version": ("convergence", show_another),
    "bring back what was replaced": ("conflict_preservation", bring_a_base_back),
    "change a clock": ("entry_clocks", change_a_clock),
    "answer nothing": ("read_your_writes", answer_nothing),
    "hold one twice": ("exactly_once_effect", hold_one_twice),
}


@pytest.mark.parametrize("edit", ENTRY_EDITS)
def test_every_kind_of_change_about_an_entry_happens(edit: str) -> None:
    story = conflict(lambda story: story.export())()
    checker, change_it = ENTRY_EDITS[edit]
    edited = change_it(story.lines, lambda found: found[len(found) // 2])
    assert edited is not None
    assert checkers.run(checker, History(edited)).result == "fail"


def renamed_late(lines: list[Line], draw: Draw) -> list[Line] | None:
    """An operation that was delivered under one version has another in the log."""
    chosen = pick([line for line in lines if isinstance(line, Log)], draw)
    return change(lines, lambda line: line is chosen, version="99")


def cause_after_effect(lines: list[Line], _draw: Draw) -> list[Line] | None:
    """Somebody gets an answer before what its author had seen."""
    history = History(lines)
    for op_id, accept in history.accepts.items():
        if not accept.seen:
            continue
        cause = history.deliveries(accept.device)[accept.seen - 1].op_id
        for name, log in history.devices.items():
            # Not in its author's own log, which says what the author had seen.
            if name != accept.device and len(log.by_incarnation) == 2 and {op_id, cause} <= set(log.first):
                return swapped(name, cause, op_id)(lines)
    return None


EDITS |= {
    "name it otherwise in the log": ("exactly_once_effect", renamed_late),
    "a cause behind its effect": ("causal_order", cause_after_effect),
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_kind_of_change_happens(edit: str) -> None:
    """The property above is not true for lack of occasions: a plain exchange gives one to each."""
    story = Story()
    for _ in range(4):
        story.send("Alice")
    for device in story.devices:
        for _ in range(4):
            story.deliver(device, 1)
            story.mark(device)
            story.mark(device, "remote")
    story.send("Bob")
    for device in story.devices:
        story.deliver(device)
    story.export()
    checker, change_it = EDITS[edit]
    edited = change_it(story.lines, lambda found: found[len(found) // 2])
    assert edited is not None
    assert checkers.run(checker, History(edited)).result == "fail"


def test_an_unknown_checker_is_named() -> None:
    with pytest.raises(LookupError, match=r"'no_los' is no checker\. There are: no_loss, "):
        checkers.run("no_los", History())


def test_a_checker_does_not_take_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="bound_ns"):
        checkers.run("no_loss", History(), bound_ns=1)


@pytest.fixture(autouse=True)
def _no_mutant_is_left() -> Iterator[None]:
    yield
    assert not [name for name in sys.modules if name.startswith("mutant_of_")]
