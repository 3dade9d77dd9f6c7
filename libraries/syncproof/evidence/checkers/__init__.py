"""The checkers: pure functions over a history, linear in its length.

`safety()` are judged at the end of every test, the effect of its faults among them; `liveness()` where a scenario
asks for them, with a bound. A workload has its own in `checks.py`, or in a package of
that name, in a mapping `SAFETY` or `LIVENESS` of names; what stands here belongs to no workload. A new
checker needs good and bad histories and mutants of itself in tests/unit/evidence.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from syncproof.evidence.checkers import (
    append_only,
    bounded_memory,
    causal_order,
    convergence,
    exactly_once_effect,
    fault_effect,
    integrity,
    no_duplicates,
    no_loss,
    no_plaintext,
    read_your_writes,
    recovery_bound,
    rest,
    sender_order,
    whole_record,
)
from syncproof.evidence.checkers.verdict import Verdict
from syncproof.evidence.history import History
from syncproof.registry import modules

_SAFETY: Mapping[str, Callable[..., Verdict]] = {
    "no_loss": no_loss.check,
    "no_duplicates": no_duplicates.check,
    "sender_order": sender_order.check,
    "append_only": append_only.check,
    "integrity": integrity.check,
    "whole_record": whole_record.check,
    "convergence": convergence.check,
    "no_plaintext": no_plaintext.check,
    "causal_order": causal_order.check,
    "read_your_writes": read_your_writes.check,
    "exactly_once_effect": exactly_once_effect.check,
}
_LIVENESS: Mapping[str, Callable[..., Verdict]] = {
    "rest": rest.check,
    "recovery_bound": recovery_bound.check,
    "bounded_memory": bounded_memory.check,
}


@functools.cache
def safety() -> Mapping[str, Callable[..., Verdict]]:
    """What is judged at the end of every test, by name: of all scenarios, of workloads, and whether faults mattered."""
    return {**_SAFETY, **_of_workloads("SAFETY"), "fault_effect": fault_effect.check}


@functools.cache
def liveness() -> Mapping[str, Callable[..., Verdict]]:
    """What is judged where a sentence asks, by name."""
    return {**_LIVENESS, **_of_workloads("LIVENESS")}


def _of_workloads(which: str) -> dict[str, Callable[..., Verdict]]:
    return {name: check for module in modules("checks") for name, check in getattr(module, which, {}).items()}


def named(name: str) -> Callable[..., Verdict]:
    """A check by its name. Raises LookupError for an unknown one."""
    known = {**safety(), **liveness()}
    if name not in known:
        raise LookupError(f"'{name}' is no checker. There are: {', '.join(known)}.")
    return known[name]


def run(name: str, history: History, *, device: str | None = None, **limits: Any) -> Verdict:
    """Judge by a checker's name; `device` restricts it to one device.

    Raises LookupError for an unknown name, TypeError for a limit that the checker does not have.
    """
    return named(name)(history, device=device, **limits)
