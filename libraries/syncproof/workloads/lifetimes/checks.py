"""What is judged of peers that have lived for weeks: for how much of it they were there, and how seldom one failed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.lifetimes.records import Lived

#: From when to when, virtual seconds.
_Span = tuple[float, float]
_DAY_S = 86_400.0
#: What is claimed holds but for one chance of 20.
_CHANCE = 0.05
#: Such a share of the time there has to be no trouble, or nothing is ever due.
_SETTLED = 0.8
_NAMED = 3


@dataclass
class _Lives:
    """All that happened. down: of each peer, when it was killed until it ran again; crashed: likewise, by itself.

    troubled: when any peer was down, or any network cut; in order, none touches another. came: operation -> peer ->
    when. failures: whose, and what, in order. most_kept: peer -> the most that it kept, and when. wanted: how many
    peers were to live, and until when.
    """

    wanted: tuple[int, float]
    peers: list[str] = field(default_factory=list)
    wrote: dict[str, tuple[float, str]] = field(default_factory=dict)
    came: dict[str, dict[str, float]] = field(default_factory=dict)
    down: dict[str, list[_Span]] = field(default_factory=dict)
    crashed: dict[str, list[_Span]] = field(default_factory=dict)
    troubled: list[_Span] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    most_kept: dict[str, tuple[int, float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    ended: float = 0.0

    def due(self, op: str, bound_s: float) -> float:
        """When everybody should have an operation: as soon as there was no trouble for so long since it was made."""
        at = self.wrote[op][0] + bound_s
        behind = bisect_right(self.troubled, at - bound_s, key=lambda span: span[1])
        for begin, end in self.troubled[behind:]:
            if begin >= at:
                break
            at = end + bound_s
        return at

    def late(self, bound_s: float, more_s: float = 0.0) -> dict[str, list[tuple[str, _Span]]]:
        """Peer -> the operations that it did not get so long behind that, and from when to when they were late."""
        found: dict[str, list[tuple[str, _Span]]] = {peer: [] for peer in self.peers}
        for op, (_, author) in self.wrote.items():
            due = self.due(op, bound_s) + more_s
            for peer in self.peers:
                came = self.came.get(op, {}).get(peer, self.ended)
                if peer != author and came > due:
                    found[peer].append((op, (due, came)))
        return found

    def up_s(self, peer: str) -> float:
        """How long a peer was to run."""
        return self.ended - _length(self.down[peer])

    @property
    def lacking(self) -> str:
        """Why nothing can be said of these lives, "" where something can."""
        peers, until = self.wanted
        settled = 1 - _length(self.troubled) / self.ended if self.ended else 0.0
        if not self.came:
            return "nobody got anything"
        if len(self.peers) < peers or self.ended < until:
            lived = f"{count(len(self.peers), 'peer')} lived for {self.ended / _DAY_S:.1f} days"
            return f"{lived}, not {peers} for {until / _DAY_S:g}"
        if not self.faults["down"] or not self.faults["cut"]:
            return f"{self.what}: both have to befall them"
        if settled < _SETTLED:
            return f"only for {settled:.0%} of the time nobody was killed and nothing cut; it takes {_SETTLED:.0%}"
        if any(self.up_s(peer) <= 0 for peer in self.peers):
            return "one of them never ran"
        return ""

    @property
    def what(self) -> str:
        """For people: how much was seen."""
        days = sum(map(self.up_s, self.peers)) / _DAY_S
        befell = f"{count(self.faults['down'], 'kill')}, {count(self.faults['cut'], 'cut')}"
        return f"{days:.1f} peer-days with {count(len(self.wrote), 'change')}, {befell}"


def _length(spans: Iterable[_Span]) -> float:
    """How long any of these lasts."""
    length, until = 0.0, -math.inf
    for begin, end in sorted(spans):
        length += max(0.0, end - max(begin, until))
        until = max(until, end)
    return length


def _lives(history: History) -> _Lives | None:
    """Of those who were to live last; None where nobody has lived to the end."""
    lines = history.of(Lived)
    begins = [number for number, line in enumerate(lines) if line.what == "wanted"]
    if not begins or lines[-1].what != "ended":
        return None
    wanted, lines = lines[begins[-1]], lines[begins[-1] + 1 :]
    lives = _Lives((wanted.amount, wanted.at_s), ended=lines[-1].at_s)
    stopped: dict[str, tuple[str, float]] = {}
    troubles, since = 0, 0.0
    for line in lines:
        at, peer, what = line.at_s, line.peer, line.what
        lives.faults[what] += 1
        change = {"cut": 1, "healed": -1, "down": 1}.get(what, 0)
        if what == "wrote":
            lives.wrote[line.op] = at, peer
        elif what == "came":
            if peer in lives.came.setdefault(line.op, {}):
                lives.failures.append(f"{peer} on day {_day(at)}: it gets {line.op} once more")
            lives.came[line.op].setdefault(peer, at)
        elif what == "up" and peer not in lives.peers:
            lives.peers.append(peer)
            lives.down[peer], lives.crashed[peer] = [], []
        elif what == "up":
            how, stopped_at = stopped.pop(peer)
            (lives.down if how == "down" else lives.crashed)[peer].append((stopped_at, at))
            change = -1 if how == "down" else 0
        elif what == "kept":
            lives.most_kept[peer] = max(
                lives.most_kept.get(peer, (0, at)), (line.amount, at), key=lambda x: x[0]
            )
        if what in ("down", "crashed"):
            stopped[peer] = what, at
        if what in ("failed", "crashed"):
            lives.failures.append(f"{peer} on day {_day(at)}: {line.reason}")
        if change > 0 and not troubles:
            since = at
        troubles += change
        if change < 0 and not troubles:
            lives.troubled.append((since, at))
    for peer, (how, at) in stopped.items():
        (lives.down if how == "down" else lives.crashed)[peer].append((at, lives.ended))
    if troubles:
        lives.troubled.append((since, lives.ended))
    return lives


def _day(at: float) -> int:
    return int(at // _DAY_S) + 1


def available(history: History, *, least: float, bound_s: float, device: str | None = None) -> Verdict:
    """Each peer is available for such a share of the time that it is to run, though it is killed and cut off at times.

    It is not while it lacks a change that it should have had by then, and from when it ended by itself until it runs
    again. A change has to be everywhere when there was no trouble for `bound_s` since it was made: nobody killed,
    nothing cut. While a peer is killed it is not to run. Unknown where not as many lived for as long as was asked for,
    where nobody was killed or nothing was cut, and where that went on for a fifth of the time.

    least: the share. bound_s: virtual seconds. device: judge only this peer.
    """
    lives = _lives(history)
    if lives is None or lives.lacking:
        return nothing_to_judge("available", lives.lacking if lives else "nobody lived to the end")
    late = lives.late(bound_s)
    faults, lowest = [], 1.0
    for peer in lives.peers:
        down = lives.down[peer]
        missing = [*(span for _, span in late[peer]), *lives.crashed[peer]]
        lacking_s = _length([*missing, *down]) - _length(down)
        share = 1 - lacking_s / lives.up_s(peer)
        lowest = min(lowest, share)
        if share < least and device in (None, peer):
            faults.append(
                f"expected {peer} to be available for {least:.4g} of the time; it was for {share:.4f}: it lacked "
                f"{count(len(late[peer]), 'change')} for too long, and ended by itself {len(lives.crashed[peer])} times"
            )
    said = f"{lives.what}; each peer was available for {lowest:.4%} of the time at least"
    return judge("available", faults, (), said)


def seldom_fails(
    history: History,
    *,
    mean_days: float,
    bound_s: float,
    stuck_s: float,
    most_kept: int,
    device: str | None = None,
) -> Verdict:
    """The mean time between failures of a peer is above so many days, but for one chance of 20.

    It fails where it ends by itself, does not take what its user writes, refuses, accuses or quarantines one that is as
    it should be, gets a change twice, lacks one for so long that it is stuck, or has other versions in the end. Without
    a failure it takes three times as many days of all peers together to say so; unknown where there were less, and as
    for `available`. One that keeps ever more fails, however long it has lived.

    mean_days: those days. bound_s: as for `available`. stuck_s: later than that a change is not late, but stuck.
    most_kept: things in memory beyond what a peer has after a restart.
    """
    del device
    lives = _lives(history)
    if lives is None or lives.lacking:
        return nothing_to_judge("seldom_fails", lives.lacking if lives else "nobody lived to the end")
    if uncounted := [peer for peer in lives.peers if peer not in lives.most_kept]:
        return nothing_to_judge("seldom_fails", f"nobody counted what {' and '.join(uncounted)} kept")
    failures = list(lives.failures)
    for peer, late in lives.late(bound_s, stuck_s).items():
        failures += [f"{peer} on day {_day(since)}: it does not get {op}" for op, (since, _) in late]
    grown = [
        f"{peer} on day {_day(at)}: it keeps {kept:,} things more than after a restart"
        for peer, (kept, at) in lives.most_kept.items()
        if kept > most_kept
    ]
    if grown:  # one failure by and by: a peer that is never killed ends by it for certain
        return Verdict(
            "seldom_fails", "fail", _told(grown, f"expected no peer to keep ever more; {lives.what}")
        )
    days = sum(map(lives.up_s, lives.peers)) / _DAY_S
    said = f"{lives.what}, and {count(len(failures), 'failure')}"
    if _chance(len(failures), days / mean_days) <= _CHANCE:
        return Verdict(
            "seldom_fails", "pass", f"{said}, which proves more than {mean_days:g} days between two"
        )
    if failures:
        return Verdict(
            "seldom_fails", "fail", _told(failures, f"expected proof of more than {mean_days:g} days; {said}")
        )
    needed = -math.log(_CHANCE) * mean_days
    return Verdict(
        "seldom_fails",
        "unknown",
        f"unknown: {said}; a sample too small to prove {mean_days:g} days, which takes {needed:.1f} without one",
    )


def _told(failures: Sequence[str], said: str) -> str:
    more = f" and {len(failures) - _NAMED} more" if len(failures) > _NAMED else ""
    return f"{said}: {'; '.join(failures[:_NAMED])}{more}"


def _chance(failed: int, expected: float) -> float:
    """How likely so few failures are where so many are expected."""
    log = math.log(expected) if expected else -math.inf
    return math.fsum(
        math.exp(few * log - expected - math.lgamma(few + 1)) if few else math.exp(-expected)
        for few in range(failed + 1)
    )


LIVENESS = {"available": available, "seldom_fails": seldom_fails}
