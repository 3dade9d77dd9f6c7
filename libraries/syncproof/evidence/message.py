"""What a failed test tells a person: expected by when, seen, missing, faults, where the evidence is.

Times are seconds since the test began.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from syncproof.evidence.checkers.verdict import count, named
from syncproof.evidence.history import History
from syncproof.evidence.records import Fault

#: A message has room for so many faults; the timeline shows all.
MOST_FAULTS = 3
#: Characters of one line: a wider one is cut; what was expected is folded into so many lines before.
WIDEST = 240
MOST_FOLDS = 3
#: Characters that several judgements may take together, so that none of them is cut.
ROOM = 640


def compose(
    history: History,
    *,
    expected: str,
    seen: str = "",
    missing: Sequence[str] = (),
    concerned: Sequence[str] = (),
    opened_ns: int | None = None,
    now_ns: int | None = None,
    evidence: str = "",
) -> str:
    """The message as plain text, at most 12 lines. Empty parts are left out.

    expected: what should have happened, by when ("expected Bob to receive all 50 messages within 30
    seconds"), or what a checker said. seen: what was there instead. missing: op_ids that did not come; the
    devices that miss them are looked up. concerned: op_ids that the message is about. opened_ns: when the
    test began (times are told from there; default: the first line). now_ns: when it failed. evidence: the
    history file, relative to the log.
    """
    origin = opened_ns if opened_ns is not None else _first_ns(history)
    lines = textwrap.wrap(_sentence(expected), WIDEST - 4, max_lines=MOST_FOLDS, placeholder=" ...")
    if seen:
        at = f" at {_seconds(now_ns, origin)}" if now_ns is not None else ""
        lines.append(_sentence(f"Seen{at}: {seen}"))
    last = max(history.last_delivery_ns.items(), key=lambda item: item[1], default=None)
    if missing:
        lines.append(f"Missing ({len(missing)}): {named(history, missing)}.")
        if last is None:
            lines.append("Nothing was delivered to anybody.")
        else:
            lines.append(f"The last delivery of all came to {last[0]} at {_seconds(last[1], origin)}.")
    if concerned:
        lines.append(f"Concerned ({len(concerned)}): {named(history, concerned)}.")
    lines += _faults(history, origin)
    if evidence:
        lines.append(f"Evidence: {evidence}")
    return "\n".join(_short(line) for line in lines)


def listed(sayings: Sequence[str]) -> str:
    """As many judgements as a message has room for, whole, and how many more there are; the first one always."""
    shown = 1
    while shown < len(sayings) and len("; ".join(sayings[: shown + 1])) <= ROOM:
        shown += 1
    left = len(sayings) - shown
    more = [f"and {count(left, 'check')} more: see the evidence"] if left else []
    return "; ".join([*sayings[:shown], *more])


def _first_ns(history: History) -> int:
    return history.lines[0].t_ns if history.lines else 0


def _seconds(t_ns: int, origin: int) -> str:
    """A time of the test, for people."""
    return f"{(t_ns - origin) / 1e9:.1f} s"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _faults(history: History, origin: int) -> list[str]:
    if not history.faults:
        return []
    texts = [_fault(edges, origin) for edges in history.faults.values()]
    lines = [f"Fault: {text}." for text in texts[:MOST_FAULTS]]
    if len(texts) > MOST_FAULTS:
        lines.append(f"... and {count(len(texts) - MOST_FAULTS, 'fault')} more.")
    return lines


def _fault(edges: Sequence[Fault], origin: int) -> str:
    first = edges[0]
    at = {edge.edge: edge for edge in edges}
    text = first.kind
    if first.requested:
        text += f" ({first.requested})"
    if first.direction != "both":
        text += f" {first.direction}"
    text += f" on {' and '.join(first.target)}, from {_seconds(first.t_ns, origin)}"
    text += f" to {_seconds(at['end'].t_ns, origin)}" if "end" in at else " to the end"
    if not any(edge.effective for edge in edges):
        return text + ", not seen to take effect"
    proof = next((edge.proof for edge in edges if edge.effective and edge.proof), "")
    return text + (f" (seen: {proof})" if proof else "")


def _short(line: str) -> str:
    return line if len(line) <= WIDEST else line[: WIDEST - 4] + " ..."
