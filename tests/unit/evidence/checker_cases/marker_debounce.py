from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import GROUP, MS, Story

from syncproof.evidence.records import Marker, Request

#: A pause of a second, and ten seconds at most.
LIMITS: dict[str, Any] = {"quiet_ns": 1000 * MS, "max_wait_ns": 10_000 * MS, "device": "Bob"}


def _bursts(story: Story, *, moves: Sequence[int], pause_ms: float = 1500, every_ms: float = 10) -> None:
    """Bursts of local moves of Bob, with a pause between them."""
    n = 0
    for count in moves:
        for _ in range(count):
            n += 1
            story.wait(every_ms - 1)
            old, new = str(n - 1) if n > 1 else None, str(n)
            story.add(Marker, device="Bob", source="Bob", group=GROUP, scope="local", old=old, new=new, n=n)
        story.wait(pause_ms)


def _on_and_on(story: Story, moves: Sequence[int], pause_ms: int = 0) -> None:
    """Moves every 100 ms, so many until each update of Bob's. pause_ms: one in the middle of the second part."""
    first = 0
    for part, count in enumerate(moves):
        for n in range(first + 1, first + count + 1):
            story.wait(99 + pause_ms * (part == 1 and n == first + count // 2))
            old = str(n - 1) if n > 1 else None
            story.add(
                Marker, device="Bob", source="Bob", group=GROUP, scope="local", old=old, new=str(n), n=n
            )
        first += count
        _updates(story, 1)


def _updates(story: Story, count: int, **fields: object) -> None:
    """So many requests of Bob that tell the relay where his marker is."""
    for n in range(1, count + 1):
        made = {"device": "Bob", "method": "PUT", "path": f"/rooms/{GROUP}/marker", "status": 200} | fields
        story.add(Request, source="relay", n=n, **made)


def _noise(story: Story) -> None:
    """Requests that tell no marker of Bob's."""
    for fields in (
        {"device": "Alice"},
        {"method": "GET"},
        {"path": f"/rooms/{GROUP}/events"},
        {"status": 503},
    ):
        _updates(story, 3, **fields)


def _read(story: Story) -> None:
    """A look at a marker that did not move."""
    story.wait(5000)
    story.add(Marker, device="Bob", source="harness", group=GROUP, scope="local", old="20", new="20", n=20)
    story.wait(5000)


def _told(story: Story) -> None:
    """Moves of the relay's copy, long after."""
    for n in (19, 20):
        story.wait(5000)
        story.add(
            Marker, device="Bob", source="Bob", group=GROUP, scope="remote", old=str(n - 1), new=str(n), n=n
        )


CASES = (
    bad(
        "moves of the relay's copy are none",
        told(lambda s: _bursts(s, moves=[20]), _told, lambda s: _updates(s, 2)),
        **LIMITS,
    ),
    unknown("empty", empty, "no marker moved", **LIMITS),
    unknown(
        "slow moves",
        told(lambda s: _bursts(s, moves=[1] * 20), lambda s: _updates(s, 20)),
        "no quick",
        **LIMITS,
    ),
    good(
        "once",
        told(lambda s: _bursts(s, moves=[20]), lambda s: _updates(s, 1)),
        "1 update for 20 moves",
        **LIMITS,
    ),
    bad(
        "twice",
        told(lambda s: _bursts(s, moves=[20]), lambda s: _updates(s, 2)),
        "too often: 2 updates",
        **LIMITS,
    ),
    good("two bursts", told(lambda s: _bursts(s, moves=[20, 20]), lambda s: _updates(s, 2)), **LIMITS),
    bad(
        "two bursts, three updates",
        told(lambda s: _bursts(s, moves=[20, 20]), lambda s: _updates(s, 3)),
        **LIMITS,
    ),
    good(
        "a pause a little short",
        told(lambda s: _bursts(s, moves=[20, 20], pause_ms=850), lambda s: _updates(s, 2)),
        **LIMITS,
    ),
    bad(
        "a pause much too short",
        told(lambda s: _bursts(s, moves=[20, 20], pause_ms=600), lambda s: _updates(s, 2)),
        **LIMITS,
    ),
    good(
        "on and on",
        told(lambda s: _bursts(s, moves=[190], every_ms=100), lambda s: _updates(s, 3)),
        "at most 3",
        **LIMITS,
    ),
    bad(
        "on and on, too often",
        told(lambda s: _bursts(s, moves=[190], every_ms=100), lambda s: _updates(s, 4)),
        **LIMITS,
    ),
    bad(
        "on and on, too seldom",
        told(lambda s: _bursts(s, moves=[420], every_ms=100), lambda s: _updates(s, 1)),
        "too seldom: it moved for 41.9 s without a pause and without an update, and 10 s are the longest wait",
        **LIMITS,
    ),
    good(
        "on and on, just often enough",
        told(lambda s: _on_and_on(s, moves=[190, 190, 40])),
        **LIMITS,
    ),
    bad(
        "on and on, often enough in all, and once too late",
        told(lambda s: _on_and_on(s, moves=[90, 90, 240])),
        "too seldom: it moved for 24.0 s",
        **LIMITS,
    ),
    bad(
        "on and on, told because of a pause",
        told(lambda s: _on_and_on(s, moves=[250, 120], pause_ms=1000)),
        "too seldom: it moved for 24.9 s",
        **LIMITS,
    ),
    good(
        "on and on, with a pause in between",
        told(lambda s: _bursts(s, moves=[150, 150, 150], every_ms=100), lambda s: _updates(s, 1)),
        **LIMITS,
    ),
    bad(
        "twice on and on, once told",
        told(lambda s: _bursts(s, moves=[210, 210], every_ms=100), lambda s: _updates(s, 1)),
        "too seldom",
        **LIMITS,
    ),
    bad("never", told(lambda s: _bursts(s, moves=[20])), "never heard", **LIMITS),
    bad("other requests only", told(lambda s: _bursts(s, moves=[20]), _noise), "never heard", **LIMITS),
    good(
        "other requests too",
        told(lambda s: _bursts(s, moves=[20]), _noise, lambda s: _updates(s, 1)),
        **LIMITS,
    ),
    bad(
        "looks are no moves",
        told(lambda s: _bursts(s, moves=[20]), _read, lambda s: _updates(s, 2)),
        "at most",
        **LIMITS,
    ),
    good("as few moves as can be", told(lambda s: _bursts(s, moves=[5]), lambda s: _updates(s, 1)), **LIMITS),
    bad(
        "too often, whatever the succession",
        told(lambda s: _bursts(s, moves=[1] * 4), lambda s: _updates(s, 9)),
        "too often",
        **LIMITS,
    ),
    bad(
        "slow moves, of which the server never heard",
        told(lambda s: _bursts(s, moves=[1] * 4)),
        "never heard",
        **LIMITS,
    ),
    unknown("too few moves", told(lambda s: _bursts(s, moves=[4]), lambda s: _updates(s, 1)), **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not moves:", "if False:"),
    ('m.scope == "local" and', ""),
    ("and m.old != m.new", ""),
    ("history.of(Request, device)", "history.of(Request)"),
    ('request.method == "PUT" and', ""),
    ('request.path.endswith("/marker") and', ""),
    ("and request.status == _OK", ""),
    ("if allowed * QUICK > len(moves):", "if False:"),
    ("if allowed * QUICK > len(moves):", "if allowed * QUICK >= len(moves):"),
    ("if not updates:", "if False:"),
    ("len(updates) > allowed", "len(updates) > allowed + 1"),
    ("len(updates) > allowed", "len(updates) >= allowed"),
    ("quiet_ns * _TOLERANCE", "quiet_ns"),
    ("quiet_ns * _TOLERANCE", "quiet_ns * 0.5"),
    (" or after - began >= max_wait_ns:", ":"),
    ("began = after", "pass"),
    ("if untold_ns >= max_wait_ns * SELDOM:", "if False:"),
    ("max_wait_ns * SELDOM", "max_wait_ns"),
    ("if began < told < before", ""),
    (", *(told for told in updates if began < told < before)", ""),
    ("max(longest, *", "max(0, *"),
    ("(*pairwise(moves), (moves[-1], NEVER))", "pairwise(moves)"),
    ("began = after\n    return longest", "pass\n    return longest"),
    ("longest, began = 0, moves[0]", "longest, began = 0, moves[-1]"),
    ("allowed, began = 1, moves[0]", "allowed, began = 0, moves[0]"),
)
