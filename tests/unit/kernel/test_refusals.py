"""Every answer of the agent protocol that says no is a sentence for a tester."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from tests.unit.house.test_house import ROOT

from syncproof.kernel.agent import MEANINGS, AgentError

PROTOCOL = yaml.safe_load((ROOT / "docs" / "agent-protocol.yaml").read_text())


def answers() -> Iterator[tuple[str, dict[str, object]]]:
    """Status and description of each answer, references resolved."""
    shared = PROTOCOL["components"]["responses"]
    for path in PROTOCOL["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                for status, answer in operation.get("responses", {}).items():
                    reference = str(answer.get("$ref", "")).rpartition("/")[2]
                    yield status, shared[reference] if reference else answer


def codes() -> set[str]:
    """The codes of refusals that the protocol names."""
    found = set()
    for status, answer in answers():
        if status >= "400":
            found |= set(re.findall(r"`(\w+)`(?=[:, ])", str(answer["description"])))
            found |= {str(code) for code in re.findall(r"'code': '(\w+)'", str(answer))}
    return found


def test_every_code_of_the_protocol_has_a_meaning() -> None:
    assert codes() <= set(MEANINGS), codes() - set(MEANINGS)
    assert {"paused", "storage", "blob_unknown", "outbox_full", "unsupported"} <= codes()


@pytest.mark.parametrize("code", MEANINGS)
def test_a_refusal_names_the_device_first_and_the_request_for_those_who_need_it(code: str) -> None:
    said = str(AgentError("Bob", "POST /ops", 423, code, "No.", "no"))
    sentence, _, detail = said.partition(" (Bob's agent answered ")
    assert "Bob" in sentence
    assert sentence[0].isupper()
    assert detail == f"POST /ops with 423 {code}: No.)"


def test_a_code_that_nobody_knows_is_told_as_it_came() -> None:
    said = str(AgentError("Bob", "POST /ops", 418, "teapot", "Short and stout.", "no"))
    assert (
        said == "Bob's agent refuses this (Bob's agent answered POST /ops with 418 teapot: Short and stout.)"
    )
