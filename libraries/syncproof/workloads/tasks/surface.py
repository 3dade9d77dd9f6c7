"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

from syncproof.kernel.agent import Accepted, Operation, Request


class Batch(Request[Accepted], frozen=True):
    """Operations that the device takes as one. strategy: for those that are out of date.

    together: False where the device sends each by itself.
    """

    method = "POST"
    route = "/tasks/batches"
    batch: str
    ops: tuple[Operation, ...]
    strategy: str = "server_wins"
    together: bool = True


class Watch(Request[None], frozen=True):
    """Open further connections that are told of a group's changes; all of them are confirmed then."""

    method = "POST"
    route = "/tasks/watchers"
    group: str
    count: int
