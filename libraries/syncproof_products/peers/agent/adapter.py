"""The peer as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import time

import msgspec

from syncproof_agentkit import requests
from syncproof_agentkit.controls import Controls
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_agentkit.platform_name import platform_name
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_agentkit.workloads.access import NewRule, Owner
from syncproof_agentkit.workloads.files import FileChange
from syncproof_agentkit.workloads.keys import NewKey, PeerKey
from syncproof_agentkit.workloads.locks import Leadership, LockChange
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import lock_file
from syncproof_products.peers.agent.locks import owner_of
from syncproof_products.peers.agent.store import Asked, Delivery
from syncproof_products.peers.core.model import Rule, device_of

PRODUCT = "peers/0.1.0"
CAPABILITIES = {
    "workloads": ["files", "locks", "keys"],
    "order": "causal",
    "outbox": "durable",
    "conflicts": "siblings",
    "versions": "all",
    "blobs": "none",
    "range": True,
    "folders": ["parts", "rules", "transfers", "undo", "votes", "websockets", "work"],
    "marker": False,
    "clock": True,
    "pause": False,
    "p2p": True,
    "history": True,
}
_MODE = 0o644
_NOTHING = hashlib.sha256(b"").hexdigest()


class PeerAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, Controls):
    """One peer and its events. Must be made on the event loop."""

    makes: type[Device] = Device

    def __init__(self, config: Config) -> None:
        """Open the peer's storage. Raises StoreError, PortError."""
        super().__init__()
        self.device = self.makes(config, lambda: time.time() + self._clock.offset_s, self._ring.append)
        self._ring.incarnation = self.device.store.incarnation

    # -- what can be asked at any time

    def about(self) -> dict[str, object]:
        """GET /about."""
        name = self.device.name
        return {
            "protocol": "1",
            "agent": PRODUCT,
            "device": name,
            "capabilities": CAPABILITIES,
            "platform": platform_name(),
        }

    def identity(self) -> dict[str, object]:
        """GET /identity."""
        return {"device": self.device.name, "id": self.device.name}

    def status(self) -> dict[str, object]:
        """GET /status."""
        device = self.device
        return {
            "device": device.name,
            "incarnation": device.store.incarnation,
            "boot_id": self._boot_id,
            "monotonic_ns": time.monotonic_ns(),
            "pid": os.getpid(),
            "links": [{"peer": peer, "address": address} for peer, address in device.store.links().items()],
            "listens": device.connections.listens,
            "groups": [device.shared] if device.shared else [],
            "connection": device.connections.state,
            "pipeline": "running",
            "breaker": "closed",
            "pending": device.pending(),
            "deliveries": device.store.count(),
        }

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        device = self.device
        none = dict.fromkeys(("catchupBatches", "duplicatesIgnored", "circuitOpens", "retriesScheduled"), 0)
        conflicts = sum(
            sum(head.content is not None for head in heads.values()) > 1
            for heads in device.node.heads.values()
        )
        return {
            **none,
            "reconnects": device.connections.dialled,
            "conflictsCreated": conflicts,
            "logBytes": device.store.log_bytes(),
            "filesHashed": device.folder.hashed,
            "blocksPacked": device.packing.packed,
            "askedInVain": device.node.asked_in_vain,
        }

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}."""
        known = self.device.store.own(op_id)
        if known is None:
            return {"op_id": op_id, "state": "unknown", "server_order": None}
        node = self.device.node
        # What it said under an earlier name counts as far as others have it: they have proved where it ends.
        others_have = known.op.author != node.name or known.op.seq <= node.known
        state = "acked" if others_have and node.counts(known.op) else "accepted"
        return {"op_id": op_id, "state": state, "server_order": None}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        group = self.device.shared
        found = [_delivery(each, group) for each in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:  # noqa: ARG002
        """GET /entries/{entry}."""
        lacks("entries")

    def folder(self, group: str) -> dict[str, object]:
        """GET /files: what lies in the folder."""
        self._shares(group)
        return {"files": self.device.folder.tree()}

    def locks(self, group: str) -> dict[str, object]:
        """GET /locks: what the lock files in the folder say."""
        self._shares(group)
        folder = self.device.folder
        said = {path: folder.lock_file_says(path) for path in self.device.store.lock_files()}
        return {
            "locks": {
                path: {"file": lock_file(path), "owner": owner_of(text)}
                for path, text in said.items()
                if text is not None
            }
        }

    # -- what changes something

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:  # noqa: ARG002
        """POST /ops."""
        lacks("messages")

    async def change_file(self, wanted: FileChange, content: bytes) -> dict[str, object]:
        """POST /files: done in the folder, as a user does it, and taken in at once."""
        self._shares(wanted.group)
        store, device = self.device.store, self.device
        fingerprint = hashlib.sha256(msgspec.json.encode(wanted) + content).hexdigest()
        asked = store.asked(wanted.op_id)
        if asked is not None and asked.fingerprint != fingerprint:
            raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
        if device.read_only and not (asked and asked.done):
            raise AgentError(409, "read_only", f"The folder is read-only: {device.doubt}.")
        if asked is not None:
            device.finish(asked)  # a kill may have come in between
        if store.own(wanted.op_id) is None and not (asked and asked.done):
            paths = tuple(dict.fromkeys((wanted.path, wanted.to or wanted.path)))
            for path in paths:
                if wanted.action != "touch" and not device.may_write(path):
                    raise AgentError(
                        403, "forbidden", f"{device.name} may not change {path!r}: ask the folder's owner."
                    )
            if wanted.action in ("undo", "vote"):  # made at once, and nothing that lies in the folder says so
                paths = ()
            asked = Asked(wanted.op_id, fingerprint, store.count(), paths)
            store.put_asked(asked)
            try:
                self._do(wanted, content)
            except AgentError:
                store.drop_asked(wanted.op_id)
                raise
            device.take_in(paths, wanted.op_id)
            store.put_asked(dataclasses.replace(asked, done=True))
        made = store.own(wanted.op_id)
        assert asked is not None, "who asks for the first time is kept"
        return {"op_id": wanted.op_id, "seen": asked.seen, "version": made.op.id if made else None}

    def _do(self, wanted: FileChange, content: bytes) -> None:
        """Do in the folder what a user does. Raises AgentError."""
        folder, path, to = self.device.folder, wanted.path, wanted.to
        file = folder.root / path
        try:
            match wanted.action:
                case "write":
                    mode = file.stat().st_mode & 0o777 if file.exists() else _MODE
                    folder.put(path, content, mode if wanted.mode is None else wanted.mode)
                case "delete":
                    file.unlink()
                case "rename" if to is not None:
                    (folder.root / to).parent.mkdir(parents=True, exist_ok=True)
                    file.rename(folder.root / to)
                case "mode" if wanted.mode is not None:
                    file.chmod(wanted.mode)
                case "touch":
                    os.utime(file, ns=(time.time_ns(), time.time_ns()))
                case "undo" if wanted.of is not None:
                    if not self.device.undo(wanted.of, wanted.op_id):
                        raise AgentError(409, "conflict", f"Nothing of {wanted.of!r} is left to take back.")
                case "vote" if wanted.of is not None:
                    if not self.device.vote(wanted.of, wanted.op_id):
                        raise AgentError(
                            409, "conflict", f"{wanted.of!r} is not one of several versions here."
                        )
                case _:
                    raise AgentError(400, "invalid", f"`{wanted.action}` needs more than a path.")
        except FileNotFoundError:
            raise unknown(f"There is no file {path!r} here.") from None
        except OSError as wrong:
            raise AgentError(
                507, "storage", f"{path!r} cannot be changed: {wrong.strerror}.", "maybe"
            ) from None

    def change_lock(self, wanted: LockChange) -> None:
        """POST /locks."""
        self._shares(wanted.group)
        if wanted.action == "lock" and self.device.node.access.readers_of(wanted.path):
            raise AgentError(403, "forbidden", f"A lock would tell everybody of {wanted.path!r}.")
        locks = self.device.locks
        (locks.lock if wanted.action == "lock" else locks.unlock)(wanted.path)

    def key(self) -> dict[str, object]:
        """GET /key: its certificate, and the one that it still shows where that is another one."""
        own = self.device.own_key
        before = dict(zip(("before", "overlap_s"), own.before or (), strict=False))
        return {"key": own.certificate, **before}

    def renew_key(self, wanted: NewKey) -> dict[str, object]:
        """POST /key."""
        self.device.own_key.renew(wanted.overlap_s)
        return self.key()

    def tell_key(self, peer: str, wanted: PeerKey) -> None:
        """PUT /keys/{peer}."""
        try:
            self.device.pin(peer, wanted.key, wanted.overlap_s)
        except ValueError as wrong:
            raise invalid(f"`key` is no certificate: {wrong}") from None

    def author(self) -> dict[str, object]:
        """GET /author: under which name it writes."""
        return {"author": self.device.node.name}

    def set_owner(self, wanted: Owner) -> None:
        """PUT /owner."""
        try:
            self.device.set_owner(wanted.owner)
        except ValueError as wrong:
            raise AgentError(409, "conflict", f"{wrong}: another owner needs another folder.") from None

    def make_rule(self, wanted: NewRule) -> dict[str, object]:
        """POST /rules."""
        device, store = self.device, self.device.store
        access, name = device.node.access, device.node.name
        if access.owner != name:
            raise AgentError(
                403, "forbidden", f"Only the owner makes rules, and that is {access.owner or 'nobody'}."
            )
        if wanted.readers and not wanted.writers:
            raise invalid("Who keeps others from reading says who may write: `writers` is empty.")
        readers = tuple(sorted({*wanted.readers, device.name})) if wanted.readers else ()
        writers = tuple(sorted({*wanted.writers, name})) if wanted.writers else ()
        rule = Rule(wanted.path, readers, writers)
        known = store.own(wanted.op_id)
        if known is not None and known.op.rules != (rule,):
            raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
        seen = known.n - 1 if known else store.count()
        if known is None:
            device.rule(rule, wanted.op_id)
        made = store.own(wanted.op_id)
        assert made is not None, "it was made just now, or before"
        return {"op_id": wanted.op_id, "seen": seen, "version": made.op.id}

    def go_on(self) -> None:
        """POST /go-on."""
        self.device.go_on()

    def set_leadership(self, wanted: Leadership) -> None:
        """PUT /leadership."""
        self._shares(wanted.group)
        self.device.locks.stand(wanted.stands)

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: the folder, and who shares it."""
        if self.device.shared not in ("", group):
            raise AgentError(501, "unsupported", f"This peer shares one folder, {self.device.shared!r}.")
        return {"group": group, "members": self.device.share(group, members)}

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}."""
        if address is not None:
            requests.read_address(address)
        self.device.connections.set_link(peer, address)

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect."""
        self.device.connections.connect(wanted)

    def _shares(self, group: str) -> None:
        if group != self.device.shared:
            raise unknown(f"No folder {group!r} is shared here.", "unknown_group")


def _delivery(seen: Delivery, group: str) -> dict[str, object]:
    contents = [change.content for change in seen.op.changes if change.content is not None]
    return {
        "n": seen.n,
        "t_ns": seen.t_ns,
        "op_id": seen.key,
        "group": group,
        "kind": "put" if contents else "delete",
        "entry": None,
        "author": device_of(seen.op.author),
        "version": seen.op.id,
        "server_order": None,
        "clock": None,
        "digest": contents[0].digest if contents else _NOTHING,
        "size": contents[0].size if contents else 0,
        "path": seen.path,
        "blobs": [],
    }
