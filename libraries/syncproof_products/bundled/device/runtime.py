"""A running device: one event loop that feeds the pure core and does what it asks for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock, ShiftedTimer
from syncproof_products.bundled.core import actions as do
from syncproof_products.bundled.core import events as got
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.records import Change, Op, OpAcked, OpFailed
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.changes import apply
from syncproof_products.bundled.device.contents import Contents, ContentTooLargeError, is_large
from syncproof_products.bundled.device.database import (
    KEY_DIGITS,
    StorageError,
    drop_fact,
    is_key,
    keep_fact,
    open_database,
    open_for_reading,
)
from syncproof_products.bundled.device.directory import Directory
from syncproof_products.bundled.device.group_keys import FACT, GroupKeys
from syncproof_products.bundled.device.http_client import Patience
from syncproof_products.bundled.device.links import RelayLinks
from syncproof_products.bundled.device.primitives import primitives
from syncproof_products.bundled.device.reading import Reader
from syncproof_products.bundled.device.relay_client import RelayClient
from syncproof_products.bundled.device.sessions import RELAY_KEY, Sessions
from syncproof_products.bundled.device.signers import SIGNER, Signers
from syncproof_products.bundled.device.writer import Writer
from syncproof_synckit.encryption.errors import EncryptionError

_log = logging.getLogger(__name__)

RELAY = "relay"
Observer = Callable[[do.Observe], None]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is: its name, and the secret with which it registers at its relay."""

    device: str
    secret: str


class RunningDevice:
    """A device with its storage, its links and its core.

    memory_mb: what the machine has, which decides what deriving the key costs in a group that it makes. handshake_s:
    how long the handshake of a secured connection may take, in seconds.

    clock, rng and pause come from outside, so that whoever runs the device decides what time it is and whether it may
    work. observer hears what the core observes, after it is durable where it must be.
    """

    def __init__(
        self,
        identity: Identity,
        directory: Path,
        settings: Settings,
        *,
        patience: Patience,
        memory_mb: int,
        handshake_s: float,
        clock: ShiftedClock,
        rng: random.Random,
        pause: Pause,
        observer: Observer,
    ) -> None:
        """Open the storage. Must be called on the event loop. Raises StorageError."""
        self._directory = Directory(directory)
        database = directory / "device.sqlite"
        connection, self.incarnation = open_database(database, identity.device)
        self.identity = identity
        self.reader = Reader(open_for_reading(database))
        self.log_reader = Reader(open_for_reading(database))
        """A reader of its own for long reads off the event loop."""
        self.files = BlobFiles(directory / "blobs")
        key = self._identity_key(connection)
        signers = Signers(self.reader.facts_of(SIGNER), self._keep_signer, observer)
        large = Bodies(self._own_body)
        self._keys = GroupKeys(identity.device, self.reader.facts_of(FACT), memory_mb, key, signers, large)
        self._contents = Contents(
            directory / "sealed", self.files, large, lambda group: self._keys.sealings[group]
        )
        self._sessions = Sessions(
            key,
            self.reader.fact(RELAY_KEY),
            handshake_s,
            self._keep_relay_key,
            observer,
        )
        self.core = Device(identity.device, settings, primitives(key), self._keys.sealings)
        self.links = self.reader.links()
        self._writer = Writer(connection)
        self._token = self.reader.fact("token")
        self._patience, self._clock, self._rng = patience, clock, rng
        self._pause, self._observer = pause, observer
        self._inbox: asyncio.Queue[got.DeviceEvent] = asyncio.Queue()
        #: Who waits until nothing is in the outbox any more.
        self._flushing: list[asyncio.Future[None]] = []
        self._relay = RelayLinks(
            self.files, self._contents, self._inbox.put_nowait, min(1.0, settings.idle_timeout_s / 4)
        )
        self._tickets: dict[int, asyncio.Future[do.Accepted]] = {}
        self._last_ticket = 0
        self._timers: tuple[ShiftedTimer | asyncio.TimerHandle, ...] = ()

    async def run(self) -> None:
        """Live until cancelled."""
        self._contents.tidy(self.reader.sealed_addresses)
        kept = [*self.files.partials(), *self._contents.incoming.partials()]
        partials = {path.name: path.stat().st_size for path in kept}
        self._inbox.put_nowait(got.Started(self.reader.snapshot(partials)))
        if RELAY in self.links:
            self._point_at(self.links[RELAY])
        try:
            while True:
                event = await self._inbox.get()
                await self._pause.passage()
                if not (isinstance(event, got.Submit) and self._taken_before(event)):
                    for action in self.core.step(self._clock.now(), self._rng, event):
                        self._execute(action)
                if self._flushing and not self.core.pending()["outbox"]:
                    self._flushed()
        finally:
            self._set_timers()
            await self._relay.close()
            self._writer.close()
            self.reader.close()
            self.log_reader.close()
            self._directory.release()

    # what an application asks for

    async def submit(self, op: Op) -> do.Accepted:
        """Take an operation; durable when this returns. Raises Rejected."""
        clocks = self.reader.version_clocks(op.group, op.entry, op.base) if op.entry and op.base else {}
        sealed = await self._sealed(op)
        try:
            return await self._ask(lambda ticket: got.Submit(ticket, op, clocks, sealed))
        finally:
            self._contents.taken(sealed)

    async def set_group(self, group: str, members: tuple[str, ...]) -> None:
        """Be in a group with these members; the wish is durable when this returns. Raises Rejected."""
        await self._ask(lambda ticket: got.GroupSet(ticket, group, members))

    async def set_encrypted_group(
        self, group: str, members: tuple[str, ...], passphrase: str, derivation: str | None
    ) -> tuple[str, float]:
        """Be in a group whose members share a passphrase; like `set_group`. Raises Rejected.

        derivation: how its key is derived, as the device answered that made the group; None where this one makes it.
        Returns how it is derived, and what that took here (ms of a processor).
        """
        try:
            key = await self._keys.derive(group, passphrase, derivation)
        except EncryptionError as error:
            raise Rejected("invalid", str(error)) from None
        if self._keys.has_another(group, key):
            raise Rejected(
                "op_conflict",
                f"{group} has another passphrase or derivation on this device; leave it as it is",
            )
        await self._use_key(group, key)
        await self.set_group(group, members)
        return self._keys.derivation(group), self._keys.took_ms[group]

    async def invite(self, group: str, valid_s: float) -> tuple[str, str]:
        """A short code and the text of a QR code, either of which brings one device into a group. Raises Rejected."""
        from syncproof_products.bundled.device import pairing

        secret = self._keys.kept(group)
        if secret is None:
            raise Rejected(
                "unknown_group", f"there is no encrypted group {group} on this device; set it first"
            )
        try:
            offered = await pairing.offer(
                self._relay.client, self._sessions.relay_key, group, secret, valid_s
            )
        except pairing.PairingFailed as failed:
            raise Rejected(failed.code, str(failed)) from None
        return offered.code, offered.qr

    async def join(self, text: str, among: Sequence[str] = ()) -> str:
        """Come into the group of an invite, with its key; the group. Raises Rejected, and nothing has changed then.

        Where that is `unanswered`, nobody knows whether it is in: the same invite can be used again here.
        among: where the device is in groups and is to be in no other one, these.
        """
        from syncproof_products.bundled.device import pairing

        try:
            invite = await pairing.read(self._relay.client, text)
            group, known = invite.group, self._sessions.relay_key
            if among and group not in among:
                raise Rejected(
                    "op_conflict",
                    f"this device is in {among[0]} already, and the invite is for {group}: make another device",
                )
            if known is not None and known != invite.relay:
                raise Rejected("another_relay", "the invite is for another relay than that of this device")
            if self._keys.has_another(group, invite.secret):
                raise Rejected("op_conflict", f"{group} has another key on this device; leave it as it is")
            is_new, had_key = self.reader.group(group) is None, self._keys.kept(group) is not None
            # Before it is a member: what it is sent from then on it has to be able to read.
            self._sessions.believe(invite.relay)
            await self._use_key(group, invite.secret)
            try:
                await pairing.use(self._relay.client, invite, self._sessions.proof(invite.lookup))
            except asyncio.CancelledError:
                # Nobody waits for the answer any more: as where it is lost, the relay may have let this device in.
                self._sessions.keep_believed()
                raise
            except pairing.PairingFailed as failed:
                if failed.may_be_in:
                    # What it is sent then it has to be able to read, and by that relay alone.
                    self._sessions.keep_believed()
                    raise
                self._sessions.believe(known)
                # A key that was here may be that of a join whose answer was lost, and the relay was not asked now.
                if is_new and not (had_key and failed.code == "offline"):
                    await self._forget_key(group)
                raise
            self._sessions.keep_believed()
        except pairing.PairingFailed as failed:
            raise Rejected(failed.code, str(failed)) from None
        await self.set_group(group, (self.identity.device,))
        return group

    async def leave_group(self, group: str) -> None:
        """Leave a group; the relay has let go of it when this returns. Raises Rejected."""
        await self._ask(lambda ticket: got.GroupLeft(ticket, group))

    async def set_marker(self, group: str, seq: int, n: int) -> None:
        """Have read the group up to position `seq`, which is delivery n. Raises Rejected."""
        await self._ask(lambda ticket: got.MarkerSet(ticket, group, seq, n))

    async def verify(self, peer: str) -> str:
        """Begin to verify another device; the verification's id. Raises Rejected."""
        accepted = await self._ask(lambda ticket: got.VerificationWanted(ticket, peer))
        return accepted.op_id or ""

    async def decide(self, number: str, decision: Literal["match", "mismatch", "cancel"]) -> None:
        """Say what comparing has shown, or give it up. Raises Rejected."""
        await self._ask(lambda ticket: got.VerificationDecided(ticket, number, decision))

    @property
    def session(self) -> str:
        """Where its secured connections stand; Disconnected where it has none."""
        return str(self._sessions.state)

    def connect(self) -> None:
        """Want to be connected."""
        self._inbox.put_nowait(got.ConnectWanted())

    def disconnect(self) -> None:
        """Want to be offline."""
        self._inbox.put_nowait(got.DisconnectWanted())

    async def set_link(self, peer: str, address: str | None) -> None:
        """Reach a peer at host:port from now on, or (None) no more. Durable when this returns. Raises Rejected."""

        def store(connection: sqlite3.Connection) -> None:
            if address is None:
                connection.execute("DELETE FROM links WHERE peer = ?", (peer,))
            else:
                connection.execute("INSERT OR REPLACE INTO links VALUES (?, ?)", (peer, address))

        await self._store(store)
        before = self.links.get(peer)
        if address is None:
            self.links.pop(peer, None)
        else:
            self.links[peer] = address
        if peer == RELAY and address != before:
            self._point_at(address)

    def focus(self, focused: bool) -> None:
        """The application is in the foreground, or no longer. Never waits."""
        self._inbox.put_nowait(got.FocusChanged(focused))

    async def flush(self, within_s: float) -> int:
        """Push what waits, for so long at most; what is left then. It stays in the outbox, on the disk."""
        self._inbox.put_nowait(got.FlushWanted())
        if self.core.pending()["outbox"]:
            emptied = asyncio.get_running_loop().create_future()
            self._flushing.append(emptied)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await emptied
            if emptied in self._flushing:
                self._flushing.remove(emptied)
        return self.core.pending()["outbox"]

    # inside

    def _flushed(self) -> None:
        for each in self._flushing:
            if not each.done():
                each.set_result(None)
        self._flushing.clear()

    async def _use_key(self, group: str, key: str) -> None:
        await self._store(lambda connection: keep_fact(connection, f"{FACT}:{group}", key))
        first = not self._keys.sealings
        self._keys.use(group, key)
        if first and RELAY in self.links:
            # From now on nothing leaves this device over a connection that is not secured.
            self._point_at(self.links[RELAY])

    async def _forget_key(self, group: str) -> None:
        self._keys.forget(group)
        await self._store(lambda connection: drop_fact(connection, f"{FACT}:{group}"))
        if not self._keys.sealings and RELAY in self.links:
            self._point_at(self.links[RELAY])

    async def _sealed(self, op: Op) -> tuple[StoredBlob, ...]:
        """What the relay is to get beside an operation of an encrypted group. Raises Rejected."""
        has_contents = op.group in self._keys.sealings and (op.blobs or is_large(op.body))
        if not has_contents or self.reader.op(op.op_id) is not None:
            return ()
        try:
            return await asyncio.to_thread(self._contents.seal, op.group, op.body, op.blobs)
        except ContentTooLargeError as error:
            raise Rejected("too_large", str(error)) from None
        except OSError as error:
            raise Rejected("storage_failed", f"It could not be sealed: {error}.") from None

    def _identity_key(self, connection: sqlite3.Connection) -> bytes:
        """The device's own secret key: made at its first start, the same for all its life."""
        kept = self.reader.fact("identity_key")
        if kept is None:
            kept = os.urandom(32).hex()
            keep_fact(connection, "identity_key", kept)
        if not is_key(kept):
            raise StorageError(
                f"the device's own key has {len(kept)} characters, expected {KEY_DIGITS} hexadecimal digits: "
                "restore its folder from a copy"
            )
        return bytes.fromhex(kept)

    def _taken_before(self, event: got.Submit) -> bool:
        """Answer an operation that the storage holds already, at the moment of its step: not a moment before.

        The core forgets an operation when it is acknowledged, and its storage knows it from the first commit on.
        """
        known = self.reader.op(event.op.op_id)
        if known is None:
            return False
        if known.op == event.op:
            self._execute(do.Accepted(event.ticket, event.op.op_id, known.seen))
        else:
            self._execute(
                do.Rejected(event.ticket, "op_conflict", f"op_id {event.op.op_id!r} has other content.")
            )
        return True

    def _point_at(self, address: str | None) -> None:
        self._inbox.put_nowait(got.RelayAddressChanged(address))
        if address is None:
            self._relay.use(None)
            return
        host, _, port = address.rpartition(":")
        client = RelayClient(
            host.strip("[]"),
            int(port),
            device=self.identity.device,
            secret=self.identity.secret,
            token=self._token,
            keep_token=self._keep_token,
            pause=self._pause,
            patience=self._patience,
            secured=self._sessions.secured if self._keys.sealings else None,
        )
        self._relay.use(client)

    def _keep_relay_key(self, key: str) -> None:
        self._writer.submit(lambda connection: keep_fact(connection, RELAY_KEY, key), lambda _: None)

    def _own_body(self, op_id: str) -> str | None:
        known = self.reader.op(op_id)
        return None if known is None else known.op.body

    def _keep_signer(self, author: str, key: str) -> None:
        self._writer.submit(
            lambda connection: keep_fact(connection, f"{SIGNER}:{author}", key), lambda _: None
        )

    def _keep_token(self, token: str) -> None:
        self._token = token
        # A token that is not kept costs one more registration after a restart, no more.
        self._writer.submit(lambda connection: keep_fact(connection, "token", token), lambda _: None)

    async def _ask(self, event: Callable[[int], got.DeviceEvent]) -> do.Accepted:
        self._last_ticket += 1
        ticket = self._last_ticket
        answer: asyncio.Future[do.Accepted] = asyncio.get_running_loop().create_future()
        self._tickets[ticket] = answer
        try:
            self._inbox.put_nowait(event(ticket))
            return await answer
        finally:
            del self._tickets[ticket]

    async def _store(self, job: Callable[[sqlite3.Connection], None]) -> None:
        done: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._writer.submit(job, lambda error: None if done.done() else done.set_result(error))
        error = await done
        if error is not None:
            raise Rejected("storage_failed", f"It could not be stored: {error}.")

    def _execute(self, action: do.Action) -> None:
        match action:
            case do.Commit(batch, changes):
                self._writer.submit(
                    lambda connection: apply(connection, changes, time.monotonic_ns()),
                    lambda error: self._stored(batch, changes, error),
                )
            case do.Accepted(ticket):
                self._answer(ticket, lambda answer: answer.set_result(action))
            case do.Rejected(ticket, code, message):
                self._answer(ticket, lambda answer: answer.set_exception(Rejected(code, message)))
            case do.Observe():
                self._observer(action)
            case do.Wake(at):
                self._wake(at)
            case _:
                self._relay.execute(action)

    def _stored(self, batch: int, changes: tuple[Change, ...], error: str | None) -> None:
        self._inbox.put_nowait(got.Committed(batch) if error is None else got.CommitFailed(batch, error))
        if error is None and any(isinstance(change, OpAcked | OpFailed) for change in changes):
            self._contents.tidy(self.reader.sealed_addresses)

    def _wake(self, at: float) -> None:
        """Tick when the clock shows that time, and no later than after as long as that is now.

        A clock that is set back meanwhile would put off what is due by as much.
        """
        delay = max(0.0, at - self._clock.now())
        self._set_timers(
            self._clock.call_at(at, self._tick), asyncio.get_running_loop().call_later(delay, self._tick)
        )

    def _set_timers(self, *timers: ShiftedTimer | asyncio.TimerHandle) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = timers

    def _tick(self) -> None:
        self._set_timers()
        self._inbox.put_nowait(got.Tick())

    def _answer(self, ticket: int, settle: Callable[[asyncio.Future[do.Accepted]], None]) -> None:
        answer = self._tickets.get(ticket)
        if answer is not None and not answer.done():
            settle(answer)


class Rejected(Exception):
    """The device did not take it. code as in `core.actions.Rejected`; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
