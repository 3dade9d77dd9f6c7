"""What others sent is at a device, found there by the hash of what was sent: every message, every attachment.

The hash of a message is taken of its body as the device handed it out, that of an attachment of the bytes that the
harness read from the device. Neither is the device's own word.

Source: plan Z-5.3.1 (assert_blob_present).
"""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, Blob

_SHOWN = 12


def present_by_hash(history: History, *, device: str) -> Verdict:
    """A device holds everything that others sent, each under the hash of what was sent."""
    groups = [group for group, members in history.members.items() if device in members]
    sent = [
        operation
        for group in groups
        for operation in history.invokes_by_group.get(group, ())
        if operation.author != device and operation.op_id not in history.refusals
    ]
    if not sent:
        return nothing_to_judge("present_by_hash", f"nobody sent {device} anything")
    if why := unread(history, device):
        return Verdict("present_by_hash", "unknown", f"unknown: {why}")
    held = {entry.digest for entry in history.deliveries(device)}
    absent = [operation.op_id for operation in sent if operation.digest not in held]
    read = {
        look.content for look in history.of(Blob, device) if look.source == HARNESS and look.state == "read"
    }
    blobs = {digest: name for each in sent for digest, name in zip(each.blobs, each.names, strict=True)}
    faults: list[str] = []
    if absent:
        first = history.operations[absent[0]].digest[:_SHOWN]
        faults.append(
            f"{device} has nothing with the hash of {count(len(absent), 'message')} ({first}...): "
            f"{named(history, absent)}"
        )
    faults += [
        f"{device} has no attachment with the hash {digest[:_SHOWN]}..., which is {name}"
        for digest, name in blobs.items()
        if digest not in read
    ][:3]
    what = f"{count(len(sent), 'message')} and {count(len(blobs), 'attachment')}"
    return judge("present_by_hash", faults, absent, f"{device} has {what} by hash")


LIVENESS = {"present_by_hash": present_by_hash}
