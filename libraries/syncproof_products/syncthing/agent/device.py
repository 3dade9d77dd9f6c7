"""A device: Syncthing, what is wanted of it, and what has come."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.workloads.files import FileChange
from syncproof_products.syncthing.agent import configuration
from syncproof_products.syncthing.agent.config import Config
from syncproof_products.syncthing.agent.daemon import Daemon
from syncproof_products.syncthing.agent.folder import Folder
from syncproof_products.syncthing.agent.identity import identity
from syncproof_products.syncthing.agent.register import Register, Written
from syncproof_products.syncthing.agent.rest import Event, Indexed, Rest, RestError
from syncproof_products.syncthing.agent.store import Asked, Delivery, Store
from syncproof_synckit import vector_clock
from syncproof_synckit.vector_clock import Order

#: Between two looks at what devices have written down, and at all that is missing. Seconds.
_REGISTER_S, _LOOK_S = 0.05, 1.0
#: For a start of Syncthing.
_START_S = 30.0
#: When others must have been told of this device, who were told after it; then it dials them once more. Seconds.
_TOLD_S = 1.0
_NOTHING = hashlib.sha256(b"").hexdigest()
_log = logging.getLogger(__name__)


class Device:
    """`run` is its life; everything else tells it what is wanted, and is kept."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open its storage. Raises StoreError."""
        directory = Path(config.directory)
        self.name, self.identity = config.device, identity(config.device)
        self.store, self.folder = Store(directory), Folder(directory / "folder", directory / "aside")
        self._config, self._observe = config, observe
        if not self.store.get("api_key"):
            self.store.put("api_key", secrets.token_urlsafe(32))
        self._rest = Rest(config.rest_port, self.store.get("api_key"))
        self._home = directory / "home"
        self._daemon = Daemon(config.program, self._home, self._rest)
        self._register: Register | None = None
        #: What is written down and has not come, by op_id.
        self._missing: dict[str, Written] = {}
        self._changing, self._looking = asyncio.Lock(), asyncio.Lock()
        self._up, self._wanted_changed = asyncio.Event(), asyncio.Event()
        self.wanted = self.store.get("wanted") == "online"
        self.connection = "offline"
        self.reconnects = self.needed = self._heard = 0
        self._connected: set[str] = set()

    # -- what is wanted

    async def set_group(self, group: str, members: tuple[str, ...]) -> list[str]:
        """Share the folder with these; answers all members that are wanted."""
        wanted = list(dict.fromkeys([*self.store.members, *members]))
        self.store.put_group(group, wanted)
        await self._answers()
        await self._share()
        self._observe("group", {"group": group, "state": "joined"})
        return wanted

    async def set_link(self, peer: str, address: str | None) -> None:
        """Dial a device there from now on; None: no more."""
        self.store.put_link(peer, address)
        await self._answers()
        await self._know(peer)
        self._show()

    def connect(self, wanted: bool) -> None:
        """Be online, or not."""
        self.store.put("wanted", "online" if wanted else "offline")
        self.wanted = wanted
        self._wanted_changed.set()

    async def change(self, wanted: FileChange, content: bytes) -> Asked:
        """A user changes the folder. Raises AgentError."""
        async with self._changing:
            fingerprint = hashlib.sha256(msgspec.json.encode(wanted) + content).hexdigest()
            asked = self.store.asked(wanted.op_id)
            if asked is not None and asked.fingerprint != fingerprint:
                raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
            await self._answers()
            if asked is None:
                paths = tuple(dict.fromkeys((wanted.path, wanted.to or wanted.path)))
                asked = Asked(wanted.op_id, fingerprint, self.store.count(), paths)
                self._make(asked, wanted, content)
            try:
                if wanted.action == "touch":  # no operation: nothing has to come of it
                    await self._rest.scan(self.store.group, asked.paths)
                elif asked.version is None:
                    asked = await self._finish(asked)
            except RestError as wrong:
                said = f"Syncthing has not taken it in yet: {wrong}"
                raise AgentError(504, "timeout", said, "maybe") from None
            return asked

    def _make(self, asked: Asked, wanted: FileChange, content: bytes) -> None:
        """Do what a user does; it is kept before. Raises AgentError."""
        if wanted.action == "touch":
            self.folder.change(wanted, content)
            return
        self.store.put_asked(asked)
        try:
            self.folder.change(wanted, content)
        except AgentError:
            self.store.drop_asked(wanted.op_id)
            raise

    async def _finish(self, asked: Asked) -> Asked:
        """Let Syncthing take in what a user did, and write down which versions it has made of that."""
        await self._rest.scan(self.store.group, asked.paths)
        found = {path: await self._rest.file(self.store.group, path) for path in asked.paths}
        holds = {path: there.version for path, there in found.items() if there is not None}
        last = found[asked.paths[-1]]
        version = ""
        if last is not None:
            digest, size = (_NOTHING, 0) if last.deleted else self.folder.content(asked.paths[-1])
            kind = "delete" if last.deleted else "put"
            made = Written(asked.op_id, self.name, kind, digest, size, holds)
            self._written.write(made)
            self._deliver(made, digest, size, "live")
            self._observe("ack", {"op_id": asked.op_id, "server_order": None})
            version = made.version
        done = dataclasses.replace(asked, version=version)
        self.store.put_asked(done)
        return done

    @property
    def _written(self) -> Register:
        if self._register is None:
            self._register = Register(Path(self._config.versions), self.store.group, self.name)
        return self._register

    # -- its life

    async def run(self) -> None:
        """Live until cancelled. Raises SyncthingEnded."""
        try:
            if not self._daemon.is_there:
                _log.warning(
                    "there is no program %s: this device can only be asked what it is", self._config.program
                )
                await asyncio.get_running_loop().create_future()
            config, own = self._config, self.identity
            configuration.write(
                self._home, own, self.name, config.peer_port, config.rest_port, self.store.get("api_key")
            )
            async with self._daemon.running(own.device_id) as process:
                await self._rest.pause(not self.wanted)
                if self.store.group:
                    await self._share()
                    for asked in self.store.unfinished():
                        await self._finish(asked)
                self._up.set()
                parts = (self._want, self._follow, self._read, self._look)
                await first_to_end(self._daemon.ended(process), *map(self._again_and_again, parts))
        finally:
            await self._rest.close()
            self.store.close()

    async def _again_and_again(self, part: Callable[[], Awaitable[None]]) -> None:
        """Do a part of its work, until cancelled; while Syncthing does not answer, which may pass, nothing is done."""
        while True:
            try:
                await part()
            except RestError as wrong:
                _log.warning("Syncthing did not answer: %s", wrong)
                await asyncio.sleep(_REGISTER_S)

    async def _answers(self) -> None:
        """Wait until Syncthing answers. Raises AgentError."""
        try:
            await asyncio.wait_for(self._up.wait(), _START_S)
        except TimeoutError:
            raise AgentError(503, "unavailable", "Syncthing does not run.") from None

    async def _share(self) -> None:
        """Tell Syncthing who shares the folder."""
        members = self.store.members
        for member in members:
            if member != self.name:
                await self._know(member)
        ids = [identity(member).device_id for member in members]
        await self._rest.put_folder(configuration.folder_object(self.store.group, self.folder.root, ids))

    async def _know(self, peer: str) -> None:
        address = self.store.links.get(peer)
        own = identity(peer).device_id
        await self._rest.put_device(configuration.device_object(own, peer, address, paused=not self.wanted))

    async def _want(self) -> None:
        """Let Syncthing connect to others, or not, as is wanted, until that changes."""
        self._wanted_changed.clear()
        await self._rest.pause(not self.wanted)
        self._connected = await self._rest.connected()
        self._show()
        try:
            await asyncio.wait_for(self._wanted_changed.wait(), _TOLD_S)
        except TimeoutError:
            for peer in self._unconnected() if self.wanted else ():
                for paused in (True, False):
                    await self._rest.pause(paused, identity(peer).device_id)
            await self._wanted_changed.wait()

    def _unconnected(self) -> list[str]:
        """Whom it dials and does not reach."""
        return [peer for peer in self.store.links if identity(peer).device_id not in self._connected]

    def _show(self) -> None:
        if not self.wanted:
            state, reason = "offline", "asked for"
        elif missing := self._unconnected():
            state, reason = "connecting", f"no connection to {', '.join(missing)}"
        elif not self._connected:
            state, reason = "connecting", "nobody has connected"
        else:
            state, reason = "live", ""
        if state != self.connection:
            self.connection = state
            self._observe("connection", {"state": state, "reason": reason})

    async def _follow(self) -> None:
        """Hear what happens in Syncthing."""
        for event in await self._rest.events(self._heard):
            self._heard = event.id
            await self._take(event)

    async def _take(self, event: Event) -> None:
        match event.type:
            case "DeviceConnected":
                self._connected.add(str(event.data["id"]))
                self.reconnects += 1
                self._observe("attempt", {"what": "connect", "outcome": "ok", "reason": ""})
                self._show()
            case "DeviceDisconnected":
                self._connected.discard(str(event.data["id"]))
                self._show()
            case "LocalIndexUpdated":
                paths = {str(path) for path in event.data.get("filenames") or ()}
                await self._come([made for made in self._missing.values() if paths & made.holds.keys()])
            case "RemoteIndexUpdated":
                peer = self._name_of(str(event.data["device"]))
                told = {"peer": peer, "what": "talk", "digest": "", "size": 0}
                self._observe("file_transfer", {**told, "count": int(event.data["items"])})

    def _name_of(self, device_id: str) -> str:
        """The member with a device ID, or with one that begins like that; the ID itself for somebody else."""
        known = self.store.members
        return next((each for each in known if identity(each).device_id.startswith(device_id)), device_id)

    async def _read(self) -> None:
        """Read what others have written down."""
        if self.store.group:
            new = [made for made in self._written.new() if not self.store.has(made.op_id)]
            self._missing |= {made.op_id: made for made in new}
            await self._come(new)
        await asyncio.sleep(_REGISTER_S)

    async def _look(self) -> None:
        """Look at everything that is still missing, now and then: events may be lost."""
        if self.store.group:
            await self._come(list(self._missing.values()))
            self.needed = await self._rest.needed(self.store.group)
        self._connected = await self._rest.connected()
        self._show()
        await asyncio.sleep(_LOOK_S)

    # -- what has come

    async def _come(self, expected: list[Written]) -> None:
        """Deliver those of which Syncthing has the versions."""
        async with self._looking:
            for made in expected:
                if self.store.has(made.op_id):
                    self._missing.pop(made.op_id, None)
                    continue
                found = {path: await self._rest.file(self.store.group, path) for path in made.holds}
                if all(self._is_over(made, path, there) for path, there in found.items()):
                    await self._judge(made, found)

    async def _judge(self, made: Written, found: dict[str, Indexed | None]) -> None:
        """Deliver what has come: as it lies here, where nothing has replaced it yet."""
        path = list(made.holds)[-1]
        there = found[path]
        if there is None or there.version != made.holds[path] or there.deleted:
            self._deliver(made, made.digest, made.size, "catchup" if made.kind == "put" else "live")
            return
        with contextlib.suppress(OSError):  # else its user changes it just now, and it is looked at again
            digest, size = self.folder.content(path)
            if await self._rest.file(self.store.group, path) == there:
                self._deliver(made, digest, size, "live", there.made_by)

    def _is_over(self, made: Written, path: str, there: Indexed | None) -> bool:
        """Whether this device has that version of a path, or one that builds on it, or has settled for another one.

        That is so where its author has the other one, too, or this version lies beside it.
        """
        clock = made.holds[path]
        if there is None or there.has(clock):
            return there is not None
        if not there.settled or vector_clock.compare(there.version, clock) is not Order.CONCURRENT:
            return False
        return identity(made.author).device_id in there.also_at or self.folder.lies_beside(path, made.digest)

    def _deliver(self, made: Written, digest: str, size: int, path: str, made_by: str = "") -> None:
        """made_by: the short device ID of its author, where Syncthing says that."""
        self._missing.pop(made.op_id, None)
        if self.store.has(made.op_id):
            return
        n, now = self.store.count() + 1, time.monotonic_ns()
        author = self._name_of(made_by) if made_by else made.author
        self.store.deliver(Delivery(n, now, made.op_id, made.kind, author, made.version, digest, size, path))
        self._observe("deliver", {"n": n})
