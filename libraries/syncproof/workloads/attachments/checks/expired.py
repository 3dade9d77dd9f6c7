"""Attachments that a server keeps no longer: told as that."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, named, nothing_to_judge, requests_unread
from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Request
from syncproof.workloads.attachments.checks.addresses import addresses

_NOT_FOUND = 404


def expired_told(history: History, *, device: str, digest: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device said by the deadline that an attachment has expired; neither it nor the server called it missing.

    digest: of the attachment. What the server answered stands in its own log of requests.
    """
    if not any(note.fields["digest"] == digest for note in history.notes("attachment_expired")):
        return nothing_to_judge("expired_told", "no such attachment has expired")
    if why := requests_unread(history):
        return Verdict("expired_told", "unknown", f"inconclusive: {why}")
    owners = [invoke.op_id for invoke in history.invokes() if digest in invoke.blobs]
    deadline = due(history, asked_ns, within_ns)
    lines = [line for line in history.of(Blob, device) if line.digest == digest and line.source == device]
    told = [line for line in lines if line.state == "expired" and line.t_ns <= deadline]
    paths = {f"/blobs/{address}" for address in addresses(history, digest)}
    denied = [
        line for line in history.of(Request, device) if line.path in paths and line.status == _NOT_FOUND
    ]
    found = []
    if not told:
        found.append(
            f"to say {within(within_ns)} that the attachment of {named(history, owners)} has expired"
        )
    elif any(line.state == "downloading" and line.t_ns > told[0].t_ns for line in lines):
        found.append("to ask for it no more; it did")
    if any(line.state == "missing" for line in lines):
        found.append("not to call it missing; it did")
    if denied:
        found.append("to be told so; the server told it that there is no such attachment")
    faults = [f"expected {device} {'; '.join(found)}"] if found else []
    return judge("expired_told", faults, owners, f"{device} said that it has expired")


LIVENESS = {"expired_told": expired_told}
