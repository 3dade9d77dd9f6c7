"""What a system declares reaches the checkers that depend on it, under the names that they take."""

from __future__ import annotations

import inspect

import pytest

from syncproof.evidence import checkers
from syncproof.kernel.promises import promised
from syncproof.systems.agent import Capabilities
from syncproof.systems.profile import BUNDLED

#: What a checker may be told of the system, apart from a bound that its sentence states.
PROMISES = {"durable_outbox", "order", "conflicts", "e2ee", "marker"}


@pytest.mark.parametrize("checker", [*checkers.safety(), *checkers.liveness()])
def test_every_promise_that_a_checker_takes_is_handed_to_it(checker: str) -> None:
    check = {**checkers.safety(), **checkers.liveness()}[checker]
    takes = set(inspect.signature(check).parameters) & PROMISES
    assert set(promised(checker, BUNDLED.capabilities)) == takes


def test_a_system_that_promises_less_is_judged_by_less() -> None:
    weak = Capabilities(order="sender", outbox="memory", conflicts="lww")
    assert promised("no_loss", weak) == {"durable_outbox": False}
    assert promised("causal_order", weak) == {"order": "sender"}
    assert promised("conflict_preservation", weak) == {"conflicts": "lww"}
    assert promised("marker_integrity", weak) == {"marker": False}
    assert promised("integrity", weak) == {}
