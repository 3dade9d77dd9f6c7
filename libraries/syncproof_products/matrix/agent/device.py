"""A Matrix device at work: its session with the homeserver, and what runs in it side by side."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.matrix.agent.config import Config
from syncproof_products.matrix.agent.e2ee.account import MEGOLM
from syncproof_products.matrix.agent.e2ee.encryption import Encryption
from syncproof_products.matrix.agent.e2ee.verifying import Verifying
from syncproof_products.matrix.agent.fetching import fetch
from syncproof_products.matrix.agent.homeserver import Homeserver
from syncproof_products.matrix.agent.http import ExchangeFailed, Http, Refused
from syncproof_products.matrix.agent.patience import Exchanges, Retries, sleep
from syncproof_products.matrix.agent.receiving import Receiver
from syncproof_products.matrix.agent.sending import Operation, Sender
from syncproof_products.matrix.agent.store import Blob, Delivery, Position, Store

#: Joins that may fail before a device makes the room itself: the first member of a group makes it.
_JOINS_FIRST = 5
#: What a session does side by side, whenever there is something of it to do.
_WORK = ("groups", "push", "gaps", "marker", "download", "keys", "mail")


class Device(Client):
    """One account on one device. `run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, clock: ShiftedClock, pause: Pause, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self.user, self._password = config.device, config.password
        self.settings = config.settings
        self._clock, self._pause = clock, pause
        self.files = BlobFiles(Path(config.directory) / "files")
        self.retries = Retries(self.settings, clock, random.Random(f"{config.seed}"), observe)
        self.exchanges = Exchanges(self.settings, clock, observe)
        self.encrypts = config.encrypt
        self.encryption = Encryption(self.user, self._device_id(), self.store, clock.now, self._wants)
        self.verifying = Verifying(self.encryption, clock.now, lambda: time.time() + clock.offset_s, observe)
        self.receiver = Receiver(self.store, observe, self._delivered, self.user, self.encryption.open)
        self.sender = Sender(self.store, self.files, self.encryption, observe, self._tell_blob)
        self.counted = {"localMarkerUpdates": 0, "remoteMarkerUpdates": 0, "wakeCatchUps": 0, "reconnects": 0}
        self._work = {name: asyncio.Event() for name in _WORK}
        self._join_failures: dict[str, int] = {}
        self._markers_told = {(group, "local"): local for group, (local, _) in self.store.markers().items()}
        self._ticked = clock.now()
        self._http: Http | None = None
        self._homeserver: Homeserver | None = None

    # -- what is wanted

    def set_group(self, group: str, members: list[str]) -> list[str]:
        """Be in a room with these; answers all members that are wanted."""
        room, before = self.store.groups().get(group, (None, []))
        wanted = list(dict.fromkeys([*before, *members]))
        if wanted != before:
            self.store.put_group(group, room, wanted)
        self._work["groups"].set()
        return wanted

    def submit(self, operation: Operation) -> None:
        """Put an operation into the outbox."""
        self.sender.outbox[operation.op_id] = operation
        self._wants("push")

    def _wants(self, work: str) -> None:
        self._work[work].set()

    def _device_id(self) -> str:
        """Of this installation: who lost everything is another device to Matrix."""
        if not self.store.get("device"):
            self.store.put("device", secrets.token_hex(5).upper())
        return self.store.get("device")

    # -- its life

    async def _hang_up(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None
        self.exchanges.given_up()
        self.retries.forget()

    async def _online(self) -> None:
        self._http = Http(self.address, self.settings.idle_timeout_s, self._pause)
        homeserver = self._homeserver = Homeserver(self._http, self.exchanges.gate, self.exchanges.ended)
        self._show("connecting", "")
        self.receiver.begin()
        homeserver.token = self.store.get("token")
        while not homeserver.token:
            await self._try("register", self._log_in)
        while not self.store.get("keys published"):
            await self._try("register", self._publish_device)
        for work in self._work.values():
            work.set()
        self._ticked = self._clock.now()  # only now does anybody watch: a slow login is no sleep
        async with asyncio.TaskGroup() as together:
            together.create_task(self._stream())
            together.create_task(self._watch())
            together.create_task(self._worker("groups", self._join_all))
            together.create_task(self._worker("gaps", self._fill_all))
            together.create_task(self._worker("push", self._send_all))
            together.create_task(self._worker("marker", self._push_markers))
            together.create_task(self._worker("download", self._download_all))
            together.create_task(self._worker("keys", self._publish_keys))
            together.create_task(self._worker("mail", self._send_mail))

    async def _try(self, what: str, do: Callable[[], Awaitable[None]], about: str = "") -> bool:
        """Do it once it may be tried; what fails is scheduled again. Answers whether it worked."""
        await self.retries.ready(what, about)
        try:
            await do()
        except ExchangeFailed as error:
            self.retries.failed(what, str(error), about=about)
            return False
        except Refused as error:
            if error.code == "M_UNKNOWN_TOKEN":
                self.store.put("token", "")
                self._restart.set()
            self.retries.failed(what, str(error), error.retry_after_s, about=about)
            return False
        self.retries.succeeded(what, about)
        return True

    async def _worker(self, work: str, do: Callable[[], Awaitable[None]]) -> None:
        """Do what there is to do, whenever there is something, until it worked."""
        while True:
            await self._work[work].wait()
            self._work[work].clear()
            while not await self._try(work, do):
                pass

    async def _log_in(self) -> None:
        assert self._homeserver is not None
        self.store.put("token", await self._homeserver.log_in(self.user, self._password, self._device_id()))

    async def _publish_device(self) -> None:
        """Before any room is joined: whoever writes there must find this device's keys."""
        assert self._homeserver is not None
        await self.encryption.publish_device(self._homeserver)
        self.store.put("keys published", "yes")

    # -- what comes

    async def _stream(self) -> None:
        """The sync stream, for as long as the session lasts."""
        fresh = True
        while True:
            if not await self._try("pull", self._take_first if fresh else self._take_next):
                self._show("connecting", "the homeserver did not answer")
                fresh = True
                continue
            fresh = False

    async def _take_first(self) -> None:
        """Whatever is there at once: catch-up."""
        assert self._homeserver is not None
        answer = await self._homeserver.sync(self.receiver.since, 0.0, self.settings.page_events, "connect")
        await self._stay_awake()
        self.counted["reconnects"] += 1
        self._show("catching_up", "")
        self.receiver.start_all("connected")
        self._take(answer, "catchup")

    async def _take_next(self) -> None:
        """Wait for what is new."""
        assert self._homeserver is not None
        answer = await self._homeserver.sync(
            self.receiver.since, self.settings.poll_s, self.settings.page_events
        )
        await self._stay_awake()
        self._take(answer, "live")
        if answer.get("rooms"):
            await sleep(self._clock, self.settings.company_ms / 1000)

    def _take(self, answer: dict[str, Any], path: str) -> None:
        """Keys first: what comes with the same answer may need them."""
        for mail in self.encryption.take(answer, first=not self.receiver.since):
            self.verifying.take(mail)
        self.receiver.take(answer, path)
        self._settle()

    def _settle(self) -> None:
        """Catch-up is over in rooms without gaps; without any, the device is live."""
        self.receiver.end_all()
        if self.receiver.incomplete():
            self._show("catching_up", "")
            self._work["gaps"].set()
        elif self.connection == "catching_up":
            self._show("live", "")

    async def _fill_all(self) -> None:
        assert self._homeserver is not None
        for timeline in self.receiver.incomplete():
            await self.receiver.fill(timeline, self._homeserver, self.settings.page_events)
        self._settle()

    def _delivered(self, added: list[Delivery]) -> None:
        for delivery in added:
            self._observe("deliver", {"n": delivery.n})
        for group in dict.fromkeys(delivery.message.group for delivery in added):
            self._tell_marker(group, "local", None)
        if added:
            self._work["marker"].set()
        if any(delivery.message.blobs for delivery in added):
            self._work["download"].set()

    # -- asleep?

    async def _watch(self) -> None:
        """Notice that no time was lived through for longer than a device may stand by."""
        while True:
            await sleep(self._clock, self.settings.standby_threshold_s / 20)
            await self._pause.passage()
            await self._stay_awake()
            self._ticked = self._clock.now()
            self.verifying.expire()

    async def _stay_awake(self) -> None:
        """Returns at once, unless the device has slept: then its session is over, and nothing of it counts."""
        await self._pause.passage()
        gap_s = self._clock.now() - self._ticked
        if gap_s < self.settings.standby_threshold_s:
            return
        if not self._restart.is_set():
            self.counted["wakeCatchUps"] += 1
            self._observe("wake", {"gap_ms": gap_s * 1000})
            self._show("connecting", "woke up")
            self._restart.set()
        await asyncio.Event().wait()  # until the session is cancelled

    # -- groups

    async def _join_all(self) -> None:
        assert self._homeserver is not None
        for group, (room, members) in self.store.groups().items():
            if room is None:
                room = await self._enter(self._homeserver, group, members)
                if self.encrypts or await self._homeserver.encryption(room):
                    self.encryption.found_encrypted(room)
                self.store.put_room(group, room)
                self._observe("group", {"group": group, "state": "joined"})
                self.receiver.joined(group, room)
                self._work["gaps"].set()
                self._work["push"].set()
            else:
                await self._invite_all(self._homeserver, group, room, members)

    async def _enter(self, homeserver: Homeserver, group: str, members: list[str]) -> str:
        """The room under the group's alias: made by its first member, and by others if that one does not come."""
        others = [member for member in members if member != self.user]
        alias = f"#{group}:{self.user.partition(':')[2]}"
        tried = self._join_failures.get(group, 0)
        encryption = MEGOLM if self.encrypts else ""
        if members[0] == self.user or tried >= _JOINS_FIRST:
            try:
                room = await homeserver.create_room(group, others, encryption=encryption)
                self.store.put(f"invited {group}", " ".join(others))
                return room
            except Refused as error:
                if error.code != "M_ROOM_IN_USE":
                    raise
        try:
            return await homeserver.join(alias)
        except Refused:
            self._join_failures[group] = tried + 1
            raise

    async def _invite_all(self, homeserver: Homeserver, group: str, room: str, members: list[str]) -> None:
        """Members who were wanted later are asked in by those who are there."""
        invited = self.store.get(f"invited {group}").split()
        for member in members:
            if member not in (self.user, *invited):
                try:
                    await homeserver.invite(room, member)
                except Refused as error:
                    if error.status != 403:  # 403: is in the room already
                        raise
                self.encryption.moved(room)  # before the next message: it is for them too
                invited.append(member)
                self.store.put(f"invited {group}", " ".join(invited))

    # -- what goes

    async def _send_all(self) -> None:
        assert self._homeserver is not None
        await self.sender.send_all(self._homeserver)

    async def _publish_keys(self) -> None:
        assert self._homeserver is not None
        await self.encryption.publish(self._homeserver)

    async def _send_mail(self) -> None:
        assert self._homeserver is not None
        await self.verifying.work(self._homeserver)
        await self.encryption.flush(self._homeserver)

    # -- markers and attachments

    async def _push_markers(self) -> None:
        """Tell the homeserver how far was read, a little later, for company."""
        assert self._homeserver is not None
        await sleep(self._clock, self.settings.marker_debounce_s)
        await self._stay_awake()
        for group, (local, remote) in self.store.markers().items():
            room = self.store.groups()[group][0]
            if local is None or room is None or (remote is not None and remote.n >= local.n):
                continue
            await self._homeserver.mark_read(room, local.event)
            self.store.put_remote_marker(group, local)
            self._tell_marker(group, "remote", remote)

    def _tell_marker(self, group: str, scope: str, before: Position | None) -> None:
        local, remote = self.store.marker(group)
        now = local if scope == "local" else remote
        if now is None:
            return
        known = self._markers_told.get((group, scope)) if scope == "local" else before
        self._markers_told[(group, scope)] = now
        self.counted[f"{scope}MarkerUpdates"] += 1
        old = None if known is None else known.event
        self._observe("marker", {"group": group, "scope": scope, "old": old, "new": now.event, "n": now.n})

    async def _download_all(self) -> None:
        """Fetch what is missing. A file that cannot be had waits for a retry of its own, and holds up no other."""
        assert self._homeserver is not None
        for blob in self.store.missing_blobs():
            if self.retries.due("download", blob.digest) <= self._clock.now():
                fetching = partial(fetch, self._homeserver, self.store, self.files, blob, self._tell_blob)
                await self._try("download", fetching, blob.digest)
        left = [self.retries.due("download", blob.digest) for blob in self.store.missing_blobs()]
        if left:
            self._clock.call_at(min(left), self._work["download"].set)

    def _tell_blob(self, blob: Blob, state: str, offset: int) -> None:
        self._observe("blob", {"digest": blob.digest, "state": state, "offset": offset, "size": blob.size})

    def joined(self) -> list[str]:
        """The groups whose rooms it has joined."""
        return [name for name, (room, _) in self.store.groups().items() if room]

    @property
    def breaker_state(self) -> str:
        """closed, open or half_open."""
        return self.exchanges.breaker.state

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        behind = [1 for local, remote in self.store.markers().values() if local != remote]
        return {
            "outbox": len(self.sender.outbox),
            "uploads": self.sender.uploads(),
            "downloads": len(self.store.missing_blobs()),
            "held": self.receiver.held + len(self.receiver.incomplete()),
            "retries": len(self.retries),
            "markers": len(behind),
        }
