"""Attachments that a server could not store: told, and never counted as sent."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Blob


def not_stored(
    history: History, *, device: str, says: tuple[str, ...], asked_ns: int, within_ns: int
) -> Verdict:
    """A device said by the deadline why the server did not store its attachment, which was not acknowledged meanwhile.

    says: words that what it says must have. Judged are the messages that it sent while the storage failed.
    """
    spans = [
        (edges[0].t_ns, next((edge.t_ns for edge in edges if edge.edge == "end"), NEVER))
        for edges in history.faults.values()
        if edges[0].kind.startswith("storage_")
    ]
    sent = {
        invoke.op_id: (invoke, since, until)
        for invoke in history.invokes()
        for since, until in spans
        if invoke.author == device and invoke.blobs and since <= invoke.t_ns <= until
    }
    if not sent:
        return nothing_to_judge(
            "not_stored", f"{device} sent no attachment while the server could not store one"
        )
    deadline = due(history, asked_ns, within_ns)
    told: dict[str, str] = {}
    for line in history.of(Blob, device):
        if line.source == device and line.state == "interrupted" and line.t_ns <= deadline:
            told.setdefault(line.digest, line.reason)
    expected = " and ".join(f"'{word}'" for word in says)
    silent: list[str] = []
    wrong: list[str] = []
    acked: list[str] = []
    for op_id, (invoke, _, until) in sent.items():
        reasons = [told[digest] for digest in invoke.blobs if digest in told]
        if not reasons:
            silent.append(op_id)
        elif not any(all(word in reason for word in says) for reason in reasons):
            wrong.append(op_id)
        if (result := history.acks.get(op_id)) is not None and result.t_ns < until:
            acked.append(op_id)
    faults = []
    if silent:
        faults.append(
            f"expected {device} to say {within(within_ns)} that its attachment could not be stored; it said nothing "
            f"of {named(history, silent)}"
        )
    if wrong:
        said = "; ".join(
            sorted({told[digest] for op_id in wrong for digest in sent[op_id][0].blobs if digest in told})
        )
        faults.append(
            f"expected {device} to say {expected} of {named(history, wrong)}; it said: {said or 'nothing'}"
        )
    if acked:
        faults.append(f"{named(history, acked)} counts as sent, and its attachment was not stored")
    return judge(
        "not_stored", faults, (*silent, *wrong, *acked), f"{device} told of {count(len(sent), 'message')}"
    )


LIVENESS = {"not_stored": not_stored}
