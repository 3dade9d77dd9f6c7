"""One peer: the operations that it has, and what it tells and asks the peers that it is connected to.

A peer says what it has whenever that has grown, and asks one of those who have more for the rest. Operations are few
bytes; the blocks of files are asked for one by one, each of one peer that has it, the smallest operation first.
An operation is delivered when all that its author had before it is delivered here, and its blocks are here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice

from msgspec.structs import replace

from syncproof_products.peers.core.actions import Action, Deliver, Expose, Keep, Known, Refuse, Send, Serve
from syncproof_products.peers.core.batches import batches
from syncproof_products.peers.core.bounds import MOST_BLOCK, MOST_FILTER, MOST_NAMES, MOST_OP, batched
from syncproof_products.peers.core.contents import Damaged, holds, is_true
from syncproof_products.peers.core.filters import Filter
from syncproof_products.peers.core.forks import forked_at, proof_of
from syncproof_products.peers.core.guarding import Guarding
from syncproof_products.peers.core.heads import Head, folders_of, folders_with_files, lies, versions_of
from syncproof_products.peers.core.lists import lists_of, names_of
from syncproof_products.peers.core.messages import (
    Block,
    Forked,
    Have,
    Here,
    Message,
    Ops,
    Part,
    Pull,
    Still,
    Want,
)
from syncproof_products.peers.core.model import MOST, Change, Clock, Op, Rule, Vote, device_of
from syncproof_products.peers.core.others import Other
from syncproof_products.peers.core.proofs import Lie, Proof, at, author_of, message_to
from syncproof_products.peers.core.references import about_known, knows_all
from syncproof_products.peers.core.votes import outvoted, votes_on
from syncproof_synckit.vector_clock import dominates, merge

#: Letters of a fingerprint by which peers see that they have the same.
_TIP = 16


class Node(Guarding):
    """name: under which its operations go, see `author_of`. Make it, then `restore` what is stored.

    sign: puts this author's signature on an operation. is_genuine: whether one has its author's. See `core.signing`.
    members: answers the devices that take part: nothing of others counts, and each has a vote.
    read: a block that is stored; raises Damaged.
    """

    def __init__(
        self,
        name: str,
        sign: Callable[[Op], Op],
        is_genuine: Callable[[Op], bool],
        members: Callable[[], Collection[str]],
        read: Callable[[str], bytes],
    ) -> None:
        super().__init__(name, read)
        self._sign, self._is_genuine, self._members = sign, is_genuine, members
        #: Path -> operation -> its version, as far as nothing has replaced it.
        self.heads: dict[str, dict[str, Head]] = {}
        #: Directories that files lie in -> how many.
        self.folders: Counter[str] = Counter()
        #: Paths on whose versions somebody has voted.
        self.voted: set[str] = set()
        self._depth = 0
        #: Author -> fingerprint of its last operation here.
        self._tips: dict[str, str] = {}
        #: Operations that are not here -> paths on which their versions were replaced already.
        self._ahead: dict[str, set[str]] = {}
        self._grown = False

    # -- what it starts with

    def restore(
        self, ops: Iterable[Op], blocks: Iterable[str], known: int, proofs: Iterable[Proof] = ()
    ) -> None:
        """Be as it was. ops: in the order in which they were delivered."""
        proofs = list(proofs)
        self.exposed = {author_of(proof): (at(proof), proof) for proof in proofs}
        self.blocks.update(blocks)
        self._of_nothing = set(self.blocks)
        for proof in proofs:
            if isinstance(proof, Lie):  # others are to find that out by themselves
                self._guard(proof.op)
        for op in ops:
            if self.counts(op):
                self._take(op)
        self._of_nothing = set(self._of_nothing)  # one that has shrunk goes on taking its room
        self.known, self._grown = known, False

    def owned_by(self, owner: str) -> list[str]:
        """The rules of this author count from now on, and nobody else's. Answers the paths that may have changed."""
        self.access.owner = owner
        self.access.restart(self.ops.get(owner, []))
        paths = sorted({path for each in self.ops.values() for op in each for path in op.paths})
        self._rebuild(paths)
        return paths

    def go_on_as(self, name: str, sign: Callable[[Op], Op]) -> None:
        """Write under another name from now on."""
        self.name, self._sign, self.known = name, sign, 0

    # -- what is asked of it

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """Make an operation of its own. The blocks must be stored.

        Raises ValueError where it is about paths that not the same devices may read.
        """
        return self._make(changes, key, written, votes, ())

    def rule(self, rule: Rule, key: str, written: float) -> list[Action]:
        """Make a rule, of who may read and write files. It counts where this peer is the owner."""
        return self._make((), key, written, (), (rule,))

    def _make(
        self,
        changes: Sequence[Change],
        key: str,
        written: float,
        votes: Sequence[Vote],
        rules: tuple[Rule, ...],
    ) -> list[Action]:
        mine = self.ops.get(self.name, [])
        op = Op(
            author=self.name,
            seq=len(mine) + 1,
            before=self._tips.get(self.name, ""),
            after=self._causes(changes, votes),
            depth=min(self._depth + 1, MOST),
            changes=tuple(replace(each, parents=each.parents[:MOST_NAMES]) for each in changes),
            key=key,
            written=written,
            votes=tuple(votes),
            rules=rules,
        )
        readers = {*map(self.access.readers_of, op.paths), *map(self.access.readers_of_rule, rules)}
        if len(readers) > 1:
            raise ValueError("what is for different readers is different operations")
        if any(each and device_of(self.name) not in each for each in readers):
            raise ValueError("what is kept from this peer it does not write")
        op = self._sign(about_known(replace(op, readers=next(iter(readers), ()))))
        self._guard(op)
        self._add_blocks(names_of(op))
        self._guard(op)  # what is named in lists, too, that are known to be here now
        self._add_blocks(self._in_lists(op))
        self._take(op)
        return [Deliver(op, own=True, also=self._ruled_by(op)), *self._deliver()]

    def connected(self, peer: str) -> list[Action]:
        """A peer can be talked to from now on; what was under way from it before is lost."""
        lost = self.disconnected(peer) if peer in self.others else []
        self.others[peer] = Other(late=peer in self._late, device=peer)
        proofs = [Send(peer, message_to(peer, proof)) for _, proof in self.exposed.values()]
        return [*lost, *proofs, *(Send(peer, have) for have in self.have())]

    def disconnected(self, peer: str) -> list[Action]:
        """A peer cannot be talked to any more: what it was asked for others are asked for."""
        gone = self.others.pop(peer, None)
        if gone is not None and gone.late:
            self._late.add(peer)
        return [*self._deliver(), *self._ask()]

    def lose_patience(self) -> list[Action]:
        """See there; what nobody else is waited for any more does not have to wait, either."""
        return [*super().lose_patience(), *self._deliver()]

    def received(self, peer: str, message: Message) -> list[Action]:
        """A message of a peer that is connected."""
        match message:
            case Have(has, tips):
                return [*self._heard(peer, has), *self._compare(peer, has, tips)]
            case Pull(after, upto):
                self._gives_out(peer, upto)
                told = [op.told_to(peer) for op in self._behind(after, upto)]
                return [Send(peer, Ops(batch)) for batch in batches(told)]
            case Ops(ops):
                return self._got(peer, ops)
            case Part(op, blocks):
                return self._got_part(peer, op, blocks)
            case Want(digest):
                given = digest in self.blocks and self._may_have(peer, digest)
                return [Serve(peer, digest) if given else Send(peer, Block(digest, None))]
            case Block(digest, data):
                return self._got_block(peer, digest, data)
            case Still():
                return [Send(peer, Here())]
            case Here():
                return self._is_here(peer)
            case Forked(one, other):
                both = self._is_fit(one) and self._is_fit(other)
                if not (both and forked_at(one, other)):
                    return [Refuse(peer, f"what it says of {one.author} proves nothing", caught=True)]
                return self._expose(proof_of(one, other))
            case _:
                return [Refuse(peer, "a second greeting")]

    def announce(self) -> list[Action]:
        """Say what it has, as far as that has grown since it was last said: whole, and in part."""
        parts = [
            Send(peer, part)
            for part in self._tell_parts()
            for peer, other in self.others.items()
            if part.op.is_for(peer) and not self._has(other, part.op)
        ]
        if not self._grown:
            return [*parts]
        self._grown = False
        haves = self.have()
        return [*parts, *(Send(peer, have) for peer in self.others for have in haves)]

    def have(self) -> list[Have]:
        """What it says of what it has, in as many messages as that takes."""
        parts = list(batched(self.has, MOST_NAMES)) or [[]]
        return [
            Have(
                {author: self.has[author] for author in part},
                {author: self._tips[author][:_TIP] for author in part},
            )
            for part in parts
        ]

    def let_in(self) -> list[Action]:
        """There are other members now: ask for what they have written, which counted for nothing before."""
        return self._ask()

    def counts(self, op: Op) -> bool:
        """Whether its author takes part, and is believed as far as that."""
        return self._is_let_in(op.author) and super().counts(op)

    # -- what it has to do

    @property
    def grown(self) -> bool:
        """Whether there is something to announce."""
        return self._grown or bool(self._parts)

    @property
    def held(self) -> int:
        """Operations that are here and cannot be delivered yet."""
        return sum(len(waiting) for waiting in self._waiting.values())

    @property
    def unknown(self) -> int:
        """Own operations that nobody else has."""
        return self.has.get(self.name, 0) - self.known

    # -- inside

    def _is_let_in(self, author: str) -> bool:
        device = device_of(author)
        return device == device_of(self.name) or device in self._members()

    def _causes(self, changes: Iterable[Change], votes: Iterable[Vote]) -> Clock:
        """What it has of others. Of very many authors those that the changes and votes are about go first."""
        parents = (parent for change in changes for parent in change.parents)
        candidates = (candidate for vote in votes for candidate in vote.candidates)
        about = dict.fromkeys(each.rpartition("/")[0] for each in (*parents, *candidates))
        authors = (author for author in (*about, *self.has) if author in self.has and author != self.name)
        return {author: self.has[author] for author in islice(dict.fromkeys(authors), MOST_NAMES)}

    def _is_fit(self, op: Op) -> bool:
        """Whether an operation is what its author has signed, and can be passed on."""
        return op.length() <= MOST_OP and op.is_for(device_of(op.author)) and self._is_genuine(op)

    def _heard(self, peer: str, has: Clock) -> list[Action]:
        other = self.others[peer]
        other.has = merge([other.has, has])
        for op in [each for each in other.parts if other.has_all_of(each)]:
            del other.parts[op]
            self._has_more(other, op)
        actions: list[Action] = self._warn(peer, has)
        if (known := self._kept()) > self.known:
            self.known = known
            actions.append(Known(known))
        return [*actions, *self._ask()]

    def _behind(self, after: Clock, upto: Clock) -> list[Op]:
        found = [
            op
            for author, last in upto.items()
            for op in self.ops.get(author, [])[after.get(author, 0) : last]
        ]
        return sorted(found, key=lambda op: (op.depth, op.author))

    def _got(self, peer: str, ops: Sequence[Op]) -> list[Action]:
        actions: list[Action] = []
        for op in ops:
            wrong, known = self._take_in(peer, op)
            if known:
                self._is_sent(peer, op)
            actions += wrong
        return [*actions, *self._deliver(), *self._ask()]

    def _got_part(self, peer: str, op: Op, blocks: bytes) -> list[Action]:
        """Nobody is asked for more of an operation than it has, as far as anybody knows."""
        if len(blocks) > MOST_FILTER:
            return [Refuse(peer, f"it says more of operation {op.id} than anybody may", caught=True)]
        actions, known = self._take_in(peer, op)
        if known and op.id in self._lacking:
            self.others[peer].parts[op.id] = Filter(blocks)
            self._has_more(self.others[peer], op.id)
        return [*actions, *self._deliver(), *self._ask()]

    def _take_in(self, peer: str, op: Op) -> tuple[list[Action], bool]:
        """An operation that a peer has sent waits for what it needs. Answers whether it does, or is here already."""
        if not self.counts(op):
            return [], False
        op = op if self._reads(op) else op.veiled()
        waiting = self._waiting.setdefault(op.author, {})
        mine = self.ops.get(op.author, [])
        known = mine[op.seq - 1] if 0 < op.seq <= len(mine) else waiting.get(op.seq)
        if known is not None and known.fingerprint() == op.fingerprint():
            return [], True
        if op.seq < 1 or (op.seq == 1 and op.before) or not self._is_fit(op):
            return [Refuse(peer, f"operation {op.id} is not its author's", caught=True)], False
        if known is not None:
            return self._expose(proof_of(known, op)), False
        if not knows_all(op):
            reason = f"operation {op.id} replaces what its author did not have"
            return [Refuse(peer, reason, caught=True)], False
        if op.veil and self._reads(op):
            withheld = self._withheld(peer, op)
            return withheld, not withheld
        waiting[op.seq] = op
        self._guard(op)
        needed = (*names_of(op), *self._in_lists(op))
        lacking = dict.fromkeys(digest for digest in needed if digest not in self.blocks)
        if lacking:
            self._lacking[op.id] = lacking
            self._lists[op.id] = lists_of(op)
        return [], True

    def _got_block(self, peer: str, digest: str, data: bytes | None) -> list[Action]:
        other = self.others[peer]
        owed = other.sent_block(digest)
        if not owed and (digest in self.blocks or not self._lacked(digest)):
            return []  # nobody needs it
        if data is None:
            self.asked_in_vain += owed
            other.lacks.add(digest)
            return self._ask()
        if len(data) > MOST_BLOCK or not holds(digest, data):
            return [Refuse(peer, f"block {digest} is another one", caught=True)] if owed else []
        if owed:
            self._answers(peer)
        if digest in self.blocks:
            return self._want(peer)
        self._new[digest] = data
        self._add_blocks([digest])
        self._guard_listed(digest)
        actions = [Keep(digest, data), *self._deliver(), *self._want(peer)]
        self._new.clear()
        return actions

    def _deliver(self) -> list[Action]:
        """All that can be delivered now."""
        actions: list[Action] = []
        delivered = True
        while delivered:
            delivered = False
            for author, waiting in list(self._waiting.items()):
                op = waiting.get(self.has.get(author, 0) + 1)
                if op is None or not self._is_due(op):
                    continue
                del waiting[op.seq]
                if op.before != self._tips.get(author, ""):
                    actions += self._expose(proof_of(self.ops[author][-1], op))
                    continue
                try:
                    true = is_true(op, self._read)
                except Damaged as damaged:
                    waiting[op.seq] = op
                    actions += self.mend(damaged.digest)
                    continue
                if not true:
                    actions += self._expose(Lie(op))
                    continue
                self._take(op)
                for other in self.others.values():
                    if op.id in other.showed:
                        other.showed.remove(op.id)
                        other.has = merge([other.has, {op.author: op.seq}])
                actions += [Deliver(op, own=False, also=self._ruled_by(op)), *self._compare_with_all(op)]
                delivered = True
        return actions

    def _is_due(self, op: Op) -> bool:
        if op.id in self._lacking or not self.blocks.issuperset(names_of(op)):
            return False
        after = {author: min(seq, self._last_of(author)) for author, seq in op.after.items()}
        missing = {author: seq for author, seq in after.items() if self.has.get(author, 0) < seq}
        return not missing or (
            any(each.veiled for each in self.others.values())
            and dominates(
                self.has, {author: min(seq, self._to_come(author)) for author, seq in missing.items()}
            )
        )

    def _take(self, op: Op) -> None:
        """It counts from now on."""
        self.ops.setdefault(op.author, []).append(op)
        self.has[op.author] = op.seq
        self._tips[op.author] = op.fingerprint()
        self._depth = max(self._depth, op.depth)
        self._grown = True
        self._guard(op)
        for other in self.others.values():
            if other.veiled.get(op.author) == op.seq:
                del other.veiled[op.author]
        self.access.take(op)
        if ruled := self._ruled_by(op):
            self._rebuild(ruled)
        for change in op.changes:
            for parent in change.parents:
                author, _, seq = parent.rpartition("/")
                if int(seq) > self.has.get(author, 0):
                    self._ahead.setdefault(parent, set()).add(change.path)
        replaced = self._ahead.pop(op.id, set())
        op = self.access.allowed(op)
        for change in op.changes:
            heads = self.heads.setdefault(change.path, {})
            lay_there = lies(heads)
            for parent in change.parents:
                heads.pop(parent, None)
            heads[op.id] = Head(op.id, op.depth, change.content)
            for folder in folders_of(change.path):
                self.folders[folder] += lies(heads) - lay_there
                if not self.folders[folder]:
                    del self.folders[folder]
        self.voted.update(vote.path for vote in op.votes)
        if counted := self.voted.intersection(op.paths) | replaced:
            self._rebuild(counted)

    def _rebuild(self, paths: Collection[str]) -> None:
        """The versions of these paths anew, from all operations that count."""
        ops = [self.access.allowed(op) for each in self.ops.values() for op in each]
        self.heads |= versions_of(paths, ops)
        for path in self.voted.intersection(paths):
            for op_id in outvoted(votes_on(path, ops), self._members()):
                self.heads[path].pop(op_id, None)
        for path in paths:
            if not self.heads[path]:
                del self.heads[path]  # as for who has never had any of it
        self.folders = folders_with_files(self.heads)

    # -- authors who are not believed

    def _compare(self, peer: str, has: Clock, tips: Mapping[str, str]) -> list[Action]:
        """Where a peer has something else of an author under the same number: ask for all of that.

        What is not here yet is compared when it is.
        """
        apart: Clock = {}
        for author, tip in tips.items():
            seq, mine = has.get(author, 0), self.ops.get(author, [])
            if seq > len(mine):
                self.others[peer].tips[author] = seq, tip
            elif seq > 0 and not self._fingerprint_of(author, seq).startswith(tip):
                apart[author] = seq
        return [Send(peer, Pull(dict.fromkeys(apart, 0), apart))] if apart else []

    def _fingerprint_of(self, author: str, seq: int) -> str:
        """Of an operation that is here: the one behind it says so, too."""
        mine = self.ops[author]
        return mine[seq].before if seq < len(mine) else self._tips[author]

    def _compare_with_all(self, op: Op) -> list[Action]:
        """With what others said of it before it was here."""
        actions: list[Action] = []
        for peer, other in self.others.items():
            seq, tip = other.tips.get(op.author, (0, ""))
            if seq == op.seq:
                del other.tips[op.author]
                actions += self._compare(peer, {op.author: seq}, {op.author: tip})
        return actions

    def _expose(self, proof: Proof) -> list[Action]:
        """Nothing that an author said from there on counts any more; everybody is told why."""
        author, since = author_of(proof), at(proof)
        if since > self._last_of(author) or not self._is_let_in(author):
            return []
        self.exposed[author] = since, proof
        gone = self.ops.get(author, [])[since - 1 :]
        del self.ops.get(author, [])[since - 1 :]
        self._waiting[author] = {seq: op for seq, op in self._waiting.get(author, {}).items() if seq < since}
        for op_id in self._lacking.keys() - {
            op.id for each in self._waiting.values() for op in each.values()
        }:
            self._lacks_no_more(op_id)
        for other in self.others.values():
            other.pulls.pop(author, None)
        self.has[author] = min(self.has.get(author, 0), since - 1)
        self._tips[author] = self.ops[author][-1].fingerprint() if self.ops.get(author) else ""
        paths = {path for op in gone for path in op.paths}
        if author == self.access.owner:
            self.access.restart(self.ops.get(author, []))
            paths.update(path for op in gone for path in self._ruled_by(op))
        if not self.has[author]:
            del self.has[author], self._tips[author]
        self._rebuild(paths)
        self._grown = True
        told = [Send(peer, message_to(peer, proof)) for peer in self.others]
        return [Expose(proof, since, tuple(sorted(paths))), *told, *self._deliver()]
