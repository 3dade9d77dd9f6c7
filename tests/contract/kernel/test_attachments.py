"""Whoever sends an attachment, and by which sentence: it is one of the scenario's attachments."""

from __future__ import annotations

import pytest
from tests.contract.kernel.conftest import Scenario

from syncproof.kernel.trouble import Inconclusive, InvalidScenario


def test_attachments_of_several_messages_are_known_by_their_names(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Alice sends 2 messages with attachments of 2 KB",
        "Bob should have all attachments within 20 seconds",
        "Bob should know all attachments by their names",
    )
    assert scenario.end() == ""


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (["Alice's upload is cut at 50%"], "Alice sends no message with an attachment of its own"),
        (["Alice sends a message with an attachment of 1 MB", "Alice's upload is cut at 95%"],
         "An upload of 1 MB cannot be cut at 95% here"),
        (["Alice sends a message with an attachment of 1 KB", "Alice's upload is cut at 100%"],
         "it must be a real part of it"),
        (["Alice sends a message with an attachment of 1 KB", "Bob should receive 1 message within 20 seconds",
          "Alice's upload is cut at 50%"], "was sent before this sentence"),
    ],
)  # fmt: skip
def test_an_upload_that_cannot_be_cut(scenario: Scenario, said: list[str], wrong: str) -> None:
    scenario.tell("Alice and Bob are syncing", *said[:-1])
    with pytest.raises(InvalidScenario, match=wrong):
        scenario.tell(said[-1])


def test_an_upload_that_is_over_cannot_be_interrupted(scenario: Scenario) -> None:
    scenario.tell("Alice and Bob are syncing", "Alice sends a message with an attachment of 1 KB")
    with pytest.raises(Inconclusive, match="all of Alice's attachment was there before anybody saw a part"):
        scenario.tell("the relay is killed in the middle of Alice's upload")
