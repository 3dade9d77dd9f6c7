"""How what devices get is spread: from whom, on which ways, in how many messages, and how much of it."""

from __future__ import annotations

from collections import Counter, defaultdict

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.kernel.quantities import Size
from syncproof.workloads.files.checks.growth import rounds
from syncproof.workloads.files.records import FileAsked, FileTransfer


def names_of(history: History) -> dict[str, str]:
    """The devices of a history by what the system calls them, as far as that was noted."""
    noted = history.notes("identities")
    fields = noted[-1].fields["names"] if noted else {}
    assert isinstance(fields, dict), f"the evidence has {fields!r} where names belong"
    return {str(identity): str(name) for identity, name in fields.items()}


def _blocks(history: History) -> list[FileTransfer]:
    return [line for line in history.of(FileTransfer) if line.what == "block"]


def few_copies(history: History, *, most: float, device: str | None = None) -> Verdict:
    """No device gives away more copies of all that there is than that: who gets it passes it on.

    A copy is as many bytes as all different parts of files have that somebody got from somebody.

    most: copies. device: judge only what this one gave.
    """
    got, names = _blocks(history), names_of(history)
    whole = sum({line.digest: line.size for line in got}.values())
    if not whole or not names:
        return nothing_to_judge("few_copies", "no part of a file was transferred")
    given: Counter[str] = Counter()
    for line in got:
        given[names.get(line.peer, line.peer)] += line.size
    copies = {name: size / whole for name, size in given.items() if device in (None, name)}
    faults = [
        f"{name} gave away {number:.1f} copies; expected at most {most:g}"
        for name, number in copies.items()
        if number > most
    ]
    largest = max(copies.values(), default=0.0)
    receivers = len({line.device for line in got})
    said = f"at most {largest:.1f} copies from one device, for {count(receivers, 'device')}"
    unknown = (
        [f"{count(receivers, 'device')} got any: {most:g} copies show nothing"] if receivers <= most else []
    )
    return judge("few_copies", faults, (), said, unknown)


def few_steps(history: History, *, most: int, device: str | None = None) -> Verdict:
    """A part of a file comes to each device by way of few others.

    The steps are counted along those from whom each device got it, back to one that got it from nobody.

    most: steps. device: judge only the way to this one.
    """
    names = names_of(history)
    came_from: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for line in _blocks(history):
        came_from[line.digest].setdefault(line.device, names.get(line.peer, line.peer))
    if not came_from or not names:
        return nothing_to_judge("few_steps", "no part of a file was transferred")
    faults: dict[str, None] = {}
    longest = 0
    for sources in came_from.values():
        for name in sources:
            if device not in (None, name):
                continue
            way = [name]
            while way[-1] in sources and len(way) <= len(sources):
                way.append(sources[way[-1]])
            longest = max(longest, len(way) - 1)
            if len(way) - 1 > most:
                faults[
                    f"{name} got it on the way {' - '.join(reversed(way))}; expected {count(most, 'step')}"
                ] = None
    said = f"at most {count(longest, 'step')} to {count(len(history.devices), 'device')}"
    few = len(history.devices) - 1 <= most
    unknown = [f"{count(len(history.devices), 'device')} cannot be more steps apart"] if few else []
    return judge("few_steps", list(faults)[:3], (), said, unknown)


def near_minimum(history: History, *, most: float, device: str | None = None) -> Verdict:
    """All that devices got is little more than what there was for them: each different part of a file once.

    Whatever peers say to each other, and every part that came again, is more.

    most: times as many bytes as that. device: judge only what this one got.
    """
    blocks = {line.digest: line.size for line in _blocks(history)}
    wanted, all_bytes = 0, 0
    for name in history.devices:
        if device not in (None, name):
            continue
        got = history.of(FileTransfer, name)
        wanted += sum(blocks[digest] for digest in {line.digest for line in got if line.what == "block"})
        all_bytes += sum(line.size for line in got)
    if not wanted:
        return nothing_to_judge("near_minimum", "no part of a file was transferred")
    said = f"{Size(all_bytes).about()} were transferred, {all_bytes / wanted:.2f} times what there was to get"
    faults = [f"{said}; expected at most {most:g} times"] if all_bytes > most * wanted else []
    return judge("near_minimum", faults, (), said)


def last_change_small(history: History, *, most: int, device: str | None = None) -> Verdict:
    """Since somebody was last asked for a change, no device got more than so many bytes.

    most: bytes. device: judge only what this one got.
    """
    asked = history.of(FileAsked)
    if not asked:
        return nothing_to_judge("last_change_small", "nobody was asked for a change")
    since = asked[-1]
    faults: list[str] = []
    unknown: list[str] = []
    highest = 0
    for name in history.devices:
        if name == since.device or device not in (None, name):
            continue
        if since.op_id not in history.delivered(name):
            unknown.append(f"{name} does not have the last change")
        got = sum(line.size for line in history.of(FileTransfer, name) if line.t_ns >= since.t_ns)
        highest = max(highest, got)
        if got > most:
            faults.append(f"{name} got {Size(got).about()} for it; expected at most {Size(most)}")
    return judge(
        "last_change_small", faults, (), f"at most {Size(highest).about()} for the last change", unknown
    )


def few_messages(history: History, *, device: str, number: int, most: int) -> Verdict:
    """Many changes come to a device in few messages, and each is delivered by itself.

    number: of changes of others that must have come, so that few messages show something. most: messages with changes.
    """
    came = [line for line in history.of(FileTransfer, device) if line.what == "ops"]
    delivered = [
        op_id
        for op_id in history.delivered(device)
        if op_id in history.operations and history.operations[op_id].device != device
    ]
    if sum(line.count for line in came) < number or len(delivered) < number:
        return nothing_to_judge(
            "few_messages", f"{device} got {count(len(delivered), 'change')}, not {number}"
        )
    said = f"{count(len(delivered), 'change')} came to {device} in {count(len(came), 'message')}"
    return judge("few_messages", [f"{said}; expected at most {most}"] if len(came) > most else [], (), said)


def fewer_than_in_a_mesh(history: History, *, device: str | None = None) -> Verdict:
    """One change costs less than what a mesh needs only to say that there is one: a message each way on each link.

    Rounds of one change each are judged, with at least six devices. device: no more than its part of that.
    """
    faults: list[str] = []
    said: list[str] = []
    for load in rounds(history):
        devices = len(load.begin)
        made = sum(load.during(each.t_ns) for each in history.operations.values())
        if made != 1 or devices < _ENOUGH:
            continue
        got = sum(load.during(line.t_ns) for line in history.of(FileTransfer, device))
        mesh = (devices - 1) * (devices if device is None else 1)
        said.append(f"{count(got, 'message')}, where a mesh of {devices} needs {mesh} only to tell")
        if got >= mesh:
            faults.append(said[-1])
    if not said:
        return nothing_to_judge("fewer_than_in_a_mesh", "no single change of many devices was measured")
    return judge("fewer_than_in_a_mesh", faults, (), "; ".join(said))


#: With fewer, a tree has nearly as many links as a mesh.
_ENOUGH = 6

LIVENESS = {
    "few_copies": few_copies,
    "few_steps": few_steps,
    "near_minimum": near_minimum,
    "last_change_small": last_change_small,
    "few_messages": few_messages,
    "fewer_than_in_a_mesh": fewer_than_in_a_mesh,
}
