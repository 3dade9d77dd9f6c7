from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Catchup, Note, Result
from syncproof.workloads.application.records import Focus, SyncStatus

Act = Callable[[Story], object]
EMOJI = {"Synced": "☁️✓", "PendingSync": "☁️⏳", "SyncFailed": "☁️✗", "Offline": "📴", "Connected": "☁️"}
WORDS = "Changes saved locally. Will sync when connection restored."


def _shows(status: str, *, emoji: str = "", message: str = WORDS, device: str = "Bob") -> Act:
    return lambda story: story.add(
        SyncStatus,
        device=device,
        source=device,
        status=status,
        emoji=emoji or EMOJI[status],
        message=message,
    )


def _wanted(status: str, asked_ms: int = 1100) -> dict[str, Any]:
    return {"device": "Bob", "wanted": status, "asked_ns": asked_ms * MS, "within_ns": 100 * MS}


LATER = wait(120)  # behind the moment in which the sentence was said, at 1100 ms
SHOWN = (
    unknown("empty", empty, "Bob never said how its syncing goes", **_wanted("Synced")),
    good("in time", told(LATER, _shows("Synced")), "Bob showed Synced", **_wanted("Synced")),
    good("before", told(_shows("Synced"), LATER), **_wanted("Synced")),
    good("for a moment", told(LATER, _shows("PendingSync"), _shows("Synced")), **_wanted("PendingSync")),
    bad("another one", told(LATER, _shows("Offline")), "expected Bob to show Synced within 0.1 seconds",
        "it showed Offline", **_wanted("Synced")),
    bad("no longer", told(_shows("Synced"), _shows("Offline"), LATER), **_wanted("Synced")),
    bad("too late", told(LATER, _shows("Offline"), wait(200), _shows("Synced")), **_wanted("Synced")),
    bad("nothing yet", told(wait(500), _shows("Synced")), "it showed nothing", **_wanted("Synced")),
    unknown("another device", told(LATER, _shows("Synced", device="Alice")), **_wanted("Synced")),
    bad("another emoji", told(LATER, _shows("Synced", emoji="✓")),
        "Bob shows Synced as '✓', expected '☁️✓'", **_wanted("Synced")),
    bad("other words", told(LATER, _shows("PendingSync", message="Wait.")), "Bob says of PendingSync 'Wait.'",
        **_wanted("PendingSync")),
    good("words of its own", told(LATER, _shows("Connected", message="Hello")), **_wanted("Connected")),
    *(good(f"the emoji of {name}", told(LATER, _shows(name)), **_wanted(name)) for name in EMOJI),
)  # fmt: skip


def _asked(what: str, seen_ms: float = 1, device: str = "Bob", took_ms: float = 1, **answer: float) -> Act:
    def act(story: Story) -> None:
        told = {"pushed": 0.0, "begun_ns": story.now, **answer} if answer else {}
        fields = {"asked": what, "seen_ms": seen_ms, "took_ms": took_ms, **told}
        story.add(Note, device=device, what="application", fields=fields)

    return act


MOST: dict[str, Any] = {"device": "Bob", "most_ns": 500 * MS}
FREE = (
    unknown("empty", empty, "nobody left, flushed or closed Bob's application", **MOST),
    good("in time", told(_asked("flush", 510, took_ms=500, pending=3)), "1 time", **MOST),
    bad("too long by its own clock", told(_asked("flush", 510, took_ms=501)),
        "Bob's application was blocked for 510 ms when it was asked to flush, expected at most 500 ms", **MOST),
    bad("too long for an application that loses focus", told(_asked("lose focus", 999, took_ms=998)),
        "blocked for 999 ms when it was asked to lose focus", **MOST),
    bad("too long as the harness sees it", told(_asked("lose focus", 10_501)), "asked to lose focus", **MOST),
    good("in time as the harness sees it", told(_asked("lose focus", 10_500)), **MOST),
    bad("the process lives on", told(_asked("close", 11_000, took_ms=3)), "blocked for 11000 ms", "to close", **MOST),
    bad("the first of two", told(_asked("close", 10_600), _asked("flush", 1)), **MOST),
    unknown("another device", told(_asked("close", 10_600, device="Alice")), **MOST),
)  # fmt: skip


def _sends(story: Story) -> None:
    story.send("Bob", store=False)


def _acked(story: Story) -> None:
    story.send("Bob")


def _ack_late(story: Story) -> None:
    story.store(story.history.operations["b1"])
    story.ack("b1")


def _ack_another(story: Story) -> None:
    story.send("Alice")


def _refused(story: Story) -> None:
    story.add(Result, device="Bob", source="Bob", op_id="b1", outcome="fail")


def _closed(pending: float, pushed: float = 0, *during: Act) -> Act:
    """It is closed, and this happens between the request and its end."""

    def act(story: Story) -> None:
        begun_ns = story.now
        for each in during:
            story.wait(1)
            each(story)
        story.wait(1)
        _asked("close", pending=pending, pushed=pushed, begun_ns=begun_ns)(story)

    return act


BOB: dict[str, Any] = {"device": "Bob"}
KEPT = (
    unknown("empty", empty, "neither flushed nor closed", **BOB),
    unknown("only left", told(_sends, _asked("lose focus")), **BOB),
    good("all of it", told(_sends, _sends, _asked("flush", pending=2)), "Bob's application kept 2 messages", **BOB),
    good("more than that", told(_sends, _asked("flush", pending=2)), **BOB),
    bad("one less", told(_sends, _sends, _closed(1)),
        "expected Bob's application to keep 2 messages that it had not pushed when it was asked to close; it kept 1",
        **BOB),
    good("pushed without a word", told(_sends, _sends, _closed(1, 1)), **BOB),
    bad("pushed, and one less", told(_sends, _sends, _sends, _closed(1, 1)), "keep 2", **BOB),
    bad("pushed by its own word alone", told(_sends, _sends, _asked("flush", pending=0, pushed=2)), "it kept 0", **BOB),
    good("pushed, and told a little later",
        told(_sends, _sends, _asked("flush", pending=1, pushed=1), wait(1), _ack_late), **BOB),
    bad("pushed and told a little later, one less",
        told(_sends, _sends, _sends, _asked("flush", pending=1, pushed=1), wait(1), _ack_late), "keep 2", **BOB),
    bad("more than it said was told later", told(_sends, _sends, _asked("flush", pending=1), wait(1), _ack_late),
        "keep 2", **BOB),
    bad("pushed with a word, rest dropped", told(_sends, _sends, _closed(0, 1, _ack_late)), "keep 1", **BOB),
    good("pushed with a word", told(_sends, _sends, _closed(1, 1, _ack_late)), **BOB),
    good("pushed by another device meanwhile", told(_sends, _sends, _closed(1, 1, _ack_another)), **BOB),
    good("pushed before it was closed", told(_sends, _sends, _ack_late, wait(1), _sends, _closed(1, 1)), **BOB),
    bad("pushed before, one less", told(_sends, _sends, _ack_late, wait(1), _sends, _closed(0, 1)), "keep 1", **BOB),
    unknown("pushed without a word, all of it", told(_sends, _sends, _closed(0, 2)), "could push all", **BOB),
    bad("none", told(_sends, _closed(0)), "it kept 0", **BOB),
    unknown("all pushed", told(_acked, _asked("flush", pending=0)), "could push all that waited", **BOB),
    good("some pushed", told(_acked, _sends, _asked("flush", pending=1)), **BOB),
    bad("pushed afterwards", told(_sends, _asked("flush", pending=0), wait(1), _ack_late), **BOB),
    good("refused for good", told(_sends, _sends, _refused, wait(1), _asked("flush", pending=1)), **BOB),
    good("taken afterwards", told(_sends, _asked("flush", pending=1), _sends, _sends), **BOB),
    good("another device's", told(lambda s: s.send("Alice", store=False), _sends, _asked("flush", pending=1)), **BOB),
    bad("the last one counts", told(_sends, _asked("flush", pending=1), _closed(0)), **BOB),
    bad("the first one counts", told(_sends, _asked("flush", pending=0), wait(1), _closed(1)), "to flush", **BOB),
    bad("after a close that pushed", told(_sends, _sends, _closed(1, 1), _asked("flush", pending=0)), "keep 1", **BOB),
    bad("told after it was started again, one less", told(_sends, _sends, _sends, _closed(1, 1), wait(1), _ack_late),
        "keep 2", **BOB),
    good("closed twice", told(_sends, _sends, _sends, _closed(2, 1), _closed(1, 1)), **BOB),
    good("after a close", told(_sends, _sends, _closed(1, 1), _asked("flush", pending=1)), **BOB),
    bad("acknowledged after a close that pushed it, another one dropped",
        told(_sends, _closed(0, 1), wait(1), _ack_late, _sends, wait(1), _asked("flush", pending=0)), "keep 1", **BOB),
    bad("as many acknowledged after it as wait", told(
        _sends, _sends, _closed(1, 1), wait(1), _ack_late, _sends, _sends, wait(1), _asked("flush", pending=1)),
        "keep 2", **BOB),
)  # fmt: skip


def _focus(focused: bool, device: str = "Bob") -> Act:
    return lambda story: story.add(Focus, device=device, source=device, focused=focused)


def _step(state: str = "started", device: str = "Bob") -> Act:
    return lambda story: story.add(Catchup, device=device, source=device, group="g", state=state)


SOON: dict[str, Any] = {"device": "Bob", "most_ns": 100 * MS}
ON_FOCUS = (
    unknown("empty", empty, "never came to the foreground", **SOON),
    unknown("only left", told(_focus(False), _step()), **SOON),
    good("at once", told(_focus(True), _step()), "1 time", **SOON),
    good("just in time", told(_focus(True), wait(99), _step()), **SOON),
    bad("too late", told(_focus(True), wait(100), _step()),
        "expected Bob to begin to sync within 100 ms of coming to the foreground", **SOON),
    bad("before", told(_step(), _focus(True)), **SOON),
    bad("never", told(_focus(True)), **SOON),
    bad("another step", told(_focus(True), _step("ended")), **SOON),
    bad("another device", told(_focus(True), _step(device="Alice")), **SOON),
    bad("the second time", told(_focus(True), _step(), wait(200), _focus(True)), **SOON),
    unknown("another one's focus", told(_focus(True, "Alice"), wait(200), _step()), **SOON),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {
    "status_shown": SHOWN,
    "free_again": FREE,
    "rest_kept": KEPT,
    "syncs_on_focus": ON_FOCUS,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "status_shown": (
        ("and line.emoji != EMOJI[line.status]", "and False"),
        ("and line.message != MESSAGES[line.status]", "and False"),
        ("if line.t_ns <= asked_ns][-1:]", "][-1:]"),
        ("if line.t_ns <= asked_ns][-1:]", "if line.t_ns <= asked_ns]"),
        ("line.t_ns <= deadline)", "True)"),
        ("if wanted not in shown:", "if False:"),
        ("history.of(SyncStatus, device)", "history.of(SyncStatus)"),
    ),
    "free_again": (
        ("told > most_ms or", ""),
        ("or seen > most_ms + _SEEN_LATER_MS", ""),
        ("most_ms + _SEEN_LATER_MS", "most_ms"),
        ("most_ms + _SEEN_LATER_MS", "_SEEN_LATER_MS"),
        ("history.notes(ASKED, device)", "history.notes(ASKED)"),
        ("for note in asked:", "for note in asked[-1:]:"),
    ),
    "rest_kept": (
        ("if kept[-1] < left:", "if not kept[-1]:"),
        ("if kept[-1] < left:", "if kept[-1] < len(waiting):"),
        ("min(number, len(waiting & pushed))", "number"),
        ("min(number, len(waiting & pushed))", "len(waiting & pushed)"),
        ("or ended[op_id].t_ns > note.t_ns", ""),
        ("op_id not in ended or", "op_id in ended and"),
        ("history.acks | history.refusals", "history.acks"),
        ("and line.t_ns < note.t_ns", ""),
        ("line.device == device\n            and", ""),
        ("line.device == device and begun_ns", "begun_ns"),
        ("begun_ns < line.t_ns <= note.t_ns", "line.t_ns <= note.t_ns"),
        ("- told)", ")"),
        ("min(unheard, len(waiting & history.acks.keys()))", "0"),
        ("min(unheard, len(waiting & history.acks.keys()))", "unheard"),
        ("min(unheard, len(waiting & history.acks.keys()))", "len(waiting & history.acks.keys())"),
        ("            unheard = 0.0\n", ""),
        ("for number, pushed in untold)", "for number, pushed in untold[-1:])"),
        ("for note in asked:", "for note in asked[-1:]:"),
        ("for note in asked:", "for note in asked[:1]:"),
        ("if left <= 0:", "if False:"),
        ('if note.fields["asked"] == "close":', "if True:"),
        ('if note.fields["asked"] == "close":', "if False:"),
    ),
    "syncs_on_focus": (
        ("if line.focused]", "]"),
        ('if step.state == "started"]', "]"),
        ("at <= step <= at + most_ns", "step <= at + most_ns"),
        ("at <= step <= at + most_ns", "at <= step"),
        ("history.of(Catchup, device)", "history.of(Catchup)"),
        ("history.of(Focus, device)", "history.of(Focus)"),
    ),
}
