"""The client as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from syncproof_agentkit import requests
from syncproof_agentkit.controls import Controls
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_products.taskserver.agent.config import Config
from syncproof_products.taskserver.agent.device import Device
from syncproof_products.taskserver.agent.store import Delivery, Operation

PRODUCT = "taskserver-client/0.1.0"
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
    # The library's timers and its reader follow no pause.
    "pause": False,
    "p2p": False,
    "history": True,
}


class TaskAdapter(Controls):
    """One client and its events. Must be made on the event loop."""

    def __init__(self, config: Config) -> None:
        """Open the client's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self._ring.append, lambda: time.time() + self._clock.offset_s)
        self._ring.incarnation = self.device.store.incarnation

    # -- what can be asked at any time

    def about(self) -> dict[str, object]:
        """GET /about."""
        return {"protocol": "1", "agent": PRODUCT, "device": self.device.name, "capabilities": CAPABILITIES}

    def identity(self) -> dict[str, object]:
        """GET /identity."""
        return {"device": self.device.name, "id": self.device.name}

    def status(self) -> dict[str, object]:
        """GET /status."""
        device, store, address = self.device, self.device.store, self.device.address
        pending = {"outbox": store.outbox(), "retries": len(device.retries) + len(device.pusher.retries)}
        return {
            "device": device.name,
            "incarnation": store.incarnation,
            "boot_id": self._boot_id,
            "monotonic_ns": time.monotonic_ns(),
            "pid": os.getpid(),
            "links": [{"peer": "relay", "address": address}] if address else [],
            "groups": [each.name for each in store.repositories().values() if each.joined],
            "connection": device.connection,
            "pipeline": "running",
            "breaker": "closed",
            "pending": dict.fromkeys(("uploads", "downloads", "held", "markers"), 0) | pending,
            "deliveries": store.count(),
        }

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

    async def submit_batch(self, wanted: requests.NewBatch) -> dict[str, object]:
        """POST /tasks/batches: sent as one request, which the server applies as a whole or not at all."""
        return self._take(wanted.ops, wanted.batch, wanted.strategy)

    def _take(
        self, wanted: Sequence[requests.NewOp], batch: str = "", strategy: str = ""
    ) -> dict[str, object]:
        store, new = self.device.store, []
        for op in wanted:
            if op.group not in store.repositories():
                raise unknown(f"No repository {op.group!r} here.", "unknown_group")
            if op.entry is None or op.kind not in ("put", "delete") or op.blobs:
                _lacks("messages and attachments")
            fingerprint = hashlib.sha256(msgspec.json.encode((op, batch, strategy))).hexdigest()
            known = store.operation(op.op_id)
            if known is not None and known.fingerprint != fingerprint:
                raise AgentError(409, "op_conflict", f"op_id {op.op_id!r} was used with other content.")
            if known is None:
                new.append(
                    Operation(op.op_id, op.group, _kind(op), op.entry, op.body, _version(op), batch, strategy,
                              fingerprint, store.count())
                )  # fmt: skip
        if new:
            self.device.submit(new)
        last = store.operation(wanted[-1].op_id)
        assert last is not None
        return {"op_id": last.op_id, "seen": last.seen, "version": None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: a repository, and who works on it."""
        return {"group": group, "members": self.device.watch(group, list(members))}

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}."""
        if peer != "relay":
            message = f"This product links clients to their server (`relay`) only, not to {peer!r}."
            raise AgentError(501, "unsupported", message)
        if address is not None:
            requests.read_address(address)
        self.device.set_address(address or "")

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect."""
        self.device.connect(wanted)

    # -- what tasks do not have

    def marker(self, group: str) -> dict[str, object]:  # noqa: ARG002
        """GET /marker."""
        _lacks("read markers")

    async def set_marker(self, wanted: requests.Marker) -> dict[str, object]:  # noqa: ARG002
        """PUT /marker."""
        _lacks("read markers")

    def blob(self, digest: str) -> Path:  # noqa: ARG002
        """GET /blobs/{digest}."""
        _lacks("attachments")

    async def keep_blob(
        self,
        digest: str,  # noqa: ARG002
        chunks: AsyncIterator[bytes],  # noqa: ARG002
    ) -> tuple[bool, dict[str, object]]:
        """PUT /blobs/{digest}."""
        _lacks("attachments")

    def set_pipeline(self, state: str) -> dict[str, object]:  # noqa: ARG002
        """POST /pipeline."""
        _lacks("a pause")


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


def _lacks(what: str) -> NoReturn:
    raise AgentError(501, "unsupported", f"This product does not have {what}.")


def _delivery(seen: Delivery) -> dict[str, object]:
    return {
        "n": seen.n,
        "t_ns": seen.t_ns,
        "op_id": seen.key,
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
