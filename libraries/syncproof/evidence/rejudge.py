"""Judge a history again, from its file alone: every verdict on record by the same check over the same lines."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof.evidence import checkers, records
from syncproof.evidence.checkers.verdict import Verdict
from syncproof.evidence.history import History


def rejudge(history: History) -> Iterator[tuple[records.Verdict, Verdict]]:
    """Each verdict on record, and what its check says of the lines that it judged then, with the limits of then.

    Verdicts of checks that there are no more, and those on a history without a line, are left out.

    Example: ``[said for said, again in rejudge(History.load(path)) if said.result != again.result]`` is empty.
    """
    known = {**checkers.safety(), **checkers.liveness()}
    for said in history.of(records.Verdict):
        if said.checker in known and said.upto:
            judged = History(line for line in history.lines if line.i <= said.upto)
            yield said, known[said.checker](judged, device=said.device or None, **said.limits)
