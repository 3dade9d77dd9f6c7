"""One peer as a program: what its node decides is stored, laid out in the folder, and sent."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import random
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from syncproof_agentkit.client import Observe
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.connections import Connections, Lost
from syncproof_products.peers.agent.folder import Folder, Found
from syncproof_products.peers.agent.identity import Identity, read
from syncproof_products.peers.agent.locks import Locks
from syncproof_products.peers.agent.own_key import OwnKey
from syncproof_products.peers.agent.pace import slowed_for_half
from syncproof_products.peers.agent.packing import Packing
from syncproof_products.peers.agent.pins import pinned
from syncproof_products.peers.agent.store import Asked, Delivery, Store
from syncproof_products.peers.core.actions import (
    Action,
    Deliver,
    Expose,
    Keep,
    Known,
    Refuse,
    Send,
    Serve,
    Unanswered,
    paths_of,
)
from syncproof_products.peers.core.beside import lies_beside
from syncproof_products.peers.core.bounds import MOST_NAMES, Item, portions
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.doubt import is_in_doubt
from syncproof_products.peers.core.heads import Head, alike, folders_of, layout
from syncproof_products.peers.core.messages import Block, Deny, Grant, Have, Message, OfLease, Ops, Want
from syncproof_products.peers.core.model import Change, Op, Rule, Vote, device_of
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.proofs import author_of, in_words
from syncproof_products.peers.core.reputation import Reputation
from syncproof_products.peers.core.signing import Signer, is_genuine
from syncproof_products.peers.core.undoing import undoing
from syncproof_products.peers.core.watching import Oddity, Watch

_log = logging.getLogger(__name__)
_OWNER_CAUGHT = "the folder's owner was caught, and not all of the rules count any more"


class Device:
    """`run` is its life; everything else tells it what is wanted. now: the time of day that it believes, seconds."""

    #: What decides for it.
    makes: type[Node] = Node
    #: What connects it, and by what others know it.
    connects: type[Connections] = Connections
    identifies: type[Identity] = Identity
    #: What it keeps things in.
    keeps: type[Store] = Store

    def __init__(self, config: Config, now: Callable[[], float], observe: Observe) -> None:
        """Open the store, and listen for other peers. Raises StoreError, PortError."""
        directory = Path(config.directory)
        self.name, self.settings = config.device, config.settings
        self.store = self.keeps(directory)
        #: With whom the folder is shared: asked for at each operation.
        self._members = frozenset(self.store.members())
        self.folder = Folder(directory / "folder", directory / "aside", self.store)
        self.node = self._restored()
        #: Why nobody is believed, for people; "" where others are.
        self.doubt = self.store.get("doubt")
        self._now, self._observe = now, observe
        self.packing = Packing(self.store.block)
        self.own_key = OwnKey(self.store, self.identifies, self._draw_secret, now)
        self.connections = self.connects(
            config, self.store, self.own_key.identity, self, random.Random(config.seed), observe, now
        )
        self.locks = Locks(
            self.name, self.settings.lock_s, self.store, self.folder, self.connections.send, observe
        )
        self.reputation = Reputation(self.settings.quarantine_s)
        watch_s = self.settings.watch_s
        self._watch = Watch(watch_s, flood=slowed_for_half(watch_s, self.settings.message_s))
        self._acknowledged = self.node.known
        #: Paths that the folder does not show as they are now, and why.
        self._unlaid: dict[str, str] = {}
        self._saying: asyncio.TimerHandle | None = None
        self.own_key.watch(self.connections.identify)

    def _restored(self) -> Node:
        """What decides, as it is stored."""
        signer = self._signer()
        node = self.makes(signer.author, signer.sign, is_genuine, lambda: self._members, self.store.block)
        node.access.owner = self.store.get("owner")
        ops = (each.op for each in self.store.deliveries(0, -1))
        node.restore(ops, self.store.blocks(), int(self.store.get("known") or 0), self.store.proofs())
        return node

    def _signer(self, *, new: bool = False) -> Signer:
        return Signer(self.name, self._kept_secret("secret", new=new))

    def _kept_secret(self, name: str, *, new: bool = False) -> bytes:
        if new or not self.store.get(name):
            self.store.put(name, self._draw_secret())
        return bytes.fromhex(self.store.get(name))

    def _draw_secret(self) -> str:
        return secrets.token_hex(32)

    # -- what is wanted

    @property
    def shared(self) -> str:
        """The name of what is shared; "" for nothing yet."""
        return self.store.get("folder")

    def share(self, folder: str, members: Sequence[str]) -> list[str]:
        """Share the folder with these; answers all with whom it is shared."""
        wanted = list(dict.fromkeys([*self.store.members(), *members]))
        self.store.put("members", json.dumps(wanted))
        self._members = frozenset(wanted)
        if self.shared != folder:
            self.store.put("folder", folder)
            self._observe("group", {"group": folder, "state": "joined"})
        self._perform(self.node.let_in())
        self.connections.wanted_changed()
        return wanted

    def pin(self, peer: str, certificate: str, overlap_s: float | None = None) -> None:
        """Take a peer by this certificate from now on, and for so long by the one before it, too, see `pinned`.

        Raises ValueError for what is no certificate.
        """
        read(certificate)
        pins = self.store.pins()
        until = self._now() + overlap_s if overlap_s else overlap_s
        self.store.put_pins({**pins, peer: pinned(pins.get(peer), certificate, until)})
        self.connections.pins_changed()

    def set_owner(self, owner: str) -> None:
        """Keep to the rules of this author from now on: users say so, to each device.

        Raises ValueError where another one has made rules: what they keep from some all would be told.
        """
        access = self.node.access
        if access.owner != owner and access.rules:
            raise ValueError(f"{access.owner} has made rules for this folder")
        with self.store.together(durable=True):
            self.store.put("owner", owner)
            paths = self.node.owned_by(owner)
            self._release(paths)
        self._unlock_hidden(paths)
        self._lay(paths)

    def rule(self, rule: Rule, key: str) -> None:
        """Say who may read and write files. Nobody else's rules count than the owner's, and that is this device."""
        self._perform(self.node.rule(rule, key, self._now()))

    def may_write(self, path: str) -> bool:
        """Whether a user may change what lies there: a version that lies beside another one is one of that path."""
        laid = self.folder.laid.get(path)
        return self.node.may_write(laid.source if laid else path)

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        node, retries = self.node, self.connections.missing if self.connections.wanted else 0
        doing = {"outbox": node.unknown, "held": node.held, "downloads": node.asking, "retries": retries}
        return {"uploads": 0, "markers": 0, **doing}

    # -- its life

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            self.start()
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._look_on())
                parts.create_task(self.locks.run())
                parts.create_task(self._wait_for_answers())
                await self.connections.run(parts)
        finally:
            self.store.close()

    def start(self) -> None:
        """Do what a kill has left undone."""
        if self.read_only:
            self._tell_mode()
        else:
            self._finish_all()
        for peer in self.reputation.restore(self.store.standings(), time.monotonic()):
            self._quarantine(peer, "it was when this peer ended")
        # What counts no more lies there where this process was killed before it was taken away.
        self._lay([*self.node.heads, *(each.source for each in self.folder.laid.values())])

    async def _look_on(self) -> None:
        while True:
            if self.shared and not self.read_only:
                self.look_again()
            await asyncio.sleep(self.settings.scan_s)

    async def _wait_for_answers(self) -> None:
        while True:
            await asyncio.sleep(self.settings.answer_s)
            for peer, other in self.node.others.items():
                if other.answered:
                    self.reputation.answered(peer)
            self._perform(self.node.lose_patience())
            self._keep_standings()

    def look_again(self) -> None:
        """See what users did in the folder, and try once more to lay what could not be laid."""
        self.take_in()
        self._lay(sorted(self._unlaid))
        self.locks.show()

    # -- what users do in the folder

    def take_in(self, paths: Iterable[str] | None = None, key: str = "") -> None:
        """Make operations of what has changed in the folder, under the key of who asked for it.

        Not where nobody is believed: by which rules others may read it is not known.
        """
        if self.read_only:
            return
        with self.store.together(durable=False):
            found = self.folder.changes(paths)
        while found:
            now: list[Found] = []
            later: list[Found] = []
            sources: set[str] = set()
            for each in found:
                source = each.source or each.path
                (later if source in sources else now).append(each)
                sources.add(source)
            self._make(now, key)
            found = later

    def finish(self, asked: Asked) -> None:
        """Take in what an application asked for, where that was done and not taken in when this process was killed."""
        if asked.done:
            return
        if self.store.own(asked.key) is None:
            self.take_in(asked.paths, asked.key)
        if self.store.own(asked.key) is not None:
            self.store.put_asked(dataclasses.replace(asked, done=True))

    def _finish_all(self) -> None:
        for asked in self.store.unfinished():
            self.finish(asked)

    def undo(self, of: str, key: str) -> bool:
        """Take back what was asked for under a key. Answers whether there was anything to take back."""
        known = self._made(of)
        if known is not None:
            self.take_in(known.op.paths)
        changes = self._undoing(known.op) if known is not None else []
        changes = [each for each in changes if self.node.may_write(each.path)]
        for n, portion in enumerate(self._portions(changes, lambda each: each)):
            self._perform(self.node.change(portion, "" if n else key, self._now()))
        return bool(changes)

    def vote(self, of: str, key: str) -> bool:
        """Be for the version that was asked for under a key. Answers whether there is anything to choose."""
        known = self._made(of)
        if known is None:
            return False
        self.take_in(known.op.paths)
        votes = []
        for path in filter(self.node.may_write, known.op.paths):
            heads = self.node.heads.get(path, {})
            others = tuple(
                sorted(op for op, head in heads.items() if head.content is not None and op != known.op.id)
            )
            if known.op.id in heads and others:
                votes.append(Vote(path, known.op.id, others))
        for n, portion in enumerate(self._portions(votes, lambda each: each)):
            self._perform(self.node.change((), "" if n else key, self._now(), portion))
        return bool(votes)

    def _made(self, key: str) -> Delivery | None:
        """What was asked for under a key: here, or else of one author; of several nobody knows whose is meant."""
        own = self.store.own(key)
        found = [each for each in self.store.keyed(key) if self.node.counts(each.op)]
        return own or (found[0] if len({each.op.author for each in found}) == 1 else None)

    def _undoing(self, op: Op) -> list[Change]:
        return undoing(op, self.node.heads, [each for ops in self.node.ops.values() for each in ops])

    def _make(self, found: Sequence[Found], key: str) -> None:
        changes: list[Change] = []
        made: list[Found] = []
        refused: list[str] = []
        for each in found:
            source = each.source or each.path
            if not self.node.may_write(source):
                self._refuse(each)
                refused.append(source)
                continue
            heads = self.node.heads.get(source, {})
            shown = self._layout(source).get(each.path)
            if shown is not None and shown.content == each.content:
                # A version that came from others and was laid here just before this process was killed.
                self.folder.adopt(each, shown.op)
                continue
            gone = tuple(op for op, head in heads.items() if head.content is None)
            changes.append(Change(source, alike(each.op, heads) if each.op else gone, each.content))
            made.append(each)
        both = zip(changes, made, strict=True)
        for n, portion in enumerate(self._portions(both, lambda each: each[0])):
            actions = self.node.change([change for change, _ in portion], "" if n else key, self._now())
            op = next(action.op for action in actions if isinstance(action, Deliver))
            with self.store.together(durable=True):
                self._commit(actions)
                for _, each in portion:
                    self.folder.adopt(each, op.id)
            self._tell(actions)
            self._lay(paths_of(actions))
        if any(each.content is None for each in found):
            self._lay(refused)

    def _portions(
        self, items: Iterable[Item], change_of: Callable[[Item], Change | Vote]
    ) -> Iterator[list[Item]]:
        """In operations that are not too large, each of what the same devices may read."""
        by_readers: dict[tuple[str, ...], list[Item]] = {}
        for item in items:
            by_readers.setdefault(self.node.access.readers_of(change_of(item).path), []).append(item)
        for each in by_readers.values():
            yield from portions(each, lambda item: change_of(item).length(), MOST_NAMES)

    def _refuse(self, found: Found) -> None:
        """A user has changed what may only be read here: nobody is told, and what was deleted comes back."""
        if found.content is None:
            self.folder.adopt(found, "")
        elif self.folder.refuse(found):
            _log.warning("%s was changed and may only be read here: nobody is told", found.path)

    def _release(self, paths: Iterable[str]) -> None:
        """What was written here, and may not be by rules that have come since, stays there: it is its user's."""
        sources, mine = set(paths), self.node.ops.get(self.node.name, [])
        for laid in [each for each in self.folder.laid.values() if each.source in sources]:
            author, _, seq = laid.op.rpartition("/")
            if (
                author == self.node.name
                and laid.source not in self.node.access.allowed(mine[int(seq) - 1]).paths
            ):
                self.folder.release(laid.path)

    def _unlock_hidden(self, paths: Iterable[str]) -> None:
        """Who asks for a lock tells everybody what is locked."""
        for path in paths:
            if self.node.access.readers_of(path):
                self.locks.unlock(path)

    # -- what other peers say

    def connected(self, peer: str) -> None:
        """A peer has greeted."""
        self.locks.connected(peer)
        self._perform(self.node.connected(peer))

    def disconnected(self, peer: str) -> None:
        """A connection has ended."""
        self.locks.disconnected(peer)
        self._perform(self.node.disconnected(peer))

    def received(self, peer: str, message: Message, size: int) -> bool:
        """A message of a peer that has greeted. size: its bytes. Answers whether it was asked for.

        Raises Lost for what cannot be dealt with, whyever: nothing of it counts then.
        """
        if self.read_only:
            raise Lost("this peer is read-only")
        try:
            return self._take_up(peer, message, size)
        except Exception as wrong:
            _log.exception("a %s of %s cannot be dealt with", type(message).__name__, peer)
            self._start_over(peer)
            raise Lost(f"a {type(message).__name__} cannot be dealt with: {wrong!r}") from wrong

    def _start_over(self, without: str) -> None:
        """Know what is stored, and nothing that could not be; ask all others again, but for one, for what they have."""
        before, self.node = self.node.others, self._restored()
        for peer, other in before.items():
            if peer == without:
                continue
            try:
                self._perform([*self.node.connected(peer), *self.node.received(peer, Have(other.has))])
            except Exception:  # noqa: BLE001 - whatever it is, the log has it
                _log.exception("nothing can be said to %s", peer)
                self.connections.refuse(peer, "nothing can be said to it")

    def _take_up(self, peer: str, message: Message, size: int) -> bool:
        """Who asks for a block need not be asked: it gets no more than it takes."""
        told = {"peer": peer, "what": "talk", "count": 1, "size": size}
        if isinstance(message, Ops):
            told |= {"what": "ops", "count": len(message.ops)}
        elif isinstance(message, Block) and message.data is not None:
            told |= {"what": "block", "digest": message.digest}
        self._observe("file_transfer", told)
        if isinstance(message, OfLease):
            if not isinstance(message, (Grant, Deny)):  # which answer what it was asked
                self.noticed(peer, Oddity.FLOOD)
            self.locks.received(peer, message)
            return False
        if (odd := self.node.oddity(peer, message)) is not None:
            self.noticed(peer, odd)
        asked = isinstance(message, Want) or self.node.awaits(peer, message)
        self._perform(self.node.received(peer, message))
        return asked

    def noticed(self, peer: str, what: Oddity) -> None:
        """A peer has done that; "": nobody knows who. Users are told of whoever does it often."""
        if self._watch.saw(peer, what, time.monotonic()):
            _log.warning("%s %s", peer or "somebody", what.value)
            self._observe("peer_suspected", {"peer": peer, "reason": what.value})

    # -- when nobody can be believed

    @property
    def read_only(self) -> bool:
        """Whether nothing is taken from others, and nothing said to them; what is here can be read."""
        return bool(self.doubt)

    def _consider(self) -> None:
        """Somebody was caught: when that is more than the group can bear, nobody is believed."""
        count, members = self.reputation.count_caught(time.monotonic()), len(self.store.members())
        if self.settings.doubts and is_in_doubt(count, members) and not self.read_only:
            self._doubt(f"{count} of {members} members were caught")

    def go_on(self) -> None:
        """Believe those who were not caught: a user says so."""
        self.reputation.forgive()
        if self.read_only:
            self._doubt("")
            self._finish_all()
        self._keep_standings()

    def _doubt(self, why: str) -> None:
        """It counts at once, whether or not it can be stored now."""
        self.doubt = why
        _log.warning("%s", f"read-only: {why}" if why else "no more read-only")
        self._tell_mode()
        self.connections.wanted_changed()
        self._keep_standings()

    def _tell_mode(self) -> None:
        self._observe("mode", {"read_only": bool(self.doubt), "reason": self.doubt})

    # -- what the node wants done

    def _perform(self, actions: Sequence[Action]) -> None:
        name = self.node.name
        if any(isinstance(action, (Deliver, Keep, Known, Expose)) for action in actions):
            with self.store.together(durable=any(isinstance(each, (Deliver, Expose)) for each in actions)):
                self._commit(actions)
        self._tell(actions)
        if self.node.name != name:
            self.take_in(paths_of(actions))
        self._lay(paths_of(actions))

    def _begin_anew(self, paths: Sequence[str]) -> None:
        """Its own name is not believed any more: its store was copied, or brought back from a copy.

        What lies in the folder is said again under another name, after a kill too: all of this is one transaction.
        """
        signer = self._signer(new=True)
        self.node.go_on_as(signer.author, signer.sign)
        self.store.put("known", "0")
        self._acknowledged = 0
        self.folder.forget(paths)

    def _commit(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Keep(digest, data):
                    self.store.keep(digest, data)
                case Deliver(op, own, also):
                    self.store.deliver(op, "own" if own else "live", time.monotonic_ns())
                    if also:
                        self._release(also)
                case Known(seq):
                    self.store.put("known", str(seq))
                case Expose(proof, _, paths):
                    self.store.put_proof(proof)
                    if author_of(proof) == self.node.access.owner and self.settings.doubts:
                        self.doubt = _OWNER_CAUGHT  # at once: what follows here must not be told any more
                        self.store.put("doubt", self.doubt)
                    if author_of(proof) == self.node.name:
                        self._begin_anew(paths)
                    elif author_of(proof) == self.node.access.owner:
                        self._release(paths)
                case _:
                    pass

    def _tell(self, actions: Sequence[Action]) -> None:
        """Say what was done, to users and to other peers; all of it is stored by now."""
        delivered = sum(isinstance(action, Deliver) for action in actions)
        n = self.store.count() - delivered if delivered else 0
        for action in actions:
            match action:
                case Deliver(op, _, also):
                    n += 1
                    self._observe("deliver", {"n": n})
                    self._unlock_hidden(also)
                    if self.node.access.allowed(op) is not op:
                        _log.warning("%s has changed what it may not: operation %d", op.author, op.seq)
                case Known(seq):
                    self._acknowledge(seq)
                case Send(to, message):
                    self.connections.send(to, message)
                case Expose(proof, at):
                    author = author_of(proof)
                    _log.warning("%s %s, from its operation %d on", author, in_words(proof), at)
                    self._observe("peer_exposed", {"peer": device_of(author), "at": at})
                    if author == self.node.access.owner and self.settings.doubts:
                        asyncio.get_running_loop().call_soon(self._doubt, _OWNER_CAUGHT)
                case Serve(to, digest):
                    self._serve(to, digest)
                case Refuse(peer, reason, caught):
                    self.connections.refuse(peer, reason)
                    if caught and self.reputation.caught(peer, time.monotonic()):
                        asyncio.get_running_loop().call_soon(self._quarantine, peer, reason)
                        asyncio.get_running_loop().call_soon(self._consider)
                case Unanswered(peer):
                    if self.reputation.kept_waiting(peer, time.monotonic()):
                        asyncio.get_running_loop().call_soon(self._quarantine, peer, "it answers nothing")
                case _:
                    pass
        if self.node.grown and self._saying is None:
            self._saying = asyncio.get_running_loop().call_later(self.settings.announce_s, self._announce)

    def _serve(self, to: str, digest: str) -> None:
        try:
            self.connections.send(to, self.packing.block(digest))
        except Damaged as damaged:
            _log.warning("%s", damaged)
            self.connections.send(to, Block(digest, None))
            self._perform(self.node.mend(digest))

    def _quarantine(self, peer: str, reason: str) -> None:
        until = self.reputation.until(peer)
        _log.warning("%s is quarantined: %s", peer, reason)
        self.connections.quarantine(peer, until)
        self._observe("peer_quarantined", {"peer": peer, "reason": reason, "until_ns": round(until * 1e9)})
        self._keep_standings()

    def _keep_standings(self) -> None:
        """A kill forgets none of them: what is left of a quarantine, or of a doubt, goes on when this peer does.

        A disk that is full stops nothing but that: the next look tries again.
        """
        kept = self.reputation.kept(time.monotonic())
        try:
            if self.doubt != self.store.get("doubt"):
                self.store.put("doubt", self.doubt)
            if kept != self.store.standings():
                self.store.put_standings(kept)
        except sqlite3.Error as wrong:
            _log.warning("whom this peer believes could not be stored: %s", wrong)

    def _announce(self) -> None:
        self._saying = None
        self._perform(self.node.announce())

    def _acknowledge(self, seq: int) -> None:
        """Tell who asked for them that others have its operations up to this one."""
        mine = self.node.ops[self.node.name]
        for op in mine[self._acknowledged : seq]:
            if op.key:
                self._observe("ack", {"op_id": op.key, "server_order": None})
        self._acknowledged = seq

    def _layout(self, path: str) -> dict[str, Head]:
        """Where the versions of a path are to lie."""
        node = self.node
        return layout(path, node.heads.get(path, {}).values(), node.heads, node.folders)

    def _lay(self, paths: Iterable[str]) -> None:
        """Let the folder show these paths as they are now; what users did there meanwhile is taken in first.

        What cannot be laid now (the disk is full, something is in the way) is tried again with the next look.
        """
        for path in self._with_what_is_in_the_way(paths):
            for _ in range(2):
                touched = self._lay_one(path)
                if not touched:
                    break
                self.take_in(touched)
            else:
                self._unlaid[path] = "its user goes on writing"

    def _lay_one(self, path: str) -> list[str]:
        """Answers what a user has changed there."""
        with self.store.together(durable=False):
            try:
                touched = self.folder.lay(path, self._layout(path))
            except (OSError, ValueError, Damaged) as caught:
                wrong: Exception = caught
            else:
                self._unlaid.pop(path, None)
                return touched
        if self._unlaid.get(path) != str(wrong):
            _log.warning("%s cannot be laid into the folder: %s", path, wrong)
        self._unlaid[path] = str(wrong)
        if isinstance(wrong, Damaged):
            self._perform(self.node.mend(wrong.digest))
        return []

    def _with_what_is_in_the_way(self, paths: Iterable[str]) -> list[str]:
        """Files that are called like a needed directory move away first; those that one kept away come back last.

        So do versions that lie beside others, where one of these paths is called, or was called, like them.
        """
        paths = list(dict.fromkeys(paths))
        if any(lies_beside(path) for path in paths):
            beside = (each.source for each in self.folder.laid.values() if each.path != each.source)
            paths = list(dict.fromkeys([*beside, *paths]))
        called_so = dict.fromkeys(
            each for path in paths for each in folders_of(path) if each in self.node.heads
        )
        first = [each for each in called_so if each in self.node.folders]
        return list(dict.fromkeys([*first, *(each for each in paths if each not in called_so), *called_so]))
