"""Whoever sends an attachment, and by which sentence: it is one of the scenario's attachments."""

from __future__ import annotations

from tests.contract.kernel.conftest import Scenario


def test_attachments_of_several_messages_are_known_by_their_names(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Alice sends 2 messages with attachments of 2 KB",
        "Bob should have all attachments within 20 seconds",
        "Bob should know all attachments by their names",
    )
    assert scenario.end() == ""
