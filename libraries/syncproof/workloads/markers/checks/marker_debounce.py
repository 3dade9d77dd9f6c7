"""The server hears of a read marker seldom, and often enough: when it has paused, or has moved for long (plan L-5.3).

Counted in the server's own request log, against the pauses between the device's local moves: one update for
each burst of moves, and one more for each `max_wait_ns` that a burst lasts. A pause of four fifths counts as
one, because stamps are milliseconds off. Within a burst an update may come as late as after twice the longest wait.
Unknown where the moves did not come in quick succession.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, count, nothing_to_judge, requests_unread
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Marker, Request

#: Within a burst there is an update after so many longest waits: each may come a little late.
SELDOM = 2
#: With fewer moves than this for each update that their pauses allow, debouncing has nothing to save.
QUICK = 5
_TOLERANCE = 0.8
_OK = 200


def check(history: History, *, quiet_ns: int, max_wait_ns: int, device: str | None = None) -> Verdict:
    """quiet_ns: pause after which the server is told. max_wait_ns: longest time until it is. device: whose marker."""
    if why := requests_unread(history):
        return Verdict("marker_debounce", "unknown", f"inconclusive: {why}")
    moves = [m.t_ns for m in history.of(Marker, device) if m.scope == "local" and m.old != m.new]
    if not moves:
        return nothing_to_judge("marker_debounce", "no marker moved")
    updates = [r for r in history.of(Request, device) if _tells_a_marker(r)]
    allowed = _allowed(moves, quiet_ns * _TOLERANCE, max_wait_ns * _TOLERANCE)
    seen = f"{count(len(updates), 'update')} for {count(len(moves), 'move')}"
    if not updates:
        return Verdict("marker_debounce", "fail", "the server never heard of the marker")
    if len(updates) > allowed:
        return Verdict(
            "marker_debounce",
            "fail",
            f"the server heard of the marker too often: {seen}, whose pauses ask for {allowed} at most",
        )
    untold_ns = _longest_untold(moves, [r.t_ns for r in updates], quiet_ns * _TOLERANCE)
    if untold_ns >= max_wait_ns * SELDOM:
        return Verdict(
            "marker_debounce",
            "fail",
            f"the server heard of the marker too seldom: it moved for {untold_ns / 1e9:.1f} s without a pause and "
            f"without an update, and {max_wait_ns / 1e9:g} s are the longest wait",
        )
    if allowed * QUICK > len(moves):
        return Verdict(
            "marker_debounce",
            "unknown",
            f"unknown: {count(len(moves), 'move')} with {count(allowed, 'pause')} were no quick succession",
        )
    return Verdict("marker_debounce", "pass", f"{seen}, at most {allowed}")


def _tells_a_marker(request: Request) -> bool:
    return request.method == "PUT" and request.path.endswith("/marker") and request.status == _OK


def _longest_untold(moves: Sequence[int], updates: Sequence[int], quiet_ns: float) -> int:
    """How long the marker moved at most within one burst without an update, ns."""
    longest, began = 0, moves[0]
    for before, after in (*pairwise(moves), (moves[-1], NEVER)):
        if after - before < quiet_ns:
            continue
        edges = sorted((began, before, *(told for told in updates if began < told < before)))
        longest = max(longest, *(end - begin for begin, end in pairwise(edges)))
        began = after
    return longest


def _allowed(moves: Sequence[int], quiet_ns: float, max_wait_ns: float) -> int:
    """One update for each burst, and one for each longest wait within it."""
    allowed, began = 1, moves[0]
    for before, after in pairwise(moves):
        if after - before >= quiet_ns or after - began >= max_wait_ns:
            allowed += 1
            began = after
    return allowed


LIVENESS = {"marker_debounce": check}
