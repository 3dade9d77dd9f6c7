"""Vector clocks as the evidence reads them: `{Alice: 2, Bob: 1}`, how often each device had written.

Written apart from the clocks of the bundled system on purpose: what judges a product must not share its arithmetic.
A device that is absent has count 0. Nothing here changes what it is given.

Source: Fidge (1988), Mattern (1989).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

VectorClock = dict[str, int]
Relation = Literal["equal", "before", "after", "concurrent"]

_WHOLE = re.compile(r"\s*\{(.*)\}\s*")
_PART = re.compile(r"""\s*(["']?)([^\s"':,{}]+)\1\s*:\s*(\d+)\s*""")


def parse(text: str) -> VectorClock:
    """The clock that people write as `{Alice: 2, Bob: 1}`, names quoted or not; `{}` for nobody has written.

    Raises ValueError that says how to write it.
    """
    whole = _WHOLE.fullmatch(text)
    clock: VectorClock = {}
    if whole is not None:
        parts = whole[1].split(",") if whole[1].strip() else []
        for part in parts:
            match = _PART.fullmatch(part)
            if match is None or match[2] in clock:
                break
            clock[match[2]] = int(match[3])
        else:
            return clock
    raise ValueError(
        f"'{text}' is not a vector clock: write each device once with its count, like '{{Alice: 2, Bob: 1}}'."
    )


def write(clock: Mapping[str, int]) -> str:
    """As `parse` reads it, without the devices that have count 0."""
    return "{" + ", ".join(f"{device}: {clock[device]}" for device in sorted(clock) if clock[device]) + "}"


def compare(one: Mapping[str, int], other: Mapping[str, int]) -> Relation:
    """How `one` stands to `other`: `before` where other knows all that one knows, and more."""
    ahead, behind = not dominates(other, one), not dominates(one, other)
    if ahead and behind:
        return "concurrent"
    return "after" if ahead else "before" if behind else "equal"


def dominates(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether `one` knows all that `other` knows; equal clocks dominate each other."""
    return all(one.get(device, 0) >= count for device, count in other.items())


def merge(clocks: Iterable[Mapping[str, int]]) -> VectorClock:
    """The smallest clock that dominates all of these; `{}` for none."""
    merged: VectorClock = {}
    for clock in clocks:
        merged |= {device: max(count, merged.get(device, 0)) for device, count in clock.items()}
    return merged
