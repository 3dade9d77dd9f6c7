"""Whether devices run where the scenario says."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History

#: A note of the harness: what a device runs on, by its agent's word.
SAID = "platform"


def runs_on(history: History, *, device: str, platform: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device runs on the platform that the scenario is about, by its agent's own word."""
    del asked_ns, within_ns  # it was asked once, when the sentence was said
    told = [str(note.fields["platform"]) for note in history.notes(SAID, device)]
    if not any(told):
        return nothing_to_judge("runs_on", f"{device}'s agent does not say what it runs on")
    faults = (
        [] if told[-1] == platform else [f"expected {device} to run on {platform}, it runs on {told[-1]}"]
    )
    return judge("runs_on", faults, (), f"{device} runs on {platform}")


LIVENESS = {"runs_on": runs_on}
