"""What must have become of entries that several devices wrote: versions kept, shown, in conflict, and their clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syncproof.evidence import entry_versions, vector_clock
from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Entry, Invoke, Sibling
from syncproof.evidence.vector_clock import VectorClock

_WORDS = {"before": "before", "after": "after", "equal": "the same as"}


def kept_versions(
    history: History,
    *,
    entry: str,
    devices: Sequence[str],
    texts: Sequence[str],
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """A device keeps both versions of a conflict, by the deadline.

    devices: who must. texts: what the versions say.
    """
    del device
    if not _writes(history, entry):
        return _nobody_wrote("kept_versions", entry)
    deadline = due(history, asked_ns, within_ns)
    both = " and ".join(f'"{text}"' for text in texts)
    lacking = [name for name in devices if not set(texts) <= set(_held(history, name, entry, deadline))]
    expected = f'expected {_all(devices)} to keep both {both} in entry "{entry}" {within(within_ns)}'
    return _judge("kept_versions", history, entry, devices, lacking, expected, deadline)


def shown_version(
    history: History,
    *,
    entry: str,
    devices: Sequence[str],
    text: str,
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """A device shows this version of an entry, by the deadline.

    devices: who must. text: what the version says.
    """
    del device
    if not _writes(history, entry):
        return _nobody_wrote("shown_version", entry)
    deadline = due(history, asked_ns, within_ns)
    lacking = [name for name in devices if _shown(history, name, entry, deadline) != text]
    expected = f'expected {_all(devices)} to show "{text}" in entry "{entry}" {within(within_ns)}'
    return _judge("shown_version", history, entry, devices, lacking, expected, deadline)


def same_winner(
    history: History, *, entry: str, devices: Sequence[str], device: str | None = None
) -> Verdict:
    """All devices show the same version of an entry.

    devices: who must.
    """
    del device
    if not _writes(history, entry):
        return _nobody_wrote("same_winner", entry)
    views = [_view(history, name, entry) for name in devices]
    winners = {view.winner if view else None for view in views}
    differ = devices if len(winners) > 1 or None in winners else ()
    expected = f'expected {_all(devices)} to show the same version of entry "{entry}"'
    return _judge("same_winner", history, entry, devices, differ, expected)


def no_conflict(
    history: History, *, entry: str, devices: Sequence[str], device: str | None = None
) -> Verdict:
    """An entry has no conflict on any device.

    devices: who must not hold versions that say different things.
    """
    del device
    if not _writes(history, entry):
        return _nobody_wrote("no_conflict", entry)
    torn = [name for name in devices if len(set(_held(history, name, entry))) > 1]
    expected = f'expected {_all(devices)} to have no conflict in entry "{entry}"'
    return _judge("no_conflict", history, entry, devices, torn, expected)


def entry_clock(
    history: History,
    *,
    entry: str,
    devices: Sequence[str],
    clock: Mapping[str, int],
    device: str | None = None,
) -> Verdict:
    """An entry has this vector clock, on all devices.

    devices: who must show a version with it. clock: device -> how often it has written.
    """
    del device
    if not _writes(history, entry):
        return _nobody_wrote("entry_clock", entry)
    others = [name for name in devices if _shown_clock(history, name, entry) != clock]
    expected = (
        f'expected the vector clock of entry "{entry}" to be {vector_clock.write(clock)} on {_all(devices)}'
    )
    return _judge("entry_clock", history, entry, devices, others, expected)


def versions_in_log(
    history: History, *, entry: str, devices: Sequence[str], device: str | None = None
) -> Verdict:
    """A device has every version of an entry in its delivery log.

    devices: who must.
    """
    del device
    writes = _writes(history, entry)
    if not writes:
        return _nobody_wrote("versions_in_log", entry)
    faults, witness = [], []
    for name in devices:
        delivered = history.delivered(name)
        missing = [n for n, write in enumerate(writes, 1) if write.op_id not in delivered]
        witness += [writes[n - 1].op_id for n in missing]
        if missing:
            faults.append(
                f'expected {name} to have all {len(writes)} versions of entry "{entry}" in its log; it has not version '
                f"{', '.join(map(str, missing))}"
            )
    return judge("versions_in_log", faults, witness, f"{_all(devices)} have all {len(writes)} versions")


def conflicts_created(
    history: History, *, count: int, devices: Sequence[str], device: str | None = None
) -> Verdict:
    """The metric `conflictsCreated` has this value.

    devices: each for itself.
    """
    del device
    figures = {note.device: note.fields["value"] for note in history.notes("conflicts_created")}
    if not figures:
        return nothing_to_judge("conflicts_created", "nobody was asked for conflictsCreated")
    faults = []
    if any(figures.get(name) != count for name in devices):
        has = ", ".join(f"{name} has {_figure(figures.get(name))}" for name in devices)
        faults = [f"expected conflictsCreated to be {count} on {_all(devices)}; {has}"]
    return judge("conflicts_created", faults, (), f"conflictsCreated is {count} on {_all(devices)}")


def concurrent(history: History, *, entry: str, one: str, other: str, device: str | None = None) -> Verdict:
    """Of two versions of an entry, neither knows of the other.

    one, other: what they say.
    """
    expected = f'expected "{one}" and "{other}" to be concurrent in entry "{entry}"'
    return _related("concurrent", history, entry, [(one, other)], "concurrent", expected, device)


def dominates(
    history: History, *, entry: str, text: str, others: Sequence[str], device: str | None = None
) -> Verdict:
    """A version of an entry knows of the others.

    text, others: what they say.
    """
    those = " and ".join(f'"{other}"' for other in others)
    expected = f'expected "{text}" to dominate {those} in entry "{entry}"'
    return _related(
        "dominates", history, entry, [(text, other) for other in others], "after", expected, device
    )


def _related(
    checker: str,
    history: History,
    entry: str,
    pairs: Sequence[tuple[str, str]],
    wanted: str,
    expected: str,
    device: str | None,
) -> Verdict:
    """By each device's log, every version that says the one relates to every one that says the other as wanted."""
    if not _writes(history, entry):
        return _nobody_wrote(checker, entry)
    names = [name for members in history.members.values() for name in members if device in (None, name)]
    faults, unknown = [], []
    for name in names:
        for one, other in pairs:
            firsts, seconds = (_clocks(history, name, entry, text) for text in (one, other))
            if None in (*firsts, *seconds) or not (firsts and seconds):
                unknown.append(
                    f'{name} tells no vector clock of a version of entry "{entry}", or has not got it'
                )
            for first, second in ((a, b) for a in firsts for b in seconds if a is not None and b is not None):
                relation = vector_clock.compare(first, second)
                if relation != wanted:
                    faults.append(
                        f'{expected}; by the clocks in {name}\'s log, {vector_clock.write(first)} of "{one}" is '
                        f'{_WORDS.get(relation, "concurrent with")} {vector_clock.write(second)} of "{other}"'
                    )
    return judge(
        checker, faults[:1], (), "so it is by the clocks of all devices", list(dict.fromkeys(unknown))
    )


def _clocks(history: History, name: str, entry: str, text: str) -> list[VectorClock | None]:
    delivered = history.delivered(name)
    writes = [write for write in _writes(history, entry) if write.text == text]
    return [delivered[write.op_id].clock if write.op_id in delivered else None for write in writes]


def _writes(history: History, entry: str) -> list[Invoke]:
    """All operations on an entry, in the order of asking."""
    return [each for each in history.invokes() if each.entry == entry and each.kind != "append"]


def _nobody_wrote(checker: str, entry: str) -> Verdict:
    return nothing_to_judge(checker, f'nobody wrote into entry "{entry}"')


def _view(history: History, name: str, entry: str, deadline: int = NEVER) -> Entry | None:
    """What a device answered last of an entry, by then."""
    views = (view for view in history.of(Entry, name) if view.entry == entry and view.t_ns <= deadline)
    return max(views, key=lambda view: view.t_ns, default=None)


def _text(history: History, view: Entry, version: str | None) -> str | None:
    """What a version of an entry says; None for one that nobody wrote, or that is no more."""
    versions = entry_versions.of(history).get((view.group, view.entry))
    op_id = versions.by_version.get(version or "") if versions else None
    return history.operations[op_id].text if op_id in history.operations else None


def _held(history: History, name: str, entry: str, deadline: int = NEVER) -> list[str]:
    """What the versions say that a device holds beside each other, deletions left out."""
    view = _view(history, name, entry, deadline)
    held = view.siblings if view else ()
    texts = (_text(history, view, each.version) for each in held if view and not each.deleted)
    return [text for text in texts if text is not None]


def _shown(history: History, name: str, entry: str, deadline: int) -> str | None:
    view = _view(history, name, entry, deadline)
    return _text(history, view, view.winner) if view and view.winner else None


def _shown_clock(history: History, name: str, entry: str) -> VectorClock | None:
    view = _view(history, name, entry)
    clocks = [each.clock for each in view.siblings if each.version == view.winner] if view else []
    return clocks[0] if clocks else None


def _judge(
    checker: str,
    history: History,
    entry: str,
    devices: Sequence[str],
    wrong: Iterable[str],
    expected: str,
    deadline: int = NEVER,
) -> Verdict:
    """Fail where it is wrong on any device, with what each of them holds."""
    seen = "; ".join(f"{name} {_described(history, name, entry, deadline)}" for name in devices)
    return judge(checker, [f"{expected}; {seen}"] if list(wrong) else [], (), f"{_all(devices)}: {seen}")


def _described(history: History, name: str, entry: str, deadline: int) -> str:
    """`holds "a" {Alice: 2, Bob: 1} (shown) and "b" {Alice: 1, Bob: 2}`."""
    view = _view(history, name, entry, deadline)
    if view is None or not view.siblings:
        return "has nothing of it"

    def described(each: Sibling) -> str:
        text = _text(history, view, each.version)
        said = "a deletion" if each.deleted else f"version {each.version}" if text is None else f'"{text}"'
        clock = "" if each.clock is None else f" {vector_clock.write(each.clock)}"
        return said + clock + (" (shown)" if each.version == view.winner else "")

    return "holds " + " and ".join(map(described, view.siblings))


def _all(devices: Sequence[str]) -> str:
    *first, last = devices
    return f"{', '.join(first)} and {last}" if first else last


def _figure(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, (int, float)) else str(value)


LIVENESS = {
    "kept_versions": kept_versions,
    "shown_version": shown_version,
    "same_winner": same_winner,
    "no_conflict": no_conflict,
    "entry_clock": entry_clock,
    "versions_in_log": versions_in_log,
    "conflicts_created": conflicts_created,
    "concurrent": concurrent,
    "dominates": dominates,
}
