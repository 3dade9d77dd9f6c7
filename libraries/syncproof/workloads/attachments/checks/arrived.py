"""What must have come of attachments, and of entries that have some."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, Blob, Entry, Invoke
from syncproof.workloads.attachments.checks.whole_attachments import check as whole_attachments

#: Attachments that a message names before it says how many more there are.
_NAMED = 3
_HASH = 12


def attachments(history: History, *, device: str, wanted: int, asked_ns: int, within_ns: int) -> Verdict:
    """A device has every attachment that was sent to it, with the bytes that were sent, by the deadline.

    It must hand out each to who asks its process of now. wanted: how many different ones there must be.
    """
    sent = {
        digest: (name, size)
        for invoke in _with_attachments(history)
        for digest, name, size in zip(invoke.blobs, invoke.names, invoke.sizes, strict=True)
    }
    if not sent:
        return nothing_to_judge("attachments", "no attachment was sent")
    since, deadline = history.killed(device), due(history, asked_ns, within_ns)
    read = {
        look.digest: look
        for look in history.of(Blob, device)
        if look.source == HARNESS and look.state == "read" and since < look.t_ns <= deadline
    }
    faults = [
        f"{device} hands out attachment {sent[digest][0]} with {look.size} bytes and hash {look.content[:_HASH]}; it "
        f"was sent with {sent[digest][1]} bytes and hash {digest[:_HASH]}"
        for digest, look in read.items()
        if digest in sent and look.content != digest
    ]
    lacking = [f"{name} ({size} bytes)" for digest, (name, size) in sent.items() if digest not in read]
    if lacking or len(sent) < wanted:
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        what = "its attachment" if wanted == 1 else f"all {wanted} attachments"
        faults.append(
            f"expected {device} to have {what} whole {within(within_ns)}; not whole there: "
            f"{', '.join(lacking[:_NAMED])}{more}"
        )
    return judge("attachments", faults, (), f"{device} has {count(len(sent), 'attachment')} whole")


def _with_attachments(history: History) -> Iterator[Invoke]:
    return (invoke for invoke in history.invokes() if invoke.blobs)


def attachment_names(history: History, *, device: str) -> Verdict:
    """A device knows each attachment by the name that its author gave it."""
    sent = [invoke for invoke in _with_attachments(history) if invoke.author != device]
    if not sent:
        return nothing_to_judge("attachment_names", f"nobody sent {device} an attachment")
    delivered = history.delivered(device)
    wrong = []
    for invoke in sent:
        came = delivered[invoke.op_id].names if invoke.op_id in delivered else ()
        if came != invoke.names:
            was = " and ".join(f"'{name}'" for name in invoke.names)
            wrong.append(f"{was} came as {' and '.join(map(repr, came)) or 'nothing'}")
    faults = [f"expected {device} to know attachments by their names; {'; '.join(wrong)}"] if wrong else []
    return judge("attachment_names", faults, (), f"{device} knows {count(len(sent), 'name')}")


def stays_in_its_folder(history: History, *, device: str) -> Verdict:
    """A device wrote in its own folder only."""
    looked = history.notes("strays", device)
    if not looked:
        return nothing_to_judge("stays_in_its_folder", "nobody looked")
    found = looked[-1].fields["found"]
    assert isinstance(found, (list, tuple))
    lies = ", ".join(map(str, found))
    faults = (
        [f"expected {device} to write in its own folder only; outside of it lies {lies}"] if found else []
    )
    return judge("stays_in_its_folder", faults, (), f"nothing of {device} lies outside of its folder")


def no_part_seen(history: History, *, device: str | None = None) -> Verdict:
    """Nobody was handed out a part of an attachment, and somebody asked while one was on its way (else unknown)."""
    if not any(look.state == "absent" for look in history.of(Blob, device)):
        return nothing_to_judge(
            "no_part_seen",
            "nobody looked while an attachment was on its way. Make the link slower, or the attachment larger",
        )
    whole = whole_attachments(history, device=device)
    return Verdict("no_part_seen", whole.result, whole.message, whole.witness)


def entry_held_back(history: History, *, device: str, op_id: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device does not show an entry whose attachment is missing, and says that it waits.

    op_id: what wrote the entry.
    """
    invoke = history.operations.get(op_id)
    if invoke is None:
        return nothing_to_judge("entry_held_back", "the entry was not written")
    deadline = due(history, asked_ns, within_ns)
    looks = [
        note.fields
        for note in history.notes("held_back", device)
        if note.fields["entry"] == invoke.entry and asked_ns <= note.t_ns <= deadline
    ]
    expected = f"expected {device} to hold back {invoke.author}'s entry"
    if not looks:
        lacks = "" if op_id in history.delivered(device) else f"; {device} has not got it"
        return Verdict("entry_held_back", "fail", f"{expected}, and to say so {within(within_ns)}{lacks}")
    if not looks[-1]["shown"]:
        return Verdict("entry_held_back", "pass", f"{device} waits for the attachment")
    if not looks[-1]["whole"]:
        return Verdict(
            "entry_held_back",
            "fail",
            f"{expected} until its attachment {invoke.names[0]} is there; {device} shows the entry and has no such "
            "attachment",
        )
    return Verdict(
        "entry_held_back",
        "unknown",
        f"inconclusive: {device} had the attachment before anybody could look. Make the link slower, or the attachment "
        "larger",
    )


def entry_shown(history: History, *, device: str, op_id: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device shows an entry with its attachment, by the deadline.

    op_id: what wrote the entry.
    """
    invoke = history.operations.get(op_id)
    if invoke is None:
        return nothing_to_judge("entry_shown", "the entry was not written")
    deadline = due(history, asked_ns, within_ns)
    shown = [
        view
        for view in history.of(Entry, device)
        if view.entry == invoke.entry
        and asked_ns <= view.t_ns <= deadline
        and any(each.version == view.winner and each.digest == invoke.digest for each in view.siblings)
    ]
    whole = {
        look.digest
        for look in history.of(Blob, device)
        if look.state == "read" and look.content == look.digest and look.t_ns <= deadline
    }
    missing = [digest for digest in invoke.blobs if digest not in whole]
    faults = []
    if not shown or missing:
        seen = "it does not show the entry" if not shown else "it shows the entry without it"
        faults = [
            f"expected {device} to show {invoke.author}'s entry with its attachment {within(within_ns)}; {seen}"
        ]
    return judge("entry_shown", faults, (op_id,), f"{device} shows {named(history, [op_id])}")


def reported_missing(history: History, *, device: str, digest: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device reported that the system does not have an attachment, by the deadline.

    digest: of the attachment.
    """
    what = "to report that an attachment is missing"
    return _told(
        history, "reported_missing", "missing", what, device, digest, due(history, asked_ns, within_ns)
    )


def damage_rejected(history: History, *, device: str, digest: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device threw damaged bytes away, by the deadline.

    digest: of the attachment.
    """
    what = "to reject the damaged attachment"
    return _told(
        history, "damage_rejected", "corrupt", what, device, digest, due(history, asked_ns, within_ns)
    )


def _told(
    history: History, checker: str, state: str, what: str, device: str, digest: str, deadline: int
) -> Verdict:
    owners = [invoke.op_id for invoke in history.invokes() if digest in invoke.blobs]
    if not owners:
        return nothing_to_judge(checker, "no such attachment was sent")
    told = [line for line in history.of(Blob, device) if line.digest == digest and line.state == state]
    faults = [f"expected {device} {what} in time: {named(history, owners)}"]
    in_time = any(line.t_ns <= deadline for line in told)
    return judge(checker, [] if in_time else faults, owners, f"{device} told so")


def descriptor_catch_up(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device looked again for attachments that it had given up, by the deadline."""
    if not history.notes("descriptor_catch_ups", device):
        return nothing_to_judge("descriptor_catch_up", f"{device}'s figure descriptorCatchUps was not read")
    deadline = due(history, asked_ns, within_ns)
    looked = any(
        note.fields["value"] and note.t_ns <= deadline
        for note in history.notes("descriptor_catch_ups", device)
    )
    expected = f"expected {device} to have looked again, by descriptor catch-up, for what it had given up"
    faults = [] if looked else [f"{expected}, {within(within_ns)}"]
    return judge("descriptor_catch_up", faults, (), f"{device} looked again")


LIVENESS = {
    "attachments": attachments,
    "attachment_names": attachment_names,
    "stays_in_its_folder": stays_in_its_folder,
    "no_part_seen": no_part_seen,
    "entry_held_back": entry_held_back,
    "entry_shown": entry_shown,
    "reported_missing": reported_missing,
    "damage_rejected": damage_rejected,
    "descriptor_catch_up": descriptor_catch_up,
}
