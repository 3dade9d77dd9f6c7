"""A client of tasks as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from syncproof_agentkit import requests
from syncproof_agentkit.client import Observe
from syncproof_agentkit.client_adapter import ClientAdapter
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_agentkit.workloads.tasks import NewBatch, NewWatchers
from syncproof_agentkit.workloads.tasks.client import FeedLost, TaskClient
from syncproof_agentkit.workloads.tasks.store import Delivery, Operation

#: What such a client can do by nature, of a server that tells every change in one order.
CAPABILITIES = {
    "workloads": ["tasks"],
    "order": "total",
    "outbox": "durable",
    "conflicts": "lww",
    "versions": "all",
    "blobs": "none",
    "range": False,
    "marker": False,
    "clock": True,
    "pause": False,
    "p2p": False,
    "history": True,
}


class MakesClient(Protocol):
    """The type of a client."""

    def __call__(self, config: Any, observe: Observe, /) -> TaskClient[Any, Any, Any]:
        """By its configuration. Raises StoreError."""


class TaskAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, ClientAdapter):
    """One client and its events. A product says `product` and `device_type`. Must be made on the event loop."""

    capabilities = CAPABILITIES
    device_type: ClassVar[MakesClient]
    device: TaskClient[Any, Any, Any]

    def __init__(self, config: object) -> None:
        """Open the client's storage. Raises StoreError."""
        super().__init__()
        self.device = self.device_type(config, self._ring.append)
        self._ring.incarnation = self.device.store.incarnation

    # -- what can be asked at any time

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        device = self.device
        scheduled = device.retries.scheduled + device.pusher.retries.scheduled
        counted = {"reconnects": device.reconnects, "retriesScheduled": scheduled}
        return {**dict.fromkeys(("catchupBatches", "duplicatesIgnored", "circuitOpens", "conflictsCreated"), 0),
                **counted}  # fmt: skip

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        known = self.device.store.operation(op_id)
        state, seq = (known.state, known.seq) if known else ("unknown", None)
        return {"op_id": op_id, "state": state, "server_order": seq}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        found = [_delivery(delivery) for delivery in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:
        """GET /entries/{entry}: a task is an entry that has one version."""
        task = self.device.store.latest(group, entry)
        if task is None:
            raise unknown(f"No task {entry!r} in {group!r} here.")
        version = {
            "version": str(task.version),
            "digest": task.digest,
            "deleted": bool(task.deleted),
            "clock": None,
        }
        return {"entry": entry, "siblings": [version], "winner": None if task.deleted else str(task.version)}

    # -- what changes something

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops: a task is made by `put` without a base, changed by `put` with one, and deleted."""
        return self._take([wanted])

    async def submit_batch(self, wanted: NewBatch) -> dict[str, object]:
        """POST /tasks/batches: sent as one request, which the server applies as a whole or not at all."""
        return self._take(wanted.ops, wanted.batch if wanted.together else "", wanted.strategy)

    async def watch(self, wanted: NewWatchers) -> None:
        """POST /tasks/watchers."""
        if wanted.group not in self.device.store.repositories():
            raise unknown(f"No repository {wanted.group!r} here.", "unknown_group")
        try:
            await self.device.watchers.open(self.device.address, wanted.group, wanted.count)
        except FeedLost as wrong:
            raise AgentError(503, "offline", f"Not all are confirmed: {wrong}") from None

    def _take(
        self, wanted: Sequence[requests.NewOp], batch: str = "", strategy: str = ""
    ) -> dict[str, object]:
        store, new, now = self.device.store, [], time.time() + self._clock.offset_s
        for op in wanted:
            if op.group not in store.repositories():
                raise unknown(f"No repository {op.group!r} here.", "unknown_group")
            if op.entry is None or op.kind not in ("put", "delete") or op.blobs:
                lacks("messages and attachments")
            fingerprint = hashlib.sha256(msgspec.json.encode((op, batch, strategy))).hexdigest()
            known = store.operation(op.op_id)
            if known is not None and known.fingerprint != fingerprint:
                raise AgentError(409, "op_conflict", f"op_id {op.op_id!r} was used with other content.")
            if known is None:
                new.append(
                    Operation(op.op_id, op.group, _kind(op), op.entry, op.body, _version(op), batch, strategy,
                              fingerprint, store.count(), now)
                )  # fmt: skip
        if new:
            self.device.submit(new)
        last = store.operation(wanted[-1].op_id)
        assert last is not None
        return {"op_id": last.op_id, "seen": last.seen, "version": None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: a repository, and who works on it."""
        return {"group": group, "members": self.device.watch(group, list(members))}


def _kind(op: requests.NewOp) -> str:
    if op.kind == "delete":
        return "delete"
    return "update" if op.base else "create"


def _version(op: requests.NewOp) -> int:
    """The version of its task that an operation was made on; 0 for none."""
    if not op.base:
        return 0
    if not op.base[0].isdecimal():
        raise invalid(f"Field `base` names versions of the task by their numbers, not {op.base[0]!r}.")
    return int(op.base[0])


def _delivery(seen: Delivery) -> dict[str, object]:
    return {
        "n": seen.n,
        "t_ns": seen.t_ns,
        "op_id": seen.op_id,
        "group": seen.repository,
        "kind": "delete" if seen.deleted else "put",
        "entry": seen.task,
        "author": seen.author,
        "version": str(seen.version),
        "server_order": seen.seq,
        "clock": None,
        "digest": seen.digest,
        "size": seen.size,
        "path": seen.path,
        "blobs": [],
    }
