"""Histories that other projects' checkers got wrong; the header of each says what it holds and who has to say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncproof.evidence import checkers
from syncproof.evidence.history import History

FOLDER = Path(__file__).parent / "by_hand"
S = 10**9
#: They hold no read marker, and their faults met nothing.
OTHERS = ("marker_integrity", "fault_effect")
#: File: the checks that must not pass, with their result and words.
WANTED: dict[str, dict[str, tuple[str, str]]] = {
    "healed-twice": {"recovery_bound": ("unknown", "a fault was never proved to have ended")},
    "indeterminate-logged-nobody-gets": {
        "no_loss": ("fail", "Alice lost 1 operation of 3: Alice #2; Bob lost 1 operation of 3: Alice #2")
    },
    "loss-beside-unread": {
        "no_loss": ("fail", "Bob lost 1 operation of 2: Alice #2"),
        "convergence": ("fail", "Bob"),
    },
    "refused-then-taken": {},
}


def test_every_file_has_its_verdict() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_each_history_gets_the_verdict_of_its_header(name: str) -> None:
    history = History.load(FOLDER / f"{name}.jsonl")
    verdicts = [checkers.run(checker, history) for checker in checkers.safety() if checker not in OTHERS]
    if history.faults:
        verdicts.append(checkers.run("recovery_bound", history, bound_ns=60 * S))
    wrong = {verdict.checker: verdict for verdict in verdicts if verdict.result != "pass"}
    assert {checker: verdict.result for checker, verdict in wrong.items()} == {
        checker: result for checker, (result, _) in WANTED[name].items()
    }
    for checker, (_, words) in WANTED[name].items():
        assert words in wrong[checker].message
