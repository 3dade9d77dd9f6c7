"""Who may read and write which files: rules that the folder's owner has signed, in its own chain of operations.

A rule is about what is written from then on. Of all that fit a path the last one counts: of those in force, to read;
to write, of those that the owner made without having had the change. So all who know the same operations and rules find
the same, in whatever order these come, and nobody gets round a rule by saying that it did not know it.

A rule that keeps others from reading is itself for those alone who may: else it would tell the names of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from msgspec.structs import replace

from syncproof_products.peers.core.heads import folders_of
from syncproof_products.peers.core.model import Op, Rule


def fits(pattern: str, path: str) -> bool:
    """Whether a rule is about a path: it, or a directory that it leads through, is called so.

    Example: ``secret/*.txt`` and ``secret`` are about ``secret/plan.txt``.
    """
    return any(each == pattern or fnmatchcase(each, pattern) for each in (path, *folders_of(path)))


class Access:
    """owner: the author whose rules count, as users told it; "" for nobody."""

    def __init__(self) -> None:
        self.owner = ""
        self._ruling: list[Op] = []

    @property
    def rules(self) -> list[Rule]:
        """All that are here, the earliest first."""
        return [rule for op in self._ruling for rule in op.rules]

    def restart(self, ops: Iterable[Op]) -> None:
        """Know the rules of these alone: the owner's, in their order."""
        self._ruling = [op for op in ops if op.rules]

    def take(self, op: Op) -> None:
        """An operation counts from now on."""
        if op.rules and op.author == self.owner:
            self._ruling.append(op)

    def readers_of(self, path: str) -> tuple[str, ...]:
        """The devices that may read a path by all rules that are here; none: everybody."""
        return self._readers(path, lambda _: True)

    def may_write(self, author: str, path: str) -> bool:
        """Whether an author may write a path by all rules that are here."""
        return self._writes(author, self._rule(path, lambda _: True))

    def readers_of_rule(self, rule: Rule) -> tuple[str, ...]:
        """Who may know of a rule: whoever may read by it, or could by an earlier one of the same pattern."""
        if not rule.readers:
            return ()
        earlier = (op.readers for op in self._ruling for each in op.rules if each.pattern == rule.pattern)
        return tuple(sorted({*rule.readers, *(device for readers in earlier for device in readers)}))

    def allowed(self, op: Op) -> Op:
        """An operation without the changes and votes of what its author may not write, or hides from who may read."""
        if not (self._ruling or op.readers) or all(self._allows(op, path) for path in op.paths):
            return op
        return replace(
            op,
            changes=tuple(each for each in op.changes if self._allows(op, each.path)),
            votes=tuple(each for each in op.votes if self._allows(op, each.path)),
        )

    def _allows(self, op: Op, path: str) -> bool:
        mine = op.author == self.owner
        known = op.seq if mine else op.after.get(self.owner, 0)
        rule = self._rule(path, lambda ruling: not (ruling.seq > op.seq if mine else _had(ruling, op)))
        return self._writes(op.author, rule) and op.readers == self._readers(
            path, lambda ruling: ruling.seq <= known
        )

    def _writes(self, author: str, rule: Rule | None) -> bool:
        return rule is None or not rule.writers or author in (self.owner, *rule.writers)

    def _readers(self, path: str, counts: Callable[[Op], bool]) -> tuple[str, ...]:
        rule = self._rule(path, counts)
        return rule.readers if rule else ()

    def _rule(self, path: str, counts: Callable[[Op], bool]) -> Rule | None:
        """The last one that is about a path."""
        rules = (rule for op in reversed(self._ruling) if counts(op) for rule in reversed(op.rules))
        return next((rule for rule in rules if fits(rule.pattern, path)), None)


def _had(ruling: Op, op: Op) -> bool:
    """Whether the owner had an operation when it made a rule."""
    return ruling.after.get(op.author, 0) >= op.seq
