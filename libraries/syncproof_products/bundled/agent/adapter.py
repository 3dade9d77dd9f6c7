"""The device as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from syncproof_agentkit import replies, requests
from syncproof_agentkit.attachments import KeepsAttachments
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_agentkit.platform_name import platform_name
from syncproof_agentkit.workloads.verification import Decision
from syncproof_products.bundled.agent.config import Config
from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.core.conflict import winner
from syncproof_products.bundled.core.records import GroupState, Op
from syncproof_products.bundled.core.wire import BlobRef
from syncproof_products.bundled.device.group_keys import memory_mb
from syncproof_products.bundled.device.reading import Delivery
from syncproof_products.bundled.device.runtime import Identity, Rejected, RunningDevice

PROTOCOL = "1"
PRODUCT = "bundled/0.1.0"
CAPABILITIES = {
    "order": "total",
    "outbox": "durable",
    "conflicts": "siblings",
    "versions": "all",
    "blobs": "separate",
    "range": True,
    "awaits": True,
    "marker": True,
    "clock": True,
    "pause": True,
    "p2p": False,
    "verification": True,
    "history": True,
    "breaker": True,
    "quality": True,
    "leave": True,
    "encrypted_groups": True,
    "workloads": ("messages", "application", "pairing"),
}

#: Seconds after which nobody can say any more what becomes of a request.
_DECISION_S = 30.0
#: What is left of the time of a flush for the answer, s.
_TO_ANSWER_S = 0.1
_STATUS = {
    "op_conflict": 409,
    "stale_base": 409,
    "unknown_group": 404,
    "unknown": 404,
    "unknown_invite": 404,
    "invite_expired": 410,
    "invite_used": 409,
    "too_many_guesses": 429,
    "too_many_invites": 429,
    "unanswered": 504,
    "another_relay": 409,
    "unsupported": 501,
    "too_large": 413,
    "offline": 503,
    "outbox_full": 503,
    "storage_failed": 507,
}


T = TypeVar("T")


class Adapter(KeepsAttachments):
    """One device and what its agent adds: pause, clock, events. Must be made on the event loop."""

    def __init__(self, config: Config) -> None:
        """Open the device's storage. Raises ConfigError, StorageError."""
        super().__init__()
        self._name = config.device
        self._reading = asyncio.Lock()
        self.device = RunningDevice(
            Identity(config.device, config.secret),
            Path(config.directory),
            config.settings,
            patience=config.settings.patience,
            handshake_s=config.settings.handshake_s,
            memory_mb=round(config.settings.memory_mb) or memory_mb(),
            clock=self._clock,
            rng=random.Random(f"{config.seed}:{config.device}"),
            pause=self._pause,
            observer=self._observe,
        )
        self._files = self.device.files
        self._ring.incarnation = self.device.incarnation

    # what the device tells

    def _observe(self, seen: Observe) -> None:
        fields = seen.fields
        due = fields.get("due_ns")
        if isinstance(due, int):
            fields = {**fields, "due_ns": due - round(self._clock.offset_s * 1e9)}
        self._ring.append(seen.type, fields)

    # what can be asked at any time

    def about(self) -> dict[str, object]:
        """GET /about."""
        return {
            "protocol": PROTOCOL,
            "agent": PRODUCT,
            "device": self._name,
            "capabilities": CAPABILITIES,
            "platform": platform_name(),
        }

    def identity(self) -> dict[str, object]:
        """GET /identity."""
        return {"device": self._name, "id": self._name}

    def status(self) -> dict[str, object]:
        """GET /status."""
        core = self.device.core
        return {
            "device": self._name,
            "incarnation": self.device.incarnation,
            "boot_id": self._boot_id,
            "monotonic_ns": time.monotonic_ns(),
            "pid": os.getpid(),
            "links": [
                {"peer": peer, "address": address} for peer, address in sorted(self.device.links.items())
            ],
            "groups": [group.group for group in self.device.reader.groups() if group.joined],
            "connection": core.connection,
            "session": self.device.session,
            "pipeline": "running" if self._pause.open else "paused",
            "breaker": core.breaker,
            "quality": core.quality,
            "pending": core.pending(),
            "deliveries": self.device.reader.delivery_count(),
        }

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        return dict(self.device.core.metrics())

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        known = self.device.reader.op(op_id)
        state, seq = ("unknown", None) if known is None else (known.state, known.seq)
        return {"op_id": op_id, "state": state, "server_order": seq}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries. Read off the event loop: bodies are hashed again, as they arrived."""
        async with self._reading:
            return await asyncio.to_thread(self._read_deliveries, after, limit)

    def entry(self, group: str, entry: str) -> dict[str, object]:
        """GET /entries/{entry}."""
        self._group(group)
        state = self.device.reader.entry(group, entry)
        if state is None or not state.siblings:
            raise unknown(f"No entry {entry!r} in group {group!r} here.")
        siblings = [
            {
                "version": sibling.version,
                "clock": sibling.clock,
                "deleted": sibling.deleted,
                "digest": sibling.digest,
            }
            for sibling in state.siblings
        ]
        shown = winner(state.siblings)
        return {
            "entry": entry,
            "siblings": siblings,
            "winner": None if shown is None or shown.deleted else shown.version,
        }

    def marker(self, group: str) -> dict[str, object]:
        """GET /marker."""
        state = self._group(group)
        return {
            "group": group,
            "local": _position(state.local_seq, state.local_n),
            "remote": _position(state.remote_seq, state.remote_n),
        }

    # what changes something

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops."""
        self._must_run()
        blobs = tuple(BlobRef(blob.digest, blob.size, blob.name) for blob in wanted.blobs)
        self._must_have(wanted.blobs)
        op = Op(wanted.op_id, wanted.group, wanted.kind, wanted.body, wanted.entry, wanted.base, blobs)
        accepted = await _decided(self.device.submit(op))
        known = self.device.reader.op(op.op_id)
        seq = None if known is None else known.seq
        return {"op_id": op.op_id, "seen": accepted.seen, "version": None if seq is None else str(seq)}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}."""
        self._must_run()
        await _decided(self.device.set_group(group, members))
        return {"group": group, "members": members}

    async def set_encrypted_group(
        self, group: str, members: tuple[str, ...], passphrase: str, derivation: str | None
    ) -> dict[str, object]:
        """PUT /groups/{group} with a passphrase."""
        self._must_run()
        wanted = self.device.set_encrypted_group(group, members, passphrase, derivation)
        used, took_ms = await _decided(wanted)
        return {"group": group, "members": members, "derivation": used, "took_ms": round(took_ms, 1)}

    async def invite(self, group: str, valid_s: float) -> dict[str, object]:
        """POST /invites."""
        self._must_run()
        code, qr = await _decided(self.device.invite(group, valid_s))
        return {"code": code, "qr": qr}

    async def join(self, invite: str) -> dict[str, object]:
        """POST /invites/join."""
        self._must_run()
        return {"group": await _decided(self.device.join(invite))}

    async def leave_group(self, group: str) -> None:
        """DELETE /groups/{group}."""
        self._must_run()
        await _decided(self.device.leave_group(group))

    async def set_marker(self, wanted: requests.Marker) -> dict[str, object]:
        """PUT /marker."""
        self._must_run()
        self._group(wanted.group)
        if not wanted.version.isdecimal():
            raise invalid(f"Field `version`: {wanted.version!r} is no version of this product.")
        await _decided(self.device.set_marker(wanted.group, int(wanted.version), wanted.n))
        return self.marker(wanted.group)

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}."""
        self._must_run()
        if peer != "relay":
            message = f"This product links devices to their relay only, not to {peer!r}."
            raise AgentError(501, "unsupported", message)
        if address is not None:
            requests.read_address(address)
        await _decided(self.device.set_link(peer, address))

    async def verify(self, peer: str) -> dict[str, object]:
        """POST /verifications."""
        self._must_run()
        return {"id": await _decided(self.device.verify(peer)), "peer": peer}

    async def decide(self, number: str, wanted: Decision) -> dict[str, object]:
        """POST /verifications/{id}."""
        self._must_run()
        await _decided(self.device.decide(number, wanted.decision))
        return next(each for each in self._verifications() if each["id"] == number)

    def verifications(self) -> dict[str, object]:
        """GET /verifications."""
        return {"verifications": self._verifications()}

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect."""
        self._must_run()
        if wanted:
            self.device.connect()
        else:
            self.device.disconnect()

    def sync_status(self) -> dict[str, object]:
        """GET /application."""
        return dict(self.device.core.status.shown)

    def set_focus(self, focused: bool) -> None:
        """PUT /application/focus."""
        self._must_run()
        self.device.focus(focused)

    async def flush(self, within_s: float) -> dict[str, object]:
        """POST /application/flush."""
        self._must_run()
        began, before = time.monotonic_ns(), self.device.core.metrics()["opsAcked"]
        left = await self.device.flush(max(0.0, within_s - _TO_ANSWER_S))
        took_ms = (time.monotonic_ns() - began) / 1e6
        pushed = self.device.core.metrics()["opsAcked"] - before
        return {"pushed": pushed, "pending": left, "took_ms": round(took_ms, 1)}

    async def close_application(self, within_s: float) -> dict[str, object]:
        """POST /application/close."""
        done = await self.flush(within_s)
        signal.raise_signal(
            signal.SIGTERM
        )  # the process ends as it does for anybody else, behind this answer
        return done

    # inside

    def _verifications(self) -> list[dict[str, object]]:
        return [
            {
                "id": side.number,
                "peer": side.peer,
                "state": side.state,
                "emoji": side.emoji,
                "reason": side.reason,
            }
            for side in self.device.core.verifications
        ]

    def _group(self, group: str) -> GroupState:
        state = self.device.reader.group(group)
        if state is None:
            raise unknown(f"No group {group!r} here.", "unknown_group")
        return state

    def _read_deliveries(self, after: int, limit: int) -> dict[str, object]:
        reader = self.device.log_reader
        found = [_delivery(delivery) for delivery in reader.deliveries(after, limit)]
        return {"deliveries": found, "total": reader.delivery_count()}


def _delivery(seen: Delivery) -> dict[str, object]:
    return replies.delivery(
        seen.n,
        seen.t_ns,
        seen.group,
        seen.author,
        str(seen.seq),
        seen.path,
        seen.body.encode(),
        kind=seen.kind,
        entry=seen.entry,
        server_order=seen.seq,
        clock=seen.clock,
        blobs=seen.blobs,
    )


def _position(seq: int, n: int) -> dict[str, object] | None:
    return {"version": str(seq), "n": n} if seq else None


async def _decided(work: Awaitable[T]) -> T:
    """What the device decides, as an answer of the protocol."""
    try:
        async with asyncio.timeout(_DECISION_S):
            return await work
    except Rejected as error:
        code = "storage" if error.code == "storage_failed" else error.code
        status = _STATUS.get(error.code, 400)
        raise AgentError(status, code, str(error), "maybe" if code == "unanswered" else "no") from None
    except TimeoutError:
        raise AgentError(504, "timeout", f"No decision within {_DECISION_S:g} s.", "maybe") from None
