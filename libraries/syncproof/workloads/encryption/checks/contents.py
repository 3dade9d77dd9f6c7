"""Contents of encrypted groups: each sealed anew, and opened only as it was sealed."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import (
    Verdict,
    count,
    judge,
    named,
    nothing_to_judge,
    requests_unread,
)
from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, Blob, Connection, Request


def sealed_anew(history: History, *, device: str) -> Verdict:
    """What a device sent twice was sealed twice: other keys, other ciphertexts, and both open to what was sent."""
    owners: dict[str, list[str]] = {}
    for invoke in history.invokes():
        if invoke.author == device:
            for digest in dict.fromkeys(invoke.blobs):
                owners.setdefault(digest, []).append(invoke.op_id)
    twice = {digest: op_ids for digest, op_ids in owners.items() if len(op_ids) > 1}
    if not twice:
        return nothing_to_judge("sealed_anew", f"{device} sent no attachment twice")
    faults: list[str] = []
    witness: list[str] = []
    for digest, op_ids in twice.items():
        seen = {
            str(note.fields["op_id"]): note.fields
            for note in history.notes("sealed_content")
            if note.fields["digest"] == digest
        }
        here = [seen[op_id] for op_id in op_ids if op_id in seen and seen[op_id]["address"]]
        lacking = [op_id for op_id in op_ids if op_id not in seen or not seen[op_id]["address"]]
        found = []
        if lacking:
            found.append(f"the server has none of {named(history, lacking)}")
        for what, words in (("address", "ciphertext"), ("key", "key")):
            if (different := len({fields[what] for fields in here})) < len(here):
                found.append(f"there is {count(different, words)} for {count(len(here), 'seal')}")
        closed = [op_id for op_id in op_ids if op_id not in lacking and seen[op_id]["content"] != digest]
        if closed:
            found.append(f"that of {named(history, closed)} does not open to what was sent")
        if found:
            witness += op_ids
            faults.append(
                f"expected {device} to seal what it sent {len(op_ids)} times anew each time; {'; '.join(found)}"
            )
    seals = sum(map(len, twice.values()))
    return judge("sealed_anew", faults, witness, f"{device} sealed {count(seals, 'time')}, each time anew")


def large_as_blobs(history: History, *, device: str | None = None, above: int) -> Verdict:
    """Each message of more bytes than these lies at the server as a blob that opens to it, and no other message does.

    device: judge only its messages.
    """
    seen: dict[str, set[str]] = {}
    for note in history.notes("sealed_content"):
        if note.fields["content"] == note.fields["digest"]:
            seen.setdefault(str(note.fields["op_id"]), set()).add(str(note.fields["digest"]))
    sent = [invoke for invoke in history.invokes() if device in (None, invoke.author)]
    large = [invoke for invoke in sent if invoke.size > above]
    if not large:
        return nothing_to_judge("large_as_blobs", f"nobody sent a message of more than {above} bytes")
    blobs = {invoke.op_id for invoke in sent if invoke.digest in seen.get(invoke.op_id, ())}
    lacking = [invoke.op_id for invoke in large if invoke.op_id not in blobs]
    small = [invoke.op_id for invoke in sent if invoke.size <= above and invoke.op_id in blobs]
    faults = []
    if lacking:
        faults.append(
            f"expected messages of more than {above} bytes to lie at the server as blobs; these do not: "
            f"{named(history, lacking)}"
        )
    if small:
        faults.append(
            f"expected messages of {above} bytes or less to be no blobs; these are: {named(history, small)}"
        )
    return judge("large_as_blobs", faults, (*lacking, *small), f"{count(len(large), 'message')} as blobs")


def content_refused(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device refused each content that is not what a member sealed, by the deadline, and handed out nothing of it.

    It must say that its authentication fails, fetch it once, and stay in its session. Somebody must have asked it for
    the content, in vain.
    """
    sent = {str(note.fields["digest"]): note for note in history.notes("damaged_content")}
    if not sent:
        return nothing_to_judge("content_refused", "nobody sent a damaged content")
    deadline = due(history, asked_ns, within_ns)
    faults: list[str] = []
    witness: list[str] = []
    for digest, note in sent.items():
        lines = [line for line in history.of(Blob, device) if line.digest == digest]
        looks = [line for line in lines if line.source == HARNESS]
        if not looks:
            return nothing_to_judge("content_refused", f"nobody asked {device} for the damaged content")
        told = [line for line in lines if line.state == "refused" and line.t_ns <= deadline]
        found = []
        if not told:
            found.append(f"to report {within(within_ns)} that it is not what was sealed; it did not")
        elif "authentication" not in told[0].reason:
            found.append(f"to say that its authentication fails; it said: {told[0].reason or 'nothing'}")
        elif any(line.state == "downloading" and line.t_ns > told[0].t_ns for line in lines):
            found.append("to leave it alone from then on; it fetched it again")
        if handed_out := [line.size for line in looks if line.state == "read"]:
            found.append(f"to hand out nothing of it; it handed out {handed_out[0]} bytes")
        states = [line.state for line in history.of(Connection, device) if line.t_ns > note.t_ns]
        if again := [state for state in states if state != "live"]:
            found.append(f"to stay live; it was {again[0]}")
        if found:
            witness.append(str(note.fields["op_id"]))
            faults.append(f"expected {device} {'; '.join(found)}")
    return judge("content_refused", faults, witness, f"{device} refused {count(len(sent), 'content')}")


def manifest_refused(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device refused each collection whose manifest was damaged, by the deadline, and fetched no blob of it.

    That it fetched none stands in the server's own log of requests.
    """
    sent = {
        str(note.fields["op_id"]): note
        for note in history.notes("unreadable")
        if note.fields.get("addresses")
    }
    if not sent:
        return nothing_to_judge("manifest_refused", "nobody sent a collection with a damaged manifest")
    if why := requests_unread(history):
        return Verdict("manifest_refused", "unknown", f"inconclusive: {why}")
    deadline = due(history, asked_ns, within_ns)
    fetched = {line.path for line in history.of(Request, device) if line.method == "GET"}
    told = history.quarantined.get(device, {})
    faults: list[str] = []
    witness: list[str] = []
    for op_id, note in sent.items():
        addresses = note.fields["addresses"]
        assert isinstance(addresses, (list, tuple))
        line, found = told.get(op_id), []
        if line is None or line.t_ns > deadline:
            found.append(f"to report it {within(within_ns)}; it did not")
        elif "manifest" not in line.reason:
            found.append(
                f"to say that its manifest is not what was signed; it said: {line.reason or 'nothing'}"
            )
        if taken := sum(f"/blobs/{address}" in fetched for address in addresses):
            found.append(f"to fetch no blob of it; it asked for {taken} of {len(addresses)}")
        if found:
            witness.append(op_id)
            faults.append(f"expected {device}, of the collection {op_id}, {'; '.join(found)}")
    return judge("manifest_refused", faults, witness, f"{device} refused {count(len(sent), 'manifest')}")


LIVENESS = {
    "sealed_anew": sealed_anew,
    "large_as_blobs": large_as_blobs,
    "content_refused": content_refused,
    "manifest_refused": manifest_refused,
}
