from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    is_a,
    lines,
    unknown,
)
from tests.unit.evidence.entry_stories import EntryStory, conflict, edited_apart, written
from tests.unit.evidence.histories import change, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Blob, Deliver, Invoke, Note, Sibling

HERS = Sibling(version="2", digest="d-a2", clock={"Alice": 2})
HIS = Sibling(version="3", digest="d-b1", clock={"Alice": 1, "Bob": 1})


def _answers(device: str, *siblings: Sibling, winner: str | None = "3") -> Callable[[EntryStory], object]:
    """What a device answers in the end."""
    return lambda story: story.look(device, siblings=siblings, winner=winner)


def _deletion(version: str, op_id: str) -> Sibling:
    return Sibling(version=version, digest=f"d-{op_id}", deleted=True)


def _deletes(story: EntryStory) -> None:
    """Alice deletes what Bob edits meanwhile."""
    story.write("Alice")
    story.everywhere()
    story.write("Alice", kind="delete")
    story.write("Bob")
    story.everywhere()


def _resolves(story: EntryStory) -> None:
    """Bob resolves (b2, version 4)."""
    edited_apart(story)
    story.write("Bob", kind="resolve")
    story.everywhere()


def _says_the_same(story: EntryStory) -> None:
    story.write("Alice", "the same")
    story.write("Bob", "the same")
    story.everywhere()


def _once(story: EntryStory) -> None:
    story.write("Alice")
    story.everywhere()


def _says_nothing(story: EntryStory) -> None:
    """A system whose entries say nothing that could be compared."""
    _says_the_same(story)
    story.lines = change(story.lines, is_a(Invoke), content="")


def _blind(story: EntryStory) -> None:
    """Alice writes twice, the second time without naming what she had."""
    story.write("Alice")
    story.everywhere()
    story.write("Alice", base=())
    story.everywhere()


def _with_picture(story: EntryStory) -> None:
    """Bob's edit has a picture."""
    story.write("Alice")
    story.everywhere()
    story.write("Bob", base=(), blobs=("picture",))
    story.everywhere()


def _picture_arrived(story: EntryStory) -> None:
    story.add(Blob, device="Alice", digest="picture", state="complete", size=1)


def _asked_before(story: EntryStory) -> None:
    """Alice is asked when her log had been read up to her own version: Bob's may have been there, or not."""
    edited_apart(story)
    story.look("Alice", siblings=(HERS,), winner="2", seen=2)


def _replaced_meanwhile(late_ms: float) -> list[Line]:
    """Alice is asked when she has Bob's edit, and delivers her next one, built on it, so much later."""
    story = written(lambda s: s.write("Bob"), EntryStory.everywhere)()
    story.look("Alice", siblings=(Sibling(version="2", digest="d-a1"),), winner="2")
    story.write("Alice")
    story.wait(late_ms)
    story.everywhere()
    return story.lines


def _edited_by_one(story: EntryStory) -> None:
    """Alice writes two versions one after the other; everybody has both."""
    for _ in range(2):
        story.write("Alice")
        story.everywhere()
    story.look_everywhere()


def _unread_from(op_id: str) -> Callable[[list[Line]], list[Line]]:
    """Bob's delivery log was not read from this operation on."""

    def edit(found: list[Line]) -> list[Line]:
        first = next(line.n for line in found if is_a(Deliver, device="Bob", op_id=op_id)(line))  # type: ignore[attr-defined]
        left = drop(found, lambda line: is_a(Deliver, device="Bob")(line) and line.n >= first)  # type: ignore[attr-defined]
        return [*left, Note(device="Bob", what="evidence_unread")]

    return edit


CASES = (
    good("replaced while the answer was made", lambda: _replaced_meanwhile(0)),
    bad("replaced long after the answer", lambda: _replaced_meanwhile(60_000), "lost Bob #1"),
    unknown("empty", empty, "the history is empty"),
    good("no entries", exchange, "0 answers about 0 entries"),
    good("both are kept", conflict(), "2 answers about 1 entry"),
    unknown(
        "what replaced one may have come unread",
        lines(_unread_from("a2"), written(_edited_by_one)),
        "Bob's delivery log was not read to its end",
    ),
    bad(
        "what nothing replaces is lost, whatever came unread",
        lines(_unread_from("b1"), written(edited_apart, _answers("Bob", HIS))),
        'Bob\'s entry "page" lost',
    ),
    good("one version, and nobody was asked", written(_once)),
    unknown("two versions, and nobody was asked", written(_says_the_same)),
    unknown("nobody was asked", written(edited_apart), 'nobody was asked for entry "page"'),
    unknown("this one was not asked", written(edited_apart, lambda s: s.look("Bob")), device="Alice"),
    bad(
        "hers is lost at Bob",
        written(edited_apart, _answers("Bob", HIS)),
        'Bob\'s entry "page" lost Alice #2, which nothing replaces',
        witness=("a2",),
    ),
    good("lost at another device", conflict(_answers("Bob", HIS), EntryStory.look_everywhere), "2 answers"),
    good(
        "at another device",
        written(edited_apart, lambda s: s.look("Alice"), _answers("Bob", HIS)),
        "1 answer",
        device="Alice",
    ),
    bad("at this device", written(edited_apart, _answers("Bob", HIS)), device="Bob"),
    bad("both are lost", written(edited_apart, _answers("Bob", winner=None)), witness=("a2", "b1")),
    bad(
        "lost in the end",
        written(edited_apart, EntryStory.look_everywhere, _answers("Bob", HIS)),
        "lost Alice #2",
    ),
    good("not promised", written(edited_apart, _answers("Bob", HIS)), "not promised", conflicts="lww"),
    good("it was not there", written(_asked_before)),
    good("an edit beside a deletion", written(_deletes, EntryStory.look_everywhere)),
    good("an edit without the deletion", written(_deletes, _answers("Bob", HIS))),
    bad(
        "the deletion took the edit along",
        written(_deletes, _answers("Alice", _deletion("2", "a2"), winner=None)),
        "lost Bob #1",
        witness=("b1",),
    ),
    bad(
        "the edit is there and is not shown",
        written(_deletes, _answers("Alice", _deletion("2", "a2"), HIS, winner=None)),
        'Alice\'s entry "page" shows nothing, though it holds 3',
    ),
    bad(
        "the deletion is shown instead of the edit",
        written(_deletes, _answers("Alice", _deletion("2", "a2"), HIS, winner="2")),
        "shows 2, though it holds 3",
    ),
    good(
        "a deletion alone shows nothing",
        written(
            lambda s: s.write("Alice"),
            EntryStory.everywhere,
            lambda s: s.write("Alice", kind="delete"),
            EntryStory.everywhere,
            EntryStory.look_everywhere,
        ),
    ),
    good("resolved", written(_resolves, EntryStory.look_everywhere)),
    bad(
        "what was resolved comes back",
        written(_resolves, _answers("Alice", HERS, Sibling(version="4", digest="d-b2"), winner="4")),
        'Alice\'s entry "page" still holds Alice #2, which was replaced',
        witness=("a2",),
    ),
    bad(
        "the resolution is lost",
        written(_resolves, _answers("Alice", HERS, HIS)),
        "lost Bob #2",
        "still holds Alice #2, Bob #1",
    ),
    good(
        "the resolution is not here yet",
        written(edited_apart, lambda s: s.write("Bob", kind="resolve"), EntryStory.look_everywhere),
    ),
    good("both say the same", written(_says_the_same, EntryStory.look_everywhere)),
    good(
        "one of two that say the same",
        written(_says_the_same, _answers("Alice", Sibling(version="2", digest="d-b1"), winner="2")),
    ),
    bad(
        "one of two that say nothing",
        written(_says_nothing, _answers("Alice", Sibling(version="2", digest="d-b1"), winner="2")),
        witness=("a1",),
    ),
    bad(
        "of two that say the same, none",
        written(_says_the_same, _answers("Alice", winner=None)),
        witness=("a1", "b1"),
    ),
    good(
        "her own of before, which she did not name, may stand beside",
        written(
            _blind,
            _answers(
                "Alice", Sibling(version="1", digest="d-a1"), Sibling(version="2", digest="d-a2"), winner="2"
            ),
        ),
    ),
    good("or not", written(_blind, EntryStory.look_everywhere)),
    bad(
        "a version that nobody wrote",
        written(edited_apart, _answers("Bob", HERS, HIS, Sibling(version="9", digest="?"))),
        'Bob\'s entry "page" holds version 9, which nobody wrote into it',
    ),
    bad(
        "an answer that shows what it does not hold",
        written(edited_apart, _answers("Bob", HERS, HIS, winner="9")),
        "shows 9, though it holds 2, 3",
    ),
    good(
        "a picture is still on its way",
        written(_with_picture, _answers("Alice", Sibling(version="1", digest="d-a1"), winner="1")),
    ),
    bad(
        "the picture is there",
        written(
            _with_picture,
            _picture_arrived,
            _answers("Alice", Sibling(version="1", digest="d-a1"), winner="1"),
        ),
        "lost Bob #1",
    ),
    good("after a restart", written(edited_apart, lambda s: s.restart("Bob"), EntryStory.look_everywhere)),
    bad(
        "by a restart",
        written(edited_apart, lambda s: s.restart("Bob"), _answers("Bob", HIS)),
        "lost Alice #2",
    ),
    bad(
        "in one entry of two",
        written(
            edited_apart,
            lambda s: s.write("Bob", entry="other"),
            EntryStory.everywhere,
            lambda s: s.look("Bob", "other"),
            _answers("Bob", HERS, winner="2"),
        ),
        'entry "page" lost Bob #1',
    ),
    bad(
        "exported by the system's own log alone",
        lines(
            lambda f: [line for line in f if not is_a(Deliver, op_id="a2", device="Alice")(line)],
            written(edited_apart, EntryStory.export, _answers("Alice", HERS, winner="2")),
        ),
        "lost Bob #1",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ('if conflicts != "siblings":', "if False:"),
    ("views[-1] for name", "views[0] for name"),
    ("if device in (None, name)", "if True"),
    ("if device in (None, name)", "if device is None"),
    ("if not answers:", "if False:"),
    ("if not _several_arrived(history, versions):", "if True:"),
    ("if not _several_arrived(history, versions):", "if False:"),
    ("for op_id in versions.by_op_id) > 1", "for op_id in versions.by_op_id) > 2"),
    ("if op_id not in versions.by_op_id]", "if False]"),
    ("    if strange:", "    if False:"),
    ("entry_versions.unreplaced(present, ", "(lambda found, _: found)(present, "),
    ("entry_versions.unreplaced(present, ", "entry_versions.unreplaced(versions.by_op_id.values(), "),
    ("_perhaps_present(history, versions, device, view))", "present)"),
    ("entry.t_ns <= answered if entry else", "True if entry else"),
    ("if entry else unread(history, device)", "if entry else False"),
    ("unknown[unread(history, name)] = None", "pass"),
    ("entry.n > view.seen", "False"),
    ("entry.n > view.seen", "entry.n >= view.seen"),
    ("view.t_ns + ANSWER_NS", "view.t_ns"),
    ('        if version.operation.kind != "delete"\n        and', "        if"),
    ("version.operation.op_id not in here", "True"),
    (
        "(version.operation.content and version.operation.content in said)",
        "(version.operation.content in said)",
    ),
    ("(version.operation.content and version.operation.content in said)", "False"),
    ("    if lost:", "    if False:"),
    ("for base in version.bases}", "for base in version.bases[:1]}"),
    ("for version in present for base", "for version in versions.by_op_id.values() for base"),
    ("    if back:", "    if False:"),
    ("if not sibling.deleted]", "]"),
    ("if edits and view.winner not in edits:", "if view.winner not in edits:"),
    ("if edits and view.winner not in edits:", "if False:"),
    ("if all(history.has_blob(device, digest) for digest in version.operation.blobs):", "if True:"),
    (
        "if all(history.has_blob(device, digest) for digest in version.operation.blobs):",
        "if not version.operation.blobs:",
    ),
)
