"""What is judged of verifications."""

from __future__ import annotations

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


SAFETY = {"verification": verification}
