"""The device as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import os
import time

from syncproof_agentkit import requests
from syncproof_agentkit.controls import Controls
from syncproof_agentkit.errors import AgentError, unknown
from syncproof_agentkit.platform_name import platform_name
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_agentkit.workloads.files import FileChange
from syncproof_products.syncthing.agent.config import Config
from syncproof_products.syncthing.agent.device import Device
from syncproof_products.syncthing.agent.store import Delivery

PRODUCT = "syncthing/0.1.0"
CAPABILITIES = {
    "workloads": ["files"],
    # Each file by itself.
    "order": "none",
    "outbox": "durable",
    "conflicts": "siblings",
    "versions": "coalesced",
    "blobs": "none",
    "range": True,
    "marker": False,
    # Syncthing's program looks at the clock of the machine, and no pause stops it.
    "clock": False,
    "pause": False,
    "p2p": True,
    "history": True,
}


class SyncthingAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, Controls):
    """One device and its events. Must be made on the event loop."""

    def __init__(self, config: Config) -> None:
        """Open the device's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self._ring.append)
        self._ring.incarnation = self.device.store.incarnation
        self._listens = f"{config.host}:{config.peer_port}"

    # -- what can be asked at any time

    def about(self) -> dict[str, object]:
        """GET /about."""
        return {
            "protocol": "1",
            "agent": PRODUCT,
            "device": self.device.name,
            "capabilities": CAPABILITIES,
            "platform": platform_name(),
        }

    def identity(self) -> dict[str, object]:
        """GET /identity."""
        return {"device": self.device.name, "id": self.device.identity.device_id}

    def status(self) -> dict[str, object]:
        """GET /status."""
        device = self.device
        return {
            "device": device.name,
            "incarnation": device.store.incarnation,
            "boot_id": self._boot_id,
            "monotonic_ns": time.monotonic_ns(),
            "pid": os.getpid(),
            "links": [{"peer": peer, "address": address} for peer, address in device.store.links.items()],
            "listens": self._listens,
            "groups": [device.store.group] if device.store.group else [],
            "connection": device.connection,
            "pipeline": "running",
            "breaker": "closed",
            "pending": self._pending(),
            "deliveries": device.store.count(),
        }

    def _pending(self) -> dict[str, int]:
        device = self.device
        nothing = dict.fromkeys(("uploads", "held", "markers", "retries"), 0)
        downloads = device.needed if device.connection == "live" else 0
        return {**nothing, "outbox": len(device.store.unfinished()), "downloads": downloads}

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        none = dict.fromkeys(("catchupBatches", "duplicatesIgnored", "circuitOpens", "retriesScheduled"), 0)
        conflicts = sum(".sync-conflict-" in path for path in self.device.folder.tree())
        return {**none, "reconnects": self.device.reconnects, "conflictsCreated": conflicts}

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        asked = self.device.store.asked(op_id)
        state = "unknown" if asked is None else "accepted" if asked.version is None else "acked"
        return {"op_id": op_id, "state": state, "server_order": None}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        store = self.device.store
        found = [_delivery(each, store.group) for each in store.deliveries(after, limit)]
        return {"deliveries": found, "total": store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:  # noqa: ARG002
        """GET /entries/{entry}."""
        lacks("entries")

    def folder(self, group: str) -> dict[str, object]:
        """GET /files: what lies in the folder."""
        self._shares(group)
        return {"files": self.device.folder.tree()}

    # -- what changes something

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:  # noqa: ARG002
        """POST /ops."""
        lacks("messages")

    async def change_file(self, wanted: FileChange, content: bytes) -> dict[str, object]:
        """POST /files: done in the folder, as a user does it, and taken in by Syncthing at once."""
        self._shares(wanted.group)
        asked = await self.device.change(wanted, content)
        return {"op_id": wanted.op_id, "seen": asked.seen, "version": asked.version or None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: the folder, and who shares it."""
        if self.device.store.group not in ("", group):
            raise AgentError(
                501, "unsupported", f"This device shares one folder, {self.device.store.group!r}."
            )
        return {"group": group, "members": await self.device.set_group(group, members)}

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}."""
        if address is not None:
            requests.read_address(address)
        await self.device.set_link(peer, address)

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect."""
        self.device.connect(wanted)

    def set_clock(self, change: requests.ClockChange) -> dict[str, object]:  # noqa: ARG002
        """POST /clock."""
        lacks("a clock of its own")

    def _shares(self, group: str) -> None:
        if group != self.device.store.group:
            raise unknown(f"No folder {group!r} is shared here.", "unknown_group")


def _delivery(seen: Delivery, group: str) -> dict[str, object]:
    return {
        "n": seen.n,
        "t_ns": seen.t_ns,
        "op_id": seen.op_id,
        "group": group,
        "kind": seen.kind,
        "entry": None,
        "author": seen.author,
        "version": seen.version,
        "server_order": None,
        "clock": None,
        "digest": seen.digest,
        "size": seen.size,
        "path": seen.path,
        "blobs": [],
    }
