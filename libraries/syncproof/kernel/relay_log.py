"""The server's own request log, put on record: what devices asked of it, and when, by another word than theirs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.server import RequestLine, requests_of

if TYPE_CHECKING:
    from syncproof.kernel.world import World


_KILLED = (
    "the relay was killed in this scenario, and its request log, which is in its memory, died with it. "
    "Judge by it in a test of its own"
)
_HOLE = (
    "more was asked of the relay than its request log holds, so that a part of this scenario is not in it any more. "
    "Send less, or let fewer requests fail"
)


class RelayLog:
    """Reads on where it stopped. It has what this scenario's devices asked, and their users' other clients too.

    Of a relay that was killed it has what was asked since its last start, and the note that this is not all.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        #: What was asked since the relay started, as far as it still knew that when it was read.
        self.requests: list[RequestLine] = []

    def read(self) -> None:
        """Put on record what was asked since the last time, or why the relay does not know it any more."""
        world = self._world
        names = {node.identity: node.name for node in world.topology.nodes.values()}
        last = self.requests[-1].n if self.requests else 0
        node, lacks = world.topology.server, _KILLED
        lines: Sequence[RequestLine] = ()
        if not world.faults.ended_process(node.name, now=False):
            lines = requests_of(node.server, last)
            lacks = _HOLE if has_hole(lines, last, world.opened_ns) else ""
        elif not world.faults.ended_process(node.name, now=True):
            lines = asked_since(requests_of(node.server, 0), self.requests)
        world.note("request_log", lacks=lacks)
        if lacks == _HOLE:
            return
        self.requests += lines
        for line in lines:
            if line.who in names:
                world.record(
                    records.Request(
                        t_ns=line.t_ns,
                        source=node.name,
                        source_seq=line.n,
                        device=names[line.who],
                        n=line.n,
                        method=line.method,
                        path=line.path,
                        status=line.status,
                        start=line.start,
                    )
                )


def asked_since(lines: Sequence[RequestLine], known: Sequence[RequestLine]) -> list[RequestLine]:
    """What a log that began anew has, and was not read yet. Its numbers begin at 1 again: moments tell."""
    read_ns = known[-1].t_ns if known else 0
    return [line for line in lines if line.t_ns > read_ns]


def has_hole(lines: Sequence[RequestLine], last: int, since_ns: int) -> bool:
    """Whether something is missing that was asked behind number `last` (0: nothing was read) and since a moment.

    since_ns: CLOCK_MONOTONIC, ns. Numbers begin at 1.

    Example: ``has_hole([RequestLine(n=7, t_ns=100, ...)], 0, since_ns=90)`` is true: number 6 may have come at 95.
    """
    if not lines:
        return False
    if lines[0].n != last + 1 and (last or lines[0].t_ns > since_ns):
        return True
    return any(after.n != before.n + 1 for before, after in pairwise(lines))
