"""What is judged of verifications."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.verification.records import Verification


def verification(history: History, *, device: str | None = None) -> Verdict:
    """Nobody is verified by strings that differ, or without a person who compared them (plan L-0.3).

    A device that says `verified` must have shown the string that its peer showed, its own person and the peer's must
    have said that they are the same (notes `sas_decision`), and nobody that they differ. A history without
    verifications passes.

    device: judge only what this one says.
    """
    if not history.lines:
        return nothing_to_judge("verification", "the history is empty")
    shown: dict[str, dict[str, tuple[str, ...]]] = {}
    said: dict[str, dict[str, str]] = {}
    for note in history.notes("sas_decision"):
        said.setdefault(str(note.fields["id"]), {})[note.device] = str(note.fields["decision"])
    lines = history.of(Verification)
    for line in lines:
        if line.emoji:
            shown.setdefault(line.id, {})[line.device] = line.emoji
    faults: list[str] = []
    verified = [line for line in lines if line.state == "verified" and device in (None, line.device)]
    for line in verified:
        strings, decisions = shown.get(line.id, {}), said.get(line.id, {})
        if len(strings) < 2 or len(set(strings.values())) > 1:
            seen = "; ".join(f"{name} {' '.join(emoji)}" for name, emoji in strings.items())
            faults.append(f"{line.device} is verified, and the strings were: {seen or 'none'}")
        wanting = [name for name in {line.device: None, **strings} if decisions.get(name) != "match"]
        if wanting:
            faults.append(
                f"{line.device} is verified, and {' and '.join(wanting)} never said that the strings are the same"
            )
    return judge(
        "verification", faults, (), f"{count(len(verified), 'device')} verified, as their people said"
    )


def same_emoji(
    history: History,
    *,
    number: str,
    devices: Sequence[str],
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """Two devices that verify each other show the same emoji.

    number: of their verification. devices: who must show a string by the deadline.
    """
    del device
    shown, late = _shown(history, number, devices, due(history, asked_ns, within_ns))
    if not shown:
        return nothing_to_judge("same_emoji", "no device shows emoji")
    faults = [f"expected {' and '.join(late)} to show emoji {within(within_ns)}"] if late else []
    if len(set(shown.values())) > 1:
        seen = "; ".join(f"{name}: {' '.join(emoji)}" for name, emoji in shown.items())
        faults.append(f"expected the same emoji on both devices; seen {seen}")
    return judge("same_emoji", faults, (), f"{' and '.join(devices)} show the same emoji")


def different_emoji(
    history: History,
    *,
    number: str,
    devices: Sequence[str],
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """Two devices with different keys show different emoji.

    number, devices: as for same_emoji.
    """
    del device
    shown, late = _shown(history, number, devices, due(history, asked_ns, within_ns))
    if not shown:
        return nothing_to_judge("different_emoji", "no device shows emoji")
    pair = " and ".join(devices)
    faults = [f"expected {' and '.join(late)} to show emoji {within(within_ns)}"] if late else []
    if len(shown) > 1 and len(set(shown.values())) == 1:
        emoji = " ".join(shown[devices[0]])
        faults.append(
            f"expected different emoji on {pair}, whose keys somebody swaps; both show {emoji}, and nobody would notice"
        )
    return judge("different_emoji", faults, (), f"{pair} show different emoji")


def _shown(
    history: History, number: str, devices: Sequence[str], deadline: int
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The string that each of these devices showed last, by the deadline, and who showed none."""
    shown = {
        line.device: line.emoji
        for line in history.of(Verification)
        if line.id == number and line.device in devices and line.emoji and line.t_ns <= deadline
    }
    return shown, [name for name in devices if name not in shown]


def verified(
    history: History,
    *,
    number: str,
    devices: Sequence[str],
    state: str,
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """A verification got to where it should, on both devices, by the deadline.

    number, devices: as for same_emoji. state: `verified` or `cancelled`.
    """
    del device
    deadline = due(history, asked_ns, within_ns)
    lines = [line for line in history.of(Verification) if line.id == number and line.t_ns <= deadline]
    if not lines:
        return nothing_to_judge("verified", "no device tells of a verification")
    states = {line.device: f"{line.state} {line.reason}".strip() for line in lines}
    at = {line.device: line.state for line in lines}
    faults = []
    if any(at.get(name) != state for name in devices):
        seen = ", ".join(f"{name}: {states.get(name, 'unknown')}" for name in devices)
        faults = [
            f"expected the verification to be {state} on {' and '.join(devices)} {within(within_ns)}; {seen}"
        ]
    return judge("verified", faults, (), f"the verification is {state} on {' and '.join(devices)}")


SAFETY = {"verification": verification}
LIVENESS = {"same_emoji": same_emoji, "different_emoji": different_emoji, "verified": verified}
