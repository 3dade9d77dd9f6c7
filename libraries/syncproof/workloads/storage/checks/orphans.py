"""What a server takes away: the attachments of which no message speaks, and no other."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History


def orphans_collected(
    history: History, *, device: str | None = None, asked_ns: int, within_ns: int
) -> Verdict:
    """By the deadline a server has no attachment left of which no message speaks, and has not lost any other.

    device: is not judged. The last look of the harness counts, from when it began.
    """
    del device
    looks = history.notes("orphans")
    if not looks or not looks[-1].fields["put"]:
        return nothing_to_judge("orphans_collected", "there were no orphans")
    seen = looks[-1].fields
    left, referred, lost, seen_ns = seen["left"], seen["referred"], seen["lost"], seen["seen_ns"]
    assert isinstance(left, int)
    assert isinstance(seen_ns, int)
    assert isinstance(referred, int)
    assert isinstance(lost, (list, tuple))
    if not referred:
        return nothing_to_judge("orphans_collected", "no message refers to an attachment that could be lost")
    faults = []
    if left or seen_ns > due(history, asked_ns, within_ns):
        faults.append(f"expected no orphan to be left {within(within_ns)}; {left} of {seen['put']} are there")
    if lost:
        faults.append(
            f"the server has taken away {count(len(lost), 'attachment')} to which a message refers: "
            f"{named(history, [str(op_id) for op_id in lost])}"
        )
    return judge(
        "orphans_collected",
        faults,
        [str(op_id) for op_id in lost],
        f"{seen['put']} orphans are gone, {count(referred, 'attachment')} to which messages refer are there",
    )


LIVENESS = {"orphans_collected": orphans_collected}
