"""The device as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib

import msgspec

from syncproof_agentkit import replies, requests
from syncproof_agentkit.client_adapter import ClientAdapter
from syncproof_agentkit.errors import AgentError, unknown
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_products.atuin.agent.command_line import LONGEST_BYTES
from syncproof_products.atuin.agent.config import Config
from syncproof_products.atuin.agent.device import Device
from syncproof_products.atuin.agent.store import Delivery, Operation, version_of

PRODUCT = "atuin-command-line/0.1.0"
CAPABILITIES = {
    # Each device has a log of its own at the server; between those there is no order.
    "order": "sender",
    "outbox": "durable",
    "conflicts": "none",
    "versions": "all",
    "blobs": "none",
    "range": False,
    "marker": False,
    # Atuin's program looks at the clock of the machine, and no pause stops it.
    "clock": False,
    "pause": False,
    "p2p": False,
    "history": True,
    "e2ee": True,
    "message_bytes": LONGEST_BYTES,
}


class AtuinAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, ClientAdapter):
    """One device and its events. Must be made on the event loop."""

    product, capabilities = PRODUCT, CAPABILITIES
    device: Device

    def __init__(self, config: Config) -> None:
        """Open the device's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self._ring.append)
        self._ring.incarnation = self.device.store.incarnation

    # -- what can be asked at any time

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        device = self.device
        return {
            **device.counted,
            "retriesScheduled": device.retries.scheduled,
            "circuitOpens": 0,
            "conflictsCreated": 0,
            "duplicatesIgnored": 0,
        }

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        known = self.device.store.operation(op_id)
        state = known.state if known else "unknown"
        return {
            "op_id": op_id,
            "state": "accepted" if state == "appended" else state,
            "server_order": None,
        }

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        found = [_delivery(delivery) for delivery in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    # -- what changes something

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops."""
        store = self.device.store
        if wanted.group not in store.groups():
            raise unknown(f"No group {wanted.group!r} here.", "unknown_group")
        if wanted.kind != "append" or wanted.blobs:
            lacks("entries and attachments")
        fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        body = wanted.body.encode()
        operation = store.operation(wanted.op_id)
        if operation is None:
            operation = Operation(wanted.op_id, wanted.group, body, fingerprint, store.count())
            self.device.submit(operation)
        elif operation.fingerprint != fingerprint:
            raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
        return {"op_id": wanted.op_id, "seen": operation.seen, "version": version_of(body)}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}."""
        return {"group": group, "members": self.device.set_group(group, list(members))}

    # -- what a log of messages does not have

    def entry(self, group: str, entry: str) -> dict[str, object]:  # noqa: ARG002
        """GET /entries/{entry}."""
        lacks("entries")

    def set_clock(self, change: requests.ClockChange) -> dict[str, object]:  # noqa: ARG002
        """POST /clock."""
        lacks("a clock of its own")


def _delivery(seen: Delivery) -> dict[str, object]:
    said = seen.message
    return replies.delivery(seen.n, seen.t_ns, seen.group, said.author, said.version, said.path, said.body)
