"""What delivery logs tell of who changed a file."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.records import FileAsked


def authors_told(history: History, *, path: str, device: str | None = None) -> Verdict:
    """The delivery log of each device has every change of a file, under the name of whoever was asked for it.

    What a hostile peer was asked for need not be there: where it is, it is under that one's name.

    device: judge only the log of this one.
    """
    asked = {line.op_id: line.device for line in history.of(FileAsked) if path in (line.path, line.was)}
    taken = [op_id for op_id in asked if op_id in history.accepts]
    if not taken:
        return nothing_to_judge("authors_told", f'nobody changed "{path}"')
    faults: list[str] = []
    witness: list[str] = []
    for name in history.devices:
        if device not in (None, name):
            continue
        log = history.delivered(name)
        lacking = [op_id for op_id in taken if op_id not in log]
        wrong = [
            op_id
            for op_id, author in asked.items()
            if op_id in log and history.outsiders.get(log[op_id].author, log[op_id].author) != author
        ]
        if lacking:
            faults.append(f'{name}\'s log lacks {count(len(lacking), "change")} of "{path}"')
        faults += [
            f'{name}\'s log tells that {log[op_id].author} changed "{path}", not {asked[op_id]}'
            for op_id in wrong
        ]
        witness += [*lacking, *wrong]
    return judge(
        "authors_told", faults, witness, f'{count(len(taken), "change")} of "{path}", each under its author'
    )


LIVENESS = {"authors_told": authors_told}
