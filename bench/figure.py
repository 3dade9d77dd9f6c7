"""One measured figure and the bound that it must hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure of the benchmark: `value` and `bound` are in `unit`; `note` says what it was compared with."""

    name: str
    value: float
    unit: str
    bound: float
    holds: bool
    note: str = ""
