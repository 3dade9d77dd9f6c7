"""What an unknown sentence may have meant: every sentence is nearest to itself, and nonsense is near to nothing."""

from __future__ import annotations

import re

import pytest
from tests.nightly import NIGHTLY

import DevicesLibrary  # noqa: F401 - brings the vocabulary
import InterruptLibrary  # noqa: F401
import NetworkLibrary  # noqa: F401
import OutcomeLibrary  # noqa: F401
from syncproof.kernel.nearest import nearest
from syncproof.kernel.sentence import vocabulary

TABLE = {
    "When Bob's network gets cut": "${device}'s network is cut",
    "And Bobs network is cut": "${device}'s network is cut",
    "Alice sends 50 mesages": "${device} sends ${count} messages",
    "Then Bob must receive all 50 messages within 30 seconds": (
        "${device} should receive all ${count} messages within ${duration}"
    ),
    "And Bob has no duplicates": "${device} should have no duplicates",
}


@pytest.mark.parametrize("said", TABLE)
def test_nearly_a_sentence(said: str) -> None:
    assert nearest(said)[0] == TABLE[said]


@pytest.mark.parametrize("said", ["When Bob buys 3 apples", "Log  hello", "", "Given"])
def test_nonsense_is_near_to_nothing(said: str) -> None:
    assert nearest(said) == []


def test_every_sentence_is_nearest_to_itself() -> None:
    # Each is held against all: in CI some of them are, from all over the vocabulary.
    for kind in vocabulary()[:: 1 if NIGHTLY else 8]:
        said = re.sub(r"\$\{\w+\}", "Bob", kind.template)
        assert kind.template in nearest(said), said
