"""How attachments were fetched, by the relay's own log of requests: taken up again, once, found again."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.evidence.checkers.verdict import (
    Verdict,
    count,
    judge,
    named,
    nothing_to_judge,
    requests_unread,
)
from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Request, Retry
from syncproof.workloads.attachments.checks.addresses import addresses
from syncproof.workloads.attachments.checks.retry_backoff import series_of

_BLOBS = "/blobs/"
_NOT_FOUND = 404
_WITH_BYTES = (200, 206)


def resumed(history: History, *, device: str, digest: str, byte: int | None) -> Verdict:
    """A download went on at the byte where it broke off, by the relay's own log.

    digest: of the attachment. byte: where it must have broken off the first time; None: wherever it was.
    """
    if why := requests_unread(history):
        return Verdict("resumed", "unknown", f"inconclusive: {why}")
    steps = (line for line in history.of(Blob, device) if line.digest == digest)
    breaks = [line.offset for line in steps if line.state == "interrupted" and (line.offset or byte)]
    if not breaks:
        return nothing_to_judge("resumed", f"{device}'s download was not interrupted in the middle")
    starts = _starts(history, device, digest)
    where = breaks[0] if byte is None else byte
    faults = []
    if breaks[0] != where or starts[:2] != [0, where] or starts != sorted(set(starts)):
        faults = [
            f"expected {device}'s download to break off at byte {where} and to go on from there; it broke off at "
            f"{_listed(breaks)}, and by the relay's log {device} asked for the bytes from {_listed(starts)} on"
        ]
    return judge("resumed", faults, (), f"{device} went on at byte {where}")


def taken_up(history: History, *, device: str, digest: str, size: int) -> Verdict:
    """A download went on after a kill from what was on the disk, by the relay's own log.

    digest, size: of the attachment. Of what the device had said that it has, at least half must not come again.
    """
    if why := requests_unread(history):
        return Verdict("taken_up", "unknown", f"inconclusive: {why}")
    told = [line for line in history.of(Blob, device) if line.digest == digest]
    lives = {line.incarnation for line in told if line.source == device}
    held = max((line.offset for line in told if line.incarnation == min(lives, default=0)), default=0)
    if len(lives) < 2 or not 0 < held < size:
        return nothing_to_judge("taken_up", f"{device} was not killed in the middle of a download")
    starts = _starts(history, device, digest)
    faults = []
    if len(starts) < 2 or starts[0] or starts != sorted(set(starts)) or 2 * starts[1] < held:
        faults = [
            f"expected {device} to go on with the download where it was killed, with {held} bytes; by the relay's log "
            f"{device} asked for the bytes from {_listed(starts)} on"
        ]
    return judge("taken_up", faults, (), f"{device} went on at byte {starts[1] if starts[1:] else 0}")


def fetched_once(history: History, *, device: str, digest: str) -> Verdict:
    """An attachment was fetched from the relay once, by its own log.

    digest: of the attachment.
    """
    if why := requests_unread(history):
        return Verdict("fetched_once", "unknown", f"inconclusive: {why}")
    owners = [invoke.op_id for invoke in history.invokes() if digest in invoke.blobs]
    if not owners:
        return nothing_to_judge("fetched_once", "no such attachment was sent")
    times = len(_starts(history, device, digest))
    faults = [
        f"expected {device} to fetch the attachment of {named(history, owners)} once; by the relay's log it asked "
        f"{count(times, 'time')}"
    ]
    return judge("fetched_once", faults if times != 1 else [], owners, f"{device} fetched it once")


def given_up(history: History, *, device: str, patience_ns: int) -> Verdict:
    """Attachments that came very late were given up, and found again.

    patience_ns: after how long a device has given one up and looked for it again. Given up and looked for again is one
    whose retries began anew at their first. Only one that it has looked for in vain that late can show this.
    """
    if why := requests_unread(history):
        return Verdict("given_up", "unknown", f"inconclusive: {why}")
    missing: dict[str, list[int]] = {}
    for line in history.of(Request, device):
        if line.method == "GET" and line.path.startswith(_BLOBS) and line.status == _NOT_FOUND:
            missing.setdefault(line.path.removeprefix(_BLOBS), []).append(line.t_ns)
    came = {str(note.fields["digest"]): note.t_ns for note in history.notes("attachment_follows")}
    late = [each for each, at in came.items() if each in missing and at - missing[each][0] > patience_ns]
    in_vain = [each for each in late if missing[each][-1] - missing[each][0] > patience_ns]
    seconds = f"{patience_ns / 1e9:g} s"
    absent = sum(not history.has_blob(device, each) for each in late)
    if not in_vain and not absent:
        return nothing_to_judge(
            "given_up",
            f"no attachment was missed again more than {seconds} later, when a device has given one up and looks again",
        )
    series = series_of(retry for retry in history.of(Retry, device) if retry.what == "download")
    again = sum(len(series.get(each, ())) > 1 for each in in_vain)
    faults = []
    # One that failed once more just before it would have been given up has its old series still.
    if 2 * again < len(in_vain):
        faults.append(
            f"expected {device} to give up attachments that came more than {seconds} late, and to look for them again; "
            f"of {len(in_vain)} that were not there then only {again} had a new series of attempts"
        )
    if absent:
        faults.append(
            f"expected {device} to find all {len(late)} late attachments again; {absent} are not there"
        )
    return judge("given_up", faults, (), f"{device} found {len(late)} again")


def _starts(history: History, device: str, digest: str) -> list[int]:
    """From which byte on a device has asked for an attachment, each time that it was answered with bytes."""
    paths = {f"{_BLOBS}{address}" for address in addresses(history, digest)}
    return [
        line.start
        for line in history.of(Request, device)
        if line.method == "GET" and line.path in paths and line.status in _WITH_BYTES
    ]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


LIVENESS = {"resumed": resumed, "taken_up": taken_up, "fetched_once": fetched_once, "given_up": given_up}
