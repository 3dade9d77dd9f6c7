"""While a server cannot reach what it stores attachments in, nobody calls one missing."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, NEVER, Blob


def not_called_missing(
    history: History, *, device: str | None = None, asked_ns: int, within_ns: int
) -> Verdict:
    """While a server's storage was away, devices told of downloads that broke off, and called no attachment missing.

    device: judge only this one. Whoever sent an attachment does not fetch it. asked_ns, within_ns: for how long that
    was waited for; what is on record is judged, whenever it came.
    """
    del asked_ns, within_ns
    spans = [
        (edges[0].t_ns, next((edge.t_ns for edge in edges if edge.edge == "end"), NEVER))
        for edges in history.faults.values()
        if edges[0].kind == "storage_away"
    ]
    told = [
        line
        for line in history.of(Blob, device)
        if line.source != HARNESS and any(since <= line.t_ns <= until for since, until in spans)
    ]
    missing = {(line.device, line.digest): None for line in told if line.state == "missing"}
    sent = {(invoke.author, digest) for invoke in history.invokes() for digest in invoke.blobs}
    broke_off = {(line.device, line.digest) for line in told if line.state == "interrupted"} - sent
    if not missing and not broke_off:
        return nothing_to_judge(
            "not_called_missing", "nobody asked for an attachment while the storage was away"
        )
    owners = {digest: invoke.op_id for invoke in history.invokes() for digest in invoke.blobs}
    faults: list[str] = []
    witness: list[str] = []
    for name in dict.fromkeys(name for name, _ in missing):
        op_ids = [owners.get(digest, digest) for known, digest in missing if known == name]
        witness += op_ids
        faults.append(
            f"{name} calls {count(len(op_ids), 'attachment')} missing while the server's storage is away: "
            f"{named(history, op_ids)}"
        )
    return judge("not_called_missing", faults, witness, "nobody calls an attachment missing")


LIVENESS = {"not_called_missing": not_called_missing}
