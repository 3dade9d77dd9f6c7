"""A peer in a simulation: the node, its disk, its timers, and its user, as `agent.device` has them."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

import msgspec

from syncproof_products.peers.agent.config import Settings
from syncproof_products.peers.agent.pace import slowed_for_half
from syncproof_products.peers.core.actions import Action, Deliver, Expose, Refuse, Send, Serve, Unanswered
from syncproof_products.peers.core.heads import alike, layout
from syncproof_products.peers.core.messages import Block, Message, decode
from syncproof_products.peers.core.model import Change, Content
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.others import Other
from syncproof_products.peers.core.proofs import in_words
from syncproof_products.peers.core.reputation import Reputation
from syncproof_products.peers.core.signing import Signer, is_genuine
from syncproof_products.peers.core.watching import Watch
from syncproof_products.peers.simulation.disk import Disk
from syncproof_products.peers.simulation.network import Network
from syncproof_synckit.virtual_time import Scheduler

#: From when something is stored until others are told, seconds; and until a peer that has failed runs again.
_COMMIT_S, _AGAIN_S = 0.004, 5.0
_BLOCK_BYTES = 64
#: What is looked into for the things that it keeps.
_CORE = "syncproof_products.peers.core."


class Tell(Protocol):
    """Hears of what happens to a peer. at: virtual seconds.

    `wrote`, `came`: an operation was stored where it was made, or elsewhere; op: which. `down`: it was killed;
    `crashed`: its process has ended by itself; `up`: it runs, again. `failed`: it did what no peer should. reason: for
    people.
    `kept`: how many things it keeps in memory beyond what it would have after a restart; amount. `cut`, `healed`: the
    network between it and another one; other. `ended`: all is over.
    """

    def __call__(self, at: float, what: str, peer: str, **more: object) -> None:
        """Something has happened."""


class Peer:
    """A kill forgets all that is not on the disk."""

    def __init__(
        self,
        name: str,
        members: Sequence[str],
        scheduler: Scheduler,
        rng: random.Random,
        settings: Settings,
        network: Network,
        tell: Tell,
    ) -> None:
        self.name, self.running, self.disk = name, False, Disk()
        self._members, self._settings = members, settings
        self._scheduler, self._network, self._tell_of = scheduler, network, tell
        self._signer = Signer(name, rng.randbytes(32))
        self._life = 0
        self._node, self._reputation = self._restored(), Reputation(settings.quarantine_s)
        self._watch = self._watching()
        self._saying = self._looking = False
        network.add(name, self)

    # -- its life

    def start(self) -> None:
        """Run, on what is on the disk."""
        self._life += 1
        self.running, self._saying, self._looking = True, False, False
        self._node, self._reputation = self._restored(), Reputation(self._settings.quarantine_s)
        self._watch = self._watching()
        now = self._scheduler.now
        for other in self._reputation.restore(self.disk.standings, now):
            self._network.refuse(self.name, other, self._reputation.until(other))
        self._tell("up")
        self._network.started(self.name)

    def kill(self) -> None:
        """End at once."""
        if self.running:
            self._end()
            self._tell("down")

    def _end(self) -> None:
        self._life += 1
        self.running = False
        self._network.ended(self.name)

    def _fail(self, reason: str) -> None:
        self._tell("failed", reason=reason)

    def _restored(self) -> Node:
        signer, disk = self._signer, self.disk
        node = Node(signer.author, signer.sign, is_genuine, lambda: self._members, disk.block)
        node.restore(disk.ops, disk.blocks, disk.known, disk.proofs)
        return node

    def _watching(self) -> Watch:
        within_s = self._settings.watch_s
        return Watch(within_s, flood=slowed_for_half(within_s, self._settings.message_s))

    # -- its user

    def write(self, path: str, data: bytes | None) -> None:
        """Let the user write a file, or delete it; one that does not lie there cannot be deleted."""
        node = self._node
        heads = node.heads.get(path, {})
        shown = layout(path, heads.values(), node.heads, node.folders).get(path)
        if shown is not None or data is not None:
            parents = alike(shown.op, heads) if shown is not None else tuple(heads)
            change = Change(path, parents, None if data is None else self._content(data))
            stored = len(self.disk.ops)
            self._do(lambda: node.change([change], "", self._scheduler.now))
            if self.running and len(self.disk.ops) == stored:
                self._fail("it does not take what its user writes")

    def _content(self, data: bytes) -> Content:
        parts = [data[at : at + _BLOCK_BYTES] for at in range(0, len(data), _BLOCK_BYTES)]
        blocks = {hashlib.sha256(part).hexdigest(): part for part in parts}
        self.disk.blocks.update(blocks)
        names = tuple(hashlib.sha256(part).hexdigest() for part in parts)
        return Content(hashlib.sha256(data).hexdigest(), len(data), 0o644, names)

    # -- other peers

    def connected(self, other: str) -> None:
        """There is a connection to another one."""
        self._do(lambda: self._node.connected(other))

    def disconnected(self, other: str) -> None:
        """It has ended."""
        self._do(lambda: self._node.disconnected(other))

    def received(self, other: str, data: bytes) -> None:
        """A message has arrived."""
        if other in self._node.others:
            self._do(lambda: self._take_up(other, decode(data)))

    def _take_up(self, other: str, message: Message) -> list[Action]:
        odd = self._node.oddity(other, message)
        if odd is not None and self._watch.saw(other, odd, self._scheduler.now):
            self._fail(f"it accuses {other}: it {odd.value}")
        return self._node.received(other, message)

    # -- what the node wants done

    def _do(self, step: Callable[[], list[Action]]) -> None:
        """Let the node decide. Where it cannot, its process ends, and whoever looks after it starts it again."""
        if not self.running:
            return
        try:
            actions = step()
        except Exception as wrong:  # noqa: BLE001 - whatever it is: it is what peers are simulated for
            self._tell("crashed", reason=f"{type(wrong).__name__}: {wrong}")
            self._end()
            self._scheduler.after(_AGAIN_S, self.start)
            return
        self.disk.commit(actions)
        for action in actions:
            if isinstance(action, Deliver):
                self._tell("wrote" if action.own else "came", op=action.op.id)
        self._later(_COMMIT_S, partial(self._say, actions))
        if self._node.grown and not self._saying:
            self._saying = True
            self._later(self._settings.announce_s, self._announce)
        if not self._looking and self._node.held + sum(map(_is_open, self._node.others.values())):
            self._looking = True
            every_s = self._settings.answer_s
            self._later(every_s - self._scheduler.now % every_s, self._look)

    def _say(self, actions: Sequence[Action]) -> None:
        now = self._scheduler.now
        for action in actions:
            match action:
                case Send(to, message):
                    self._network.send(self.name, to, message)
                case Serve(to, digest):
                    self._serve(to, digest)
                case Expose(proof):
                    self._fail(f"it exposes another one: it {in_words(proof)}")
                case Refuse(other, reason, caught):
                    self._fail(f"it refuses {other}: {reason}")
                    self._network.refuse(self.name, other)
                    if caught and self._reputation.caught(other, now):
                        self._quarantine(other)
                case Unanswered(other):
                    if self._reputation.kept_waiting(other, now):
                        self._fail(f"it quarantines {other}: it answers nothing")
                        self._quarantine(other)
                case _:
                    pass

    def _serve(self, to: str, digest: str) -> None:
        data = self.disk.blocks.get(digest)
        self._network.send(self.name, to, Block(digest, data))
        if data is None:
            self._do(lambda: self._node.mend(digest))

    def _quarantine(self, other: str) -> None:
        self.disk.standings = self._reputation.kept(self._scheduler.now)
        self._network.refuse(self.name, other, self._reputation.until(other))

    def _announce(self) -> None:
        self._saying = False
        self._do(lambda: self._node.announce())

    def _look(self) -> None:
        """As the shell does every `answer_s`; a look when nobody owes anything changes nothing, and is left out."""
        self._looking = False
        for name, other in self._node.others.items():
            if other.answered:
                self._reputation.answered(name)
        self._do(lambda: self._node.lose_patience())

    # -- what is told of it

    def compare(self, other: Peer) -> None:
        """Tell when it has other versions of files than another one."""
        if self._node.heads != other._node.heads:
            self._fail(f"it has other versions of files than {other.name} in the end")

    def count(self) -> None:
        """Tell how many things it keeps beyond what a peer has that has just started."""
        if self.running:
            self._tell("kept", amount=_things(vars(self._node)) - _things(vars(self._restored())))

    def _tell(self, what: str, **more: object) -> None:
        self._tell_of(self._scheduler.now, what, self.name, **more)

    def _later(self, after: float, action: Callable[[], None]) -> None:
        """Do that in a while, if the same process still runs then."""
        self._scheduler.after(after, partial(self._if_alive, self._life, action))

    def _if_alive(self, life: int, action: Callable[[], None]) -> None:
        if life == self._life and self.running:
            action()


def _is_open(other: Other) -> bool:
    """Whether something would come of looking at what another one owes."""
    return bool(other.pulls or other.blocks or other.lacks or other.answered or other.still)


def _things(found: object) -> int:
    """How many things are in something, and in these."""
    if isinstance(found, msgspec.Struct):
        return sum(_things(getattr(found, name)) for name in found.__struct_fields__)
    if type(found).__module__.startswith(_CORE):
        return _things(vars(found))
    if isinstance(found, Mapping):
        return len(found) + sum(map(_things, found.values()))
    if isinstance(found, (list, tuple, set, frozenset, deque)):
        return len(found) + sum(map(_things, found))
    return 0
