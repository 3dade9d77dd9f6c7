"""Every kind of line that a history has: those of all scenarios, and those that workloads add."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from syncproof.evidence import records
from syncproof.evidence.records import Event, Record
from syncproof.registry import defined_in, discover


@functools.cache
def kinds() -> Sequence[type[Record]]:
    """Every record by its class."""
    own = [kind for kind in defined_in(records, Record) if kind not in (Record, Event)]
    return (*own, *discover(Record, "records"))


if TYPE_CHECKING:
    Line = Record
else:
    #: What a line is decoded as.
    Line = Union[tuple(kinds())]  # noqa: UP007 - made while it runs
