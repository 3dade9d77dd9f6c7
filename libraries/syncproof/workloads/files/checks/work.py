"""What a device works out once it uses again: for whoever asks, and as long as it is valid."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.checks.spread import names_of
from syncproof.workloads.files.records import FileTransfer


def counted(history: History, what: str) -> dict[str, int]:
    """What each device said last that it has done so often since it was started."""
    found: dict[str, int] = {}
    for note in history.notes("work_counted"):
        fields = note.fields["counted"]
        assert isinstance(fields, dict), f"the evidence has {fields!r} where counts belong"
        if what in fields:
            found[note.device] = int(fields[what])
    return found


def packed_once(history: History, *, number: int, device: str | None = None) -> Verdict:
    """A part of a file is made ready for the way once, however many others get it from a device.

    number: of devices that must have got some part from one and the same. device: judge only the work of this one.
    """
    packed, names = counted(history, "blocksPacked"), names_of(history)
    gave: dict[str, set[str]] = {}
    to: dict[tuple[str, str], set[str]] = {}
    for line in history.of(FileTransfer):
        if line.what == "block":
            giver = names.get(line.peer, line.peer)
            gave.setdefault(giver, set()).add(line.digest)
            to.setdefault((giver, line.digest), set()).add(line.device)
    judged = {name: parts for name, parts in gave.items() if name in packed and device in (None, name)}
    most = max((len(devices) for (giver, _), devices in to.items() if giver in judged), default=0)
    if most < number:
        return nothing_to_judge("packed_once", f"no device gave one part to {number} others")
    faults = [
        f"{name} made {count(packed[name], 'part')} ready to give away {len(parts)}"
        for name, parts in judged.items()
        if packed[name] > len(parts)
    ]
    return judge("packed_once", faults, (), f"each part was made ready once, for up to {most} devices")


def hashed_once(history: History, *, number: int, device: str | None = None) -> Verdict:
    """A device reads a file to find out what is in it once for each change, however often it looks at its folder.

    Programs that write a file again as it is (`file_touched`) count as a change.

    number: of looks at folders that there must have been. device: judge only the work of this one.
    """
    hashed, looks = counted(history, "filesHashed"), len(history.notes("folders_looked"))
    hashed = {name: times for name, times in hashed.items() if device in (None, name)}
    if not hashed or looks < number:
        return nothing_to_judge("hashed_once", f"{count(looks, 'look')} at folders show nothing")
    faults = []
    for name, times in hashed.items():
        written = [each for each in history.operations.values() if each.device == name]
        allowed = len(written) + len(history.notes("file_touched", name))
        if times > allowed:
            faults.append(
                f"{name} read files {times} times to hash them; {count(allowed, 'change')} was made there"
            )
    return judge("hashed_once", faults, (), f"no file was hashed again in {count(looks, 'look')}")


LIVENESS = {"packed_once": packed_once, "hashed_once": hashed_once}
