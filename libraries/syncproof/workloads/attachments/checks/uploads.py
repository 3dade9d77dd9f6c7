"""How attachments were uploaded: gone on with where they broke off, by the relay's own log of requests."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge, requests_unread
from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Request
from syncproof.workloads.attachments.checks.addresses import addresses

_STORED = 200


def resumed_upload(history: History, *, device: str, digest: str, size: int) -> Verdict:
    """An upload that broke off went on behind what the relay had of it, by the relay's own log.

    digest, size: of the attachment. No byte may come again that the relay had confirmed before the upload broke off
    for the first time with a part of it there: neither by the device's own word of what was confirmed, nor a part that
    the relay's log has as stored. Of a relay that was killed the log since its start is enough.
    """
    told = [line for line in history.of(Blob, device) if line.digest == digest and line.source == device]
    broke = _broke_off(told, size)
    if broke is None:
        return nothing_to_judge("resumed_upload", f"{device}'s upload was not interrupted in the middle")
    since, held = broke
    known = addresses(history, digest)
    brought = [line for line in history.of(Request, device) if _brings(line, known)]
    stored = [line.start for line in brought if line.t_ns <= since and line.status == _STORED]
    starts = [line.start for line in brought if line.t_ns > since]
    if not starts and requests_unread(history):
        return Verdict("resumed_upload", "unknown", f"inconclusive: {requests_unread(history)}")
    faults = []
    if not starts or starts != sorted(starts) or starts[0] < held or starts[0] <= max(stored, default=-1):
        faults = [
            f"expected {device} to go on with the upload where it broke off, behind the {held} bytes that the relay "
            f"had confirmed; by the relay's log {device} then brought the bytes from "
            f"{', '.join(map(str, starts)) or 'none'} on, after those from {', '.join(map(str, stored)) or 'none'} on "
            f"were stored"
        ]
    return judge("resumed_upload", faults, (), f"{device} went on at byte {starts[0] if starts else 0}")


def _broke_off(told: Sequence[Blob], size: int) -> tuple[int, int] | None:
    """When an upload first broke off with a part at the relay, by the device's word, and what was confirmed then."""
    held, life = 0, told[0].incarnation if told else 0
    for line in told:
        anew = line.state == "uploading" and line.offset < held
        if (line.state == "interrupted" or line.incarnation != life or anew) and 0 < held < size:
            return line.t_ns, held
        if line.state == "uploading":
            held = max(held, line.offset)
        life = line.incarnation
    return None


def _brings(line: Request, known: frozenset[str]) -> bool:
    """Whether a request brings bytes of an attachment: a part of it, or the whole at once."""
    way, _, address = line.path.rpartition("/")
    return (line.method, way) in (("PATCH", "/uploads"), ("PUT", "/blobs")) and address in known


LIVENESS = {"resumed_upload": resumed_upload}
