"""A client of channels as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib

import msgspec

from syncproof_agentkit import requests
from syncproof_agentkit.client_adapter import ClientAdapter
from syncproof_agentkit.errors import AgentError, unknown
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_agentkit.workloads.channels.client import ChannelClient, Delivery

#: What such a client can do by nature: it keeps no history, and is told to refetch what it may have missed.
CAPABILITIES = {
    "workloads": ["channels"],
    "order": "sender",
    "outbox": "memory",
    "conflicts": "none",
    "versions": "all",
    "blobs": "none",
    "range": False,
    "marker": False,
    "clock": False,
    "pause": False,
    "p2p": False,
    "history": False,
    "leave": True,
    "delivery": "refetch",
}


class ChannelAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, ClientAdapter):
    """One client and its events. A product says `product`, and makes `device` before anything is asked."""

    capabilities = CAPABILITIES
    device: ChannelClient

    def __init__(self) -> None:
        super().__init__()
        self._taken: dict[str, str] = {}
        self._settled: dict[str, str] = {}

    def observe(self, what: str, fields: dict[str, object]) -> None:
        """Take in what the client tells."""
        if what in ("ack", "failed"):
            self._settled[str(fields["op_id"])] = "acked" if what == "ack" else "failed"
        self._ring.append(what, fields)

    # -- what can be asked at any time

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        counted = {
            "reconnects": self.device.reconnects,
            "retriesScheduled": self.device.retries_scheduled,
            "duplicatesIgnored": self.device.duplicates,
        }
        return {**dict.fromkeys(("catchupBatches", "circuitOpens", "conflictsCreated"), 0), **counted}

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}: an outbox in memory knows what it has taken."""
        state = self._settled.get(op_id) or ("accepted" if op_id in self._taken else "unknown")
        return {"op_id": op_id, "state": state, "server_order": None}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        found = [_shown(delivery) for delivery in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:  # noqa: ARG002
        """GET /entries/{entry}."""
        lacks("entries")

    async def subscribers(self, channel: str) -> dict[str, object]:
        """GET /channels/{channel}: what its server instance counts."""
        return {"channel": channel, "subscribers": await self.device.count(channel)}

    # -- what changes something

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}. Of deployments it is connected to the one that is its `relay`."""
        if peer == "relay":
            await super().set_link(peer, address)

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops: an event is published on the channel that the operation's group is."""
        if wanted.kind != "append" or wanted.blobs:
            lacks("entries and attachments")
        fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        known = self._taken.get(wanted.op_id)
        if known not in (None, fingerprint):
            raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
        if known is None:
            self.device.publish(wanted.op_id, wanted.group, wanted.body)
            self._taken[wanted.op_id] = fingerprint
        return {"op_id": wanted.op_id, "seen": self.device.store.count(), "version": None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: subscribe to a channel."""
        self.device.subscribe(group)
        return {"group": group, "members": list(members)}

    async def leave_group(self, group: str) -> None:
        """DELETE /groups/{group}: subscribe no more."""
        if not self.device.follows(group):
            raise unknown(f"No channel {group!r} is subscribed here.", "unknown_group")
        self.device.unsubscribe(group)


def _shown(told: Delivery) -> dict[str, object]:
    return {
        "n": told.n,
        "t_ns": told.t_ns,
        "op_id": told.op_id,
        "group": told.channel,
        "kind": "append",
        "entry": None,
        "author": told.author,
        "version": told.id,
        "server_order": None,
        "clock": None,
        "digest": told.digest,
        "size": told.size,
        "path": "live",
        "blobs": [],
    }
