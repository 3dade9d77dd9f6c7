"""Bugs by which peers forget, or tell wrongly, what others did."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof_defects import breaks
from syncproof_products.peers.agent import adapter
from syncproof_products.peers.agent.store import Delivery
from syncproof_products.peers.core.reputation import Reputation, Standing


@breaks(adapter, "_delivery")
def logs_who_wrote_for_who_deleted(
    original: Callable[[Delivery, str], dict[str, object]], seen: Delivery, group: str
) -> dict[str, object]:
    """The log has a deletion under the name of whoever wrote the file last."""
    told = original(seen, group)
    if told["kind"] == "put":
        logs_who_wrote_for_who_deleted.state.update(dict.fromkeys(seen.op.paths, told["author"]))
        return told
    wrote = next((logs_who_wrote_for_who_deleted.state.get(path) for path in seen.op.paths), None)
    if wrote not in (None, told["author"]):
        logs_who_wrote_for_who_deleted.ran()
        return {**told, "author": wrote}
    return told


@breaks(Reputation, "restore")
def forgets_whom_it_has_caught(
    original: Callable[[Reputation, Mapping[str, Standing], float], list[str]],
    self: Reputation,
    kept: Mapping[str, Standing],
    now: float,
) -> list[str]:
    """How reliable others were is in memory alone: after a start all are as good as new."""
    del original, self, now
    if kept:
        forgets_whom_it_has_caught.ran()
    return []
