"""What a system declares reaches the checkers that depend on it, under the names that they take."""

from __future__ import annotations

import inspect

import pytest

from syncproof.evidence import checkers
from syncproof.kernel.agent import Capabilities
from syncproof.kernel.promises import promised


@pytest.mark.parametrize("name", [*checkers.safety(), *checkers.liveness()])
def test_whatever_a_check_takes_is_handed_to_it(name: str) -> None:
    """By a sentence, which must state a limit, or as a promise of the system, which has a default."""
    parameters = inspect.signature(checkers.named(name)).parameters.values()
    optional = {each.name for each in parameters if each.default is not inspect.Parameter.empty}
    assert set(promised(checkers.named(name), Capabilities())) == optional - {"device"}


def test_a_system_that_promises_less_is_judged_by_less() -> None:
    weak = Capabilities(order="sender", outbox="memory", conflicts="lww", delivery="refetch")
    assert {
        name: promised(check, weak) for name, check in checkers.safety().items() if promised(check, weak)
    } == {
        "no_loss": {"delivery": "refetch", "durable_outbox": False},
        "sender_order": {"order": "sender"},
        "causal_order": {"order": "sender"},
        "convergence": {"delivery": "refetch", "order": "sender"},
        "task_batches": {"order": "sender"},
        "nothing_missed": {"delivery": "refetch"},
        "conflict_preservation": {"conflicts": "lww"},
        "marker_integrity": {"marker": False},
        "no_plaintext": {"e2ee": False},
    }
