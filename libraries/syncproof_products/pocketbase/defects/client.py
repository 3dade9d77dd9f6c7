"""Bugs of a client of PocketBase."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_defects import breaks
from syncproof_products.pocketbase.agent import feed, pushing
from syncproof_products.pocketbase.agent.planning import Plan
from syncproof_products.pocketbase.agent.records import Task, record_id


@breaks(feed, "with_overlap")
def asks_for_nothing_that_it_missed(original: Callable[[str], str], since: str) -> str:
    """A client that is connected again takes what it is told from then on for everything."""
    asks_for_nothing_that_it_missed.ran()
    return "9999-12-31 23:59:59.999Z" if original(since) else ""


@breaks(pushing, "next_plan")
def changes_whatever_version_there_is(
    original: Callable[[Sequence[Operation], Mapping[str, Task]], Plan],
    waiting: Sequence[Operation],
    found: Mapping[str, Task],
) -> Plan:
    """A change that the server has refused for its old version is made once more, on the version that there is."""
    changes_whatever_version_there_is.ran()
    there = {name: task.version for name, task in found.items()}
    return original([replace(each, base=there.get(each.task, 0)) for each in waiting], found)


@breaks(pushing, "batch_of")
def sends_again_under_another_key(
    original: Callable[[Plan, str, str], dict[str, object]], plan: Plan, request: str, author: str
) -> dict[str, object]:
    """A request that is sent again has a key of its own each time."""
    sends_again_under_another_key.ran()
    return original(plan, record_id(request, str(time.monotonic_ns())), author)
