from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    all_again,
    bad,
    empty,
    good,
    installed_anew,
    is_a,
    lines,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.checker_cases.marker_orders import CASES as ORDERS
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import INSTALLATION, Deliver, Marker


def moved(scope: str = "local", at: str = "3", **fields: Any) -> Callable[[], list[Line]]:
    """One of Bob's marker moves, changed."""
    return lines(lambda f: change(f, is_a(Marker, device="Bob", scope=scope, new=at), **fields))


def _held(story: Story) -> None:
    """Bob gets message 5 live while catch-up is still at 2."""
    for _ in range(5):
        story.send("Alice")
    story.deliver("Alice")
    story.deliver("Bob", 2)
    story.mark("Bob")
    story.add(
        Marker, device="Bob", source="Bob", incarnation=1, group="g", scope="local", old="2", new="5", n=2
    )
    story.deliver("Bob", path="catchup")
    story.export()


def _claims_more_than_delivered(story: Story) -> None:
    """The same, and the marker claims a number that only comes true later."""
    for _ in range(5):
        story.send("Alice")
    story.deliver("Bob", 2)
    story.add(
        Marker, device="Bob", source="Bob", incarnation=1, group="g", scope="local", old=None, new="5", n=5
    )
    story.deliver("Bob", path="catchup")
    story.export()


def _marker_after_restart(old: str | None, new: str, n: int, scope: str = "local") -> Callable[[], Story]:
    def tell() -> Story:
        story = exchange(marks=False, export=False)
        story.mark("Bob")
        story.mark("Bob", "remote")
        story.restart("Bob")
        story.send("Alice")
        story.deliver("Bob")
        story.add(
            Marker, device="Bob", source="Bob", incarnation=2, group="g", scope=scope, old=old, new=new, n=n
        )
        story.export()
        return story

    return tell


def _out_of_order(story: Story) -> None:
    """Bob delivers in another order than the log's: number 1 is the log's second."""
    story.send("Alice")
    story.send("Alice")
    story.export()
    for n, op, version in ((1, "a2", "2"), (2, "a1", "1")):
        story.add(
            Deliver, device="Bob", incarnation=1, n=n, op_id=op, group="g", kind="append", author="Alice",
            version=version, server_order=int(version), digest="d-" + op, size=1, path="live",
        )  # fmt: skip
        if n == 1:
            story.add(Marker, device="Bob", incarnation=1, group="g", scope="local", old=None, new="2", n=1)


def _stamped_anew() -> list[Line]:
    """After its restart the device stamps what it had delivered before with the time of now."""
    found = restarted()().lines
    return change(found, is_a(Deliver, incarnation=2), t_ns=found[-1].t_ns)


def _back_twice(story: Story) -> None:
    """From 5 back to 2, and on to 3, which is still back."""
    for _ in range(5):
        story.send("Alice")
        story.deliver("Bob")
        story.mark("Bob")
    for old, new in (("5", "2"), ("2", "3")):
        story.add(Marker, device="Bob", incarnation=1, group="g", scope="local", old=old, new=new, n=int(new))


def _moved_in_the_new_installation(new: str, n: int) -> Callable[[Story], object]:
    where = {
        "device": "Bob",
        "source": "Bob",
        "incarnation": INSTALLATION + 1,
        "group": "g",
        "scope": "local",
    }
    return lambda story: story.add(Marker, old="5", new=new, n=n, **where)


CASES = (
    good("a log that is stamped anew after a restart", _stamped_anew),
    bad("back, and on from there", told(_back_twice), "5 (number 5) to 2", "5 (number 5) to 3 (number 3)"),
    unknown("empty", empty, "the history is empty"),
    unknown("empty, and none is promised", empty, "the history is empty", marker=False),
    good("none is promised", lambda: exchange(marks=False), "promises no read marker", marker=False),
    unknown("no marker", lambda: exchange(marks=False), "no marker moved"),
    good("it follows", exchange, "20 moves"),
    good("without the group's own log", lambda: exchange(export=False)),
    good("it stays where it is over a restart", _marker_after_restart("5", "6", 6)),
    good("it was read, not moved", _marker_after_restart("5", "5", 5)),
    bad(
        "back in version",
        moved(new="1", n=3),
        "Bob's local marker went back from 2 (number 2) to 1 (number 3)",
    ),
    bad("back in number", moved(new="3", n=1), "went back"),
    bad("back on the relay", moved("remote", new="1", n=1), "Bob's remote marker went back"),
    bad(
        "back over a restart, unseen", _marker_after_restart("2", "6", 6), "had been at 5", "moved on from 2"
    ),
    bad("forgotten over a restart", _marker_after_restart(None, "6", 6), "moved on from nothing"),
    bad("back over a restart", _marker_after_restart("5", "3", 3), "went back"),
    good("a relay's marker need not be remembered", _marker_after_restart(None, "6", 6, "remote")),
    bad("ahead of the delivery log", moved(at="5", n=6), "number 6 of a delivery log of 5"),
    bad("ahead of its time", moved(new="4", n=4), "stood at number 4 before that was delivered (Alice #4)"),
    bad("ahead in version only", moved(new="4", n=3), "passed Alice #4, not delivered then", witness=("a4",)),
    bad(
        "past what catch-up had still to bring",
        told(_held),
        "passed Alice #3, #4, #5",
        witness=("a3", "a4", "a5"),
    ),
    bad(
        "claiming more than is delivered",
        told(_claims_more_than_delivered),
        "number 5 before that was delivered",
    ),
    bad("past an event that came under a later number", told(_out_of_order), "passed Alice #1"),
    bad("past one that never came", lines(lambda f: drop(f, delivery("Bob", "a3"))), "Alice #3"),
    bad("to a version that nobody has", moved(new="99"), "version 99, which nobody has"),
    bad(
        "on the relay ahead of the device",
        lines(lambda f: drop(f, is_a(Marker, device="Bob", scope="local", new="4"))),
        "Bob's remote marker at 4 is past the local one at 3",
    ),
    bad(
        "on the relay without the device",
        lines(lambda f: drop(f, is_a(Marker, device="Bob", scope="local"))),
        "a local one that never moved",
    ),
    good("it begins anew with a new installation", installed_anew(all_again)),
    bad(
        "back within a new installation",
        installed_anew(all_again, _moved_in_the_new_installation("2", 2)),
        "went back from 5 (number 5) to 2 (number 2)",
    ),
    bad(
        "what the old installation had is not delivered to the new one",
        installed_anew(lambda s: s.deliver("Bob", 1), _moved_in_the_new_installation("5", 5)),
        "number 5 of a delivery log of 1",
    ),
    good("wrong at another", moved(new="1", n=3), device="Alice"),
    bad("wrong at this one", moved(new="1", n=3), device="Bob"),
    *ORDERS,
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not moves:", "if False:"),
    (
        '            if not self.log.whole:\n                return []\n            return [(f"stands at version',
        '            return [(f"stands at version',
    ),
    (
        '            if not self.log.whole:\n                return []\n            return [(f"stands at number',
        '            return [(f"stands at number',
    ),
    ("if op_id in first else self.log.whole", "if op_id in first else True"),
    ("if op_id in first else self.log.whole", "if op_id in first else False"),
    ("[*partly]", "()"),
    ("if not marker:", "if False:"),
    ("if not marker:", "if marker:"),
    ("if not history.lines:", "if False:"),
    (
        "place = self._place.get(move.new)\n        if place is None:",
        "place = self._place.get(move.new, 0)\n        if False:",
    ),
    ("            *self._back(move, place),\n", ""),
    ("            *self._beyond_log(move),\n", ""),
    ("            *self._past_undelivered(move, place),\n", ""),
    ("            *self._past_local(move, place),\n", ""),
    ("place < before[0] or move.n < before[1].n", "place < before[0]"),
    ("place < before[0] or move.n < before[1].n", "move.n < before[1].n"),
    ("place < before[0] or move.n < before[1].n", "place <= before[0]"),
    ('if move.scope == "local":', "if True:"),
    ('if move.scope == "local":', "if False:"),
    ("if old < before[0]:", "if old <= before[0]:"),
    ("if move.old is not None else 0", "if move.old is not None else before[0]"),
    ("self._place.get(move.old, 0)", "before[0]"),
    ("if move.n > len(self._stamps):", "if False:"),
    ("self._stamps[move.n - 1] > move.t_ns", "self._stamps[move.n - 1] < move.t_ns"),
    ("self._stamps[move.n - 1] > move.t_ns", "False and move.t_ns"),
    (
        "self._stamps += [entry.t_ns for entry in entries[len(self._stamps) :]]",
        "self._stamps = [line.t_ns for line in entries]",
    ),
    ("bisect_right(self.order.places, place)", "bisect_right(self.order.places, place - 1)"),
    ("if self._needed[before] <= move.n:", "if True:"),
    ("if self._needed[before] <= move.n:", "if self._needed[before] < move.n + 2:"),
    (
        'max(self._needed[-1], entry_of.n if entry_of else float("inf"))',
        "max(self._needed[-1], entry_of.n if entry_of else 0)",
    ),
    (
        'max(self._needed[-1], entry_of.n if entry_of else float("inf"))',
        'entry_of.n if entry_of else float("inf")',
    ),
    ('if move.scope != "remote":', "if True:"),
    ("place <= local[0]:", "place >= local[0]:"),
    ("if move.incarnation % INSTALLATION > 1 and (", "if ("),
    ("if before is None or place >= before[0]:", "if True:"),
    ("key = (move.device, move.group, installation(move.incarnation))", "key = (move.device, move.group, 0)"),
    (".of_installation(key[2])", ""),
)
