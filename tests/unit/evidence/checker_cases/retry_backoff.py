from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Blob, Note, Request, Retry

#: 100 ms, doubled up to 800 ms, give or take a fifth; let go after 2 s.
LIMITS: dict[str, Any] = {
    "attempts": 3,
    "base_ns": 100 * MS,
    "max_ns": 800 * MS,
    "jitter_percent": 20,
    "ttl_ns": 2000 * MS,
    "device": "Bob",
}
GROWING = (100, 200, 400)


def _series(
    story: Story,
    delays: Sequence[float] = GROWING,
    *,
    about: str = "d1",
    device: str = "Bob",
    what: str = "download",
    asks: float = 1.0,
    first: int = 1,
) -> None:
    """Retries with these delays (ms), each asked for after `asks` of its delay."""
    for attempt, delay in enumerate(delays, first):
        due = story.now + round((delay + 1) * MS)
        story.add(
            Retry,
            device=device,
            source=device,
            what=what,
            attempt=attempt,
            delay_ms=delay,
            due_ns=due,
            about=about,
        )
        story.wait(delay * asks)
        _asked(story, about, device)


def _asked(story: Story, about: str, device: str = "Bob", method: str = "GET", path: str = "/blobs/") -> None:
    story.add(Request, device=device, source="relay", n=1, method=method, path=f"{path}{about}", status=404)


def _let_go(story: Story) -> None:
    """A series that ends after its time to live, in the middle of a delay, and one that begins at once after it."""
    _series(story, (100, 200, 400, 800))
    due = story.now + 801 * MS
    story.add(
        Retry, device="Bob", source="Bob", what="download", attempt=5, delay_ms=800, due_ns=due, about="d1"
    )
    story.wait(600)
    _asked(story, "d1")
    _series(story)


def _interleaved(story: Story) -> None:
    """Two attachments in turn, each asked for before the other one is due."""
    for attempt, delay in enumerate((100, 200, 400), 1):
        for about in ("d1", "d2"):
            due = story.now + round((delay + 1) * MS)
            story.add(
                Retry,
                device="Bob",
                source="Bob",
                what="download",
                attempt=attempt,
                delay_ms=delay,
                due_ns=due,
                about=about,
            )
        story.wait(delay + 5)
        _asked(story, "d1")
        _asked(story, "d2")


def _asked_by_another(story: Story) -> None:
    """Alice asks for the same attachment while Bob waits."""
    story.add(
        Retry,
        device="Bob",
        source="Bob",
        what="download",
        attempt=4,
        delay_ms=800,
        due_ns=story.now + 801 * MS,
        about="d1",
    )
    _asked(story, "d1", "Alice")
    story.wait(800)
    _asked(story, "d1")


def _began_early(story: Story, device: str = "Bob") -> None:
    """A retry is scheduled, and a device says that it fetches the attachment before that is due."""
    due = story.now + 101 * MS
    story.add(
        Retry, device="Bob", source="Bob", what="download", attempt=1, delay_ms=100, due_ns=due, about="d9"
    )
    story.wait(50)
    story.add(Blob, device=device, source=device, digest="d9", state="downloading")


CASES = (
    unknown(
        "a log that is not whole",
        told(_series, lambda s: s.add(Note, what="request_log", fields={"lacks": "more was asked"})),
        "inconclusive: more was asked",
        **LIMITS,
    ),
    bad("asked early by its own word", told(_series, _began_early), "ms before retry 1", **LIMITS),
    good("another one began", told(_series, lambda s: _began_early(s, "Alice")), **LIMITS),
    good("another asks for the same", told(_series, _asked_by_another), **LIMITS),
    good("again, much later", told(_series, lambda s: s.wait(9000), _series), **LIMITS),
    unknown("empty", empty, "retried no download 3 times", **LIMITS),
    unknown("too few", told(lambda s: _series(s, (100, 200))), **LIMITS),
    unknown("another kind", told(lambda s: _series(s, what="pull")), **LIMITS),
    unknown("another device", told(lambda s: _series(s, device="Alice")), **LIMITS),
    good("growing", told(_series), "3 retries, up to attempt 3 after 400 ms", **LIMITS),
    good("up to the longest", told(lambda s: _series(s, (100, 200, 400, 800, 800))), **LIMITS),
    good("within the jitter", told(lambda s: _series(s, (80, 240, 320))), **LIMITS),
    bad(
        "constant",
        told(lambda s: _series(s, (100, 100, 100))),
        "retry 2 of a download in 100 ms; expected 160 to 240",
        **LIMITS,
    ),
    bad("too long", told(lambda s: _series(s, (100, 200, 500))), **LIMITS),
    bad(
        "past the longest",
        told(lambda s: _series(s, (100, 200, 400, 800, 1600))),
        "expected 640 to 960 ms",
        **LIMITS,
    ),
    bad(
        "on and on",
        told(lambda s: _series(s, (100, 200, 400, *[800] * 6))),
        "has to let go after 2000 ms",
        **LIMITS,
    ),
    good("not quite on and on", told(lambda s: _series(s, (100, 200, 400, 800, 800, 800))), **LIMITS),
    good("asked late", told(lambda s: _series(s, asks=1.5)), **LIMITS),
    bad("asked early", told(lambda s: _series(s, asks=0.5)), "/blobs/d1 49 ms before retry 1", **LIMITS),
    good("let go, and begun anew", told(_let_go), **LIMITS),
    good("two at a time", told(_interleaved), **LIMITS),
    good("others ask", told(_series, lambda s: _series(s, asks=0.1, device="Alice")), **LIMITS),
    good(
        "another request",
        told(lambda s: _series(s, asks=1.0), lambda s: _asked(s, "d1", path="/rooms/")),
        **LIMITS,
    ),
    bad("asked early once", told(_series, lambda s: _series(s, (800,), first=4, asks=0.3)), **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ('if step.state == "downloading":', "if False:"),
    ("history.of(Blob, device)", "history.of(Blob)"),
    ("if why := requests_unread(history):", 'if why := "":'),
    ('if r.what == "download"]', "]"),
    ("history.of(Retry, device)", "history.of(Retry)"),
    ("history.of(Request, device)", "history.of(Request)"),
    ("default=0) < attempts", "default=0) < 1"),
    ("min(max_ns, ", "max(0, "),
    ("(1 - jitter)", "1"),
    ("(1 + jitter)", "1"),
    ("if not least", "if False and least"),
    ("if lasted > ttl_ns * BEYOND:", "if False:"),
    ("if lasted > ttl_ns * BEYOND:", "if lasted > ttl_ns:"),
    ("if retry.attempt == 1 or not series:", "if not series:"),
    ("found.setdefault(retry.about, [])", 'found.setdefault("", [])'),
    ("min(retry.due_ns, one[0].t_ns + ttl_ns * _SURELY)", "retry.due_ns"),
    ("if stamp is not None and stamp <", "if False and stamp <"),
)
