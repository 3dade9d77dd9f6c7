"""Bugs by which locks are had by two, or by nobody any more, or are not shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof_defects import breaks
from syncproof_products.peers.agent.folder import Folder
from syncproof_products.peers.agent.locks import Locks, owner_of
from syncproof_products.peers.core.actions import OfLeases
from syncproof_products.peers.core.leases import Given, Leases
from syncproof_products.peers.core.messages import Ask


@breaks(Leases, "_majority")
def counts_those_who_are_there(_: Callable[[Leases], int], self: Leases) -> int:
    """More than half of those who can be reached are enough for a lock."""
    there = len(self._others) + 1
    if there < len(self._members()):
        counts_those_who_are_there.ran()
    return there // 2 + 1


@breaks(Leases, "_majority")
def needs_nobody_else(_: Callable[[Leases], int], self: Leases) -> int:  # noqa: ARG001
    """Who wants a lock has it when it knows of nobody who does: others are told later."""
    needs_nobody_else.ran()
    return 1


@breaks(Leases, "_asked")
def gives_it_to_whoever_asks(
    original: Callable[[Leases, str, Ask, float], list[OfLeases]],
    self: Leases,
    peer: str,
    ask: Ask,
    now: float,
) -> list[OfLeases]:
    """Who has given a lock to somebody gives it to the next one, too."""
    given = self._given.get(ask.lease)
    if given is not None and self._is_given(given, now) and given.owner not in (peer, self._name):
        gives_it_to_whoever_asks.ran()
        self._given[ask.lease] = Given(highest=ask.epoch - 1)
    return original(self, peer, ask, now)


@breaks(Leases, "_is_given")
def lets_no_lock_end(
    original: Callable[[Leases, Given, float], bool], self: Leases, given: Given, now: float
) -> bool:
    """A lock that nobody asks for any more stays where it is until it is given back."""
    if given.owner and not original(self, given, now):
        lets_no_lock_end.ran()
        return True
    return original(self, given, now)


@breaks(Leases, "pass_time")
def says_nothing_of_a_lost_lock(
    original: Callable[[Leases, float], list[OfLeases]], self: Leases, now: float
) -> list[OfLeases]:
    """Who could not ask for more of a lock in time drops it silently."""
    for lease, wanted in list(self._wanted.items()):
        if wanted.held and now >= wanted.until:
            says_nothing_of_a_lost_lock.ran()
            del self._wanted[lease]
    return original(self, now)


@breaks(Locks, "show")
def leaves_its_own_lock_file(original: Callable[[Locks], None], self: Locks) -> None:
    """After a kill a lock file that is there is left as it is."""
    left = leaves_its_own_lock_file.state.setdefault(
        id(self), {path: self._folder.lock_file_says(path) for path in self._store.lock_files()}
    )
    if left:
        leaves_its_own_lock_file.ran()
        return
    original(self)


@breaks(Folder, "show_locks")
def reads_lock_files_as_they_are(
    original: Callable[[Folder, Mapping[str, str]], None], self: Folder, locks: Mapping[str, str]
) -> None:
    """A lock file that says nothing readable stops all others from being looked at."""
    for path in self._store.lock_files():
        said = self.lock_file_says(path)
        if said is not None and not owner_of(said):
            reads_lock_files_as_they_are.ran()
            return
    original(self, locks)


@breaks(Folder, "show_locks")
def tries_a_lock_file_once(
    original: Callable[[Folder, Mapping[str, str]], None], self: Folder, locks: Mapping[str, str]
) -> None:
    """A lock file that could not be written is never tried again."""
    tried = tries_a_lock_file_once.state.setdefault(id(self), set())
    if locks.keys() & tried:
        tries_a_lock_file_once.ran()
    original(self, {path: said for path, said in locks.items() if path not in tried})
    tried |= {path for path in locks if self.lock_file_says(path) is None}
