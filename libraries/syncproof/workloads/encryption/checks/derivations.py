"""How the key of an encrypted group is derived: as strong as the device can bear that makes the group."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History

#: A note of the harness: how a device has derived the key of the group, by its own word.
DERIVED = "derived"


def key_derivation(history: History, *, device: str, derivation: str, most_ns: int) -> Verdict:
    """A device derived its group's key at the cost that suits its memory, in no more than this time of a processor.

    derivation: as devices write it. most_ns: by the device's own clock of what it computes, so that a busy machine
    makes no difference.
    """
    told = history.notes(DERIVED, device)
    if not told:
        return nothing_to_judge("key_derivation", f"{device} derived no key")
    faults: list[str] = []
    untimed: list[str] = []
    for note in told:
        seen, took_ms = note.fields["derivation"], note.fields["took_ms"]
        if seen != derivation:
            faults.append(
                f"expected {device} to derive the group's key by '{derivation}', it did by '{seen}'"
            )
        if not isinstance(took_ms, (int, float)):
            untimed = [f"{device} does not say how long it took to derive the group's key"]
        elif took_ms > most_ns / 1e6:
            faults.append(
                f"{device} took {took_ms:.0f} ms to derive the group's key, expected at most {most_ns / 1e6:g} ms"
            )
    return judge("key_derivation", faults[:2], (), f"{device} derived the key by '{derivation}'", untimed)


LIVENESS = {"key_derivation": key_derivation}
