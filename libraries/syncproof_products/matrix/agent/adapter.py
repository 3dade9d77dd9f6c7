"""The device as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib

import msgspec

from syncproof_agentkit import replies, requests
from syncproof_agentkit.attachments import KeepsAttachments
from syncproof_agentkit.client_adapter import ClientAdapter
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_agentkit.workloads.verification import Decision
from syncproof_products.matrix.agent.config import Config
from syncproof_products.matrix.agent.device import Device
from syncproof_products.matrix.agent.e2ee.verifying import NothingToCompare, UnknownVerification, shown
from syncproof_products.matrix.agent.sending import Operation
from syncproof_products.matrix.agent.store import Blob, Delivery, Position

PRODUCT = "matrix-client/0.1.0"
CAPABILITIES = {
    "order": "total",
    "outbox": "memory",
    "conflicts": "lww",
    "versions": "all",
    "blobs": "separate",
    "range": False,
    "marker": True,
    "clock": True,
    "pause": True,
    "p2p": False,
    "verification": True,
}
#: What depends on whether rooms are encrypted. An event has at most 65,536 bytes, of which encryption takes a third.
OF_THE_ROOM = {
    False: {"e2ee": False, "history": True, "message_bytes": 60_000},
    True: {"e2ee": True, "history": False, "message_bytes": 44_000},
}


class MatrixAdapter(ClientAdapter, KeepsAttachments):
    """One device and what its agent adds: pause, clock, events. Must be made on the event loop."""

    product, capabilities = PRODUCT, CAPABILITIES
    device: Device

    def __init__(self, config: Config) -> None:
        """Open the device's storage. Raises ConfigError, StoreError."""
        super().__init__()
        self.device = Device(config, self._clock, self._pause, self._ring.append)
        self._files = self.device.files
        self._ring.incarnation = self.device.store.incarnation

    # -- what can be asked at any time

    def about(self) -> dict[str, object]:
        """GET /about."""
        # Keys of the past are on the devices that were there: a new installation cannot read it.
        encrypts = self.device.encrypts
        return {**super().about(), "capabilities": CAPABILITIES | OF_THE_ROOM[encrypts]}

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        device = self.device
        return {
            **device.counted,
            "catchupBatches": device.receiver.batches,
            "duplicatesIgnored": device.receiver.duplicates,
            "retriesScheduled": device.retries.scheduled,
            "circuitOpens": device.exchanges.breaker.opens,
            "conflictsCreated": 0,
        }

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        known = self.device.store.operation(op_id)
        state = "unknown"
        if op_id in self.device.sender.outbox:
            state = "accepted"
        elif known is not None:
            state = "failed" if known.failed else "acked"
        return {"op_id": op_id, "state": state, "server_order": None}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        found = [_delivery(delivery) for delivery in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:
        """GET /entries/{entry}: the last writer's version, and no other."""
        self._known_group(group)
        latest = self.device.store.latest_of(group, entry)
        if latest is None:
            raise unknown(f"No entry {entry!r} in group {group!r} here.")
        message = latest.message
        deleted = message.kind == "delete"
        digest = hashlib.sha256(message.body.encode()).hexdigest()
        shown = {"version": message.event, "clock": None, "deleted": deleted, "digest": digest}
        return {"entry": entry, "siblings": [shown], "winner": None if deleted else message.event}

    def marker(self, group: str) -> dict[str, object]:
        """GET /marker."""
        self._known_group(group)
        local, remote = self.device.store.marker(group)
        return {"group": group, "local": _position(local), "remote": _position(remote)}

    def verifications(self) -> dict[str, object]:
        """GET /verifications."""
        return {"verifications": [shown(side) for side in self.device.verifying.sides.values()]}

    # -- what changes something

    async def verify(self, peer: str) -> dict[str, object]:
        """POST /verifications."""
        self._must_run()
        if peer == self.device.name:
            raise invalid("Field `peer`: a device does not verify itself.")
        return {"id": self.device.verifying.ask(peer), "peer": peer}

    async def decide(self, number: str, wanted: Decision) -> dict[str, object]:
        """POST /verifications/{id}."""
        self._must_run()
        try:
            self.device.verifying.decide(number, wanted.decision)
        except UnknownVerification as wrong:
            raise unknown(str(wrong)) from None
        except NothingToCompare as wrong:
            raise invalid(f"Field `decision`: {wrong}.") from None
        return shown(self.device.verifying.sides[number])

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops."""
        self._must_run()
        self._known_group(wanted.group)
        fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        store, outbox = self.device.store, self.device.sender.outbox
        before = outbox.get(wanted.op_id) or store.operation(wanted.op_id)
        if before is not None:
            if before.fingerprint != fingerprint:
                raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
            return {"op_id": wanted.op_id, "seen": before.seen, "version": getattr(before, "event", None)}
        self._must_have(wanted.blobs)
        blobs = tuple(Blob(blob.digest, blob.size, blob.name) for blob in wanted.blobs)
        seen = store.count()
        entry = wanted.entry if wanted.kind != "append" else None
        self.device.submit(
            Operation(wanted.op_id, wanted.group, wanted.kind, entry, wanted.body, blobs, fingerprint, seen)
        )
        return {"op_id": wanted.op_id, "seen": seen, "version": None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}."""
        self._must_run()
        return {"group": group, "members": self.device.set_group(group, list(members))}

    async def set_marker(self, wanted: requests.Marker) -> dict[str, object]:
        """PUT /marker. What was delivered was read here, so that the marker can only be told to stay."""
        self._must_run()
        self._known_group(wanted.group)
        if self.device.store.number_of(wanted.version) is None:
            raise invalid(f"Field `version`: {wanted.version!r} was not delivered here.")
        return self.marker(wanted.group)

    def _known_group(self, group: str) -> None:
        if group not in self.device.store.groups():
            raise unknown(f"No group {group!r} here.", "unknown_group")


def _delivery(seen: Delivery) -> dict[str, object]:
    message = seen.message
    return replies.delivery(
        seen.n,
        seen.t_ns,
        message.group,
        message.author,
        message.event,
        seen.path,
        message.body.encode(),
        kind=message.kind,
        entry=message.entry,
        blobs=[{"digest": b.digest, "size": b.size, "name": b.name} for b in message.blobs],
    )


def _position(position: Position | None) -> dict[str, object] | None:
    return None if position is None else {"version": position.event, "n": position.n}
