"""Locks: who has them, one at a time, and what lock files say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note
from syncproof.workloads.locks.records import Lock, LockAsked, LockFilesSeen

Act = Callable[[Story], object]
PLAN = "plan.txt"
BY: dict[str, Any] = {"path": PLAN, "asked_ns": 1000 * MS, "within_ns": 200 * MS}
BOTH: dict[str, Any] = {"names": ["Alice", "Bob"], **BY}


def asks(device: str, path: str = PLAN, action: str = "lock") -> Act:
    """A device is asked to have a lock, or to need it no more."""
    return lambda story: story.add(LockAsked, device=device, path=path, action=action)


def has(device: str, epoch: int = 1, *, for_ms: int = 50, path: str = PLAN) -> Act:
    """A device says that it has a lock, or has it for longer."""
    return lambda story: story.add(
        Lock,
        device=device,
        source=device,
        path=path,
        state="held",
        epoch=epoch,
        until_ns=story.now + (for_ms + 1) * MS,
    )


def has_no_more(device: str, state: str = "given_back", *, path: str = PLAN) -> Act:
    """A device says that it has a lock no more."""
    return lambda story: story.add(Lock, device=device, source=device, path=path, state=state, epoch=1)


def is_killed(device: str) -> Act:
    """A device's process is killed."""
    return lambda story: story.fault("start", on=(device,), kind="kill")


def is_reinstalled(device: str) -> Act:
    """A device has lost all its data."""
    return lambda story: story.add(Note, device=device, what="reinstalled")


def shows(device: str, owner: str | None = None) -> Act:
    """A device's lock files are looked at; owner: by what that of the plan says, None for no such file."""
    owners = {} if owner is None else {PLAN: owner}
    return lambda story: story.add(LockFilesSeen, device=device, owners=owners)


ALICE = (asks("Alice"), has("Alice"))

CASES: dict[str, tuple[Case, ...]] = {
    "one_holder": (
        unknown("empty", empty, "the history is empty"),
        good("no locks", told(lambda story: story.send("Alice")), "0 locks"),
        good("one after the other", told(*ALICE, has_no_more("Alice"), has("Bob", 2)), "2 locks held"),
        bad("at once", told(*ALICE, has("Bob", 2)), 'Alice and Bob had the lock of "plan.txt" at once'),
        good("of two files", told(*ALICE, has("Bob", 1, path="list.txt"))),
        good("when it had run out", told(*ALICE, wait(60), has("Bob", 2))),
        good("who was suspended says later that it was lost", told(
            *ALICE, wait(60), has("Bob", 2), has_no_more("Alice", "lost"))),
        bad("it had it for longer", told(*ALICE, wait(40), has("Alice"), wait(20), has("Bob", 2)), "at once"),
        bad("it has it for longer though it had run out", told(
            *ALICE, wait(60), has("Bob", 2), has("Alice")), "Bob and Alice had"),
        good("it had it anew", told(*ALICE, wait(60), has("Alice", 2))),
        bad("it had it anew in the same epoch", told(*ALICE, wait(60), has("Alice", 1)), "in epoch 1, after Alice"),
        good("when it had been killed", told(*ALICE, is_killed("Alice"), has("Bob", 2))),
        good("when it had been installed anew", told(*ALICE, is_reinstalled("Alice"), has("Bob", 2))),
        good("when it gave back what it had anew", told(
            has("Alice", for_ms=900), has("Alice", 2), has_no_more("Alice"), has("Bob", 3))),
        bad("when another one had been killed", told(*ALICE, is_killed("Bob"), has("Bob", 2))),
        bad("a lower epoch", told(has("Alice", 2), has_no_more("Alice"), has("Bob", 1)),
            "in epoch 1, after Alice in epoch 2"),
        bad("the same epoch", told(*ALICE, has_no_more("Alice"), has("Bob", 1))),
        bad("with one who has it long", told(
            has("Alice", 1, for_ms=500), has("Bob", 2, for_ms=5), wait(20), has("Carol", 3),
            devices=("Alice", "Bob", "Carol")), "Alice and Carol had"),
        good("only Carol is judged", told(*ALICE, has("Bob", 2)), device="Carol"),
        bad("Bob is judged", told(*ALICE, has("Bob", 2)), device="Bob"),
        bad("Alice is judged", told(*ALICE, has("Bob", 2)), device="Alice"),
        good("the epochs of others than Carol", told(has("Alice", 2), has_no_more("Alice"), has("Bob", 1)),
             device="Carol"),
    ),
    "lock_held": (
        unknown("empty", empty, "Alice was not asked", device="Alice", **BY),
        unknown("asked for another one", told(asks("Alice", "x"), has("Alice")), device="Alice", **BY),
        unknown("told to give it back", told(asks("Alice", action="unlock"), has("Alice")), device="Alice", **BY),
        good("it has it", told(*ALICE), 'Alice has the lock of "plan.txt"', device="Alice", **BY),
        bad("nobody has it", told(asks("Alice")), "nobody has it", device="Alice", **BY),
        bad("another one has it", told(asks("Alice"), has("Bob")), "Bob has it", device="Alice", **BY),
        bad("too late", told(asks("Alice"), wait(300), has("Alice")), device="Alice", **BY),
        bad("of another file", told(asks("Alice"), has("Alice", path="x")), device="Alice", **BY),
        bad("it had it before", told(*ALICE, has_no_more("Alice")), device="Alice",
            **{**BY, "asked_ns": 1020 * MS}),
    ),
    "lock_held_by_one": (
        unknown("empty", empty, "not all of them were asked", **BOTH),
        unknown("one was not asked", told(*ALICE), "not all of them", **BOTH),
        good("one has it", told(asks("Bob"), *ALICE), **BOTH),
        bad("none has it", told(asks("Alice"), asks("Bob")), "expected one of Alice and Bob", "none has it", **BOTH),
        bad("somebody else has it", told(asks("Alice"), asks("Bob"), has("Carol"),
            devices=("Alice", "Bob", "Carol")), **BOTH),
        bad("too late", told(asks("Bob"), asks("Alice"), wait(300), has("Alice")), **BOTH),
        bad("it had it before", told(asks("Bob"), *ALICE, has_no_more("Alice")),
            **{**BOTH, "asked_ns": 1020 * MS}),
    ),
    "lock_held_by_each": (
        unknown("empty", empty, "nobody had the lock", **BOTH),
        good("each had it", told(*ALICE, has_no_more("Alice"), has("Bob", 2)), **BOTH),
        bad("one had it", told(*ALICE), 'expected Bob to have had the lock of "plan.txt"', **BOTH),
        bad("one of another file", told(*ALICE, has("Bob", path="x")), **BOTH),
        bad("too late", told(*ALICE, has_no_more("Alice"), wait(300), has("Bob", 2)), **BOTH),
    ),
    "lock_held_by_nobody": (
        unknown("empty", empty, 'nobody wanted the lock of "plan.txt"', **BY),
        unknown("nobody wanted it", told(wait(300), lambda story: story.send("Alice")), **BY),
        unknown("it was not so long", told(asks("Alice")), "it was not so long", **BY),
        good("nobody has it", told(asks("Alice"), wait(300), asks("Bob")), **BY),
        bad("somebody has it", told(*ALICE, wait(300), asks("Bob")),
            'expected nobody to have the lock of "plan.txt" for 0.2 s; Alice had it', **BY),
        good("somebody had it before", told(*ALICE, has_no_more("Alice"), wait(300), asks("Bob")),
            **{**BY, "asked_ns": 1020 * MS}),
        good("somebody had it later", told(asks("Alice"), wait(300), has("Alice")), **BY),
        good("somebody has another one", told(asks("Bob"), has("Bob", path="x"), wait(300), asks("Bob")), **BY),
        bad("somebody leads", told(asks("Bob", ""), has("Bob", path=""), wait(300), asks("Bob")),
            "expected nobody to have the lead", **{**BY, "path": ""}),
    ),
    "lock_lost": (
        unknown("empty", empty, "Alice never had the lock", device="Alice", **BY),
        unknown("another one had it", told(has("Bob"), has_no_more("Bob", "lost")), device="Alice", **BY),
        good("lost", told(*ALICE, wait(60), has_no_more("Alice", "lost")), device="Alice", **BY),
        bad("given back", told(*ALICE, has_no_more("Alice")), "expected Alice to say", device="Alice", **BY),
        bad("it said nothing", told(*ALICE, wait(60)), device="Alice", **BY),
        bad("another one of it", told(*ALICE, has("Alice", path="x"), has_no_more("Alice", "lost", path="x")),
            device="Alice", **BY),
        bad("too late", told(has("Alice", for_ms=900), wait(300), has_no_more("Alice", "lost")),
            device="Alice", **BY),
        bad("it had run out in time, and was said too late", told(*ALICE, wait(300), has_no_more("Alice", "lost")),
            device="Alice", **BY),
        bad("it has it again", told(*ALICE, has_no_more("Alice", "lost"), has("Alice", 2)), device="Alice", **BY),
        good("it has it again later", told(
            *ALICE, has_no_more("Alice", "lost"), wait(300), has("Alice", 2)), device="Alice", **BY),
    ),
    "lock_shown": (
        unknown("empty", empty, "nobody looked at Bob's lock files", device="Bob", owner="Alice", **BY),
        unknown("nobody looked at his", told(shows("Alice", "Alice")), device="Bob", owner="Alice", **BY),
        good("shown", told(shows("Bob"), shows("Bob", "Alice")), device="Bob", owner="Alice", **BY),
        bad("none", told(shows("Bob")), "there is none", device="Bob", owner="Alice", **BY),
        bad("another one", told(shows("Bob", "Carol")), "it names Carol", device="Bob", owner="Alice", **BY),
        bad("damaged", told(shows("Bob", "")), "nobody can read it", device="Bob", owner="Alice", **BY),
        bad("no more", told(shows("Bob", "Alice"), shows("Bob")), device="Bob", owner="Alice", **BY),
        bad("too late", told(shows("Bob"), wait(300), shows("Bob", "Alice")), device="Bob", owner="Alice", **BY),
        good("gone", told(shows("Bob")), device="Bob", owner="", **BY),
        bad("not gone", told(shows("Bob", "Alice")), "to be gone", device="Bob", owner="", **BY),
        bad("damaged, not gone", told(shows("Bob", "")), device="Bob", owner="", **BY),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "one_holder": (
        ("term.since < latest.until", "False"),
        ("term.since < latest.until", "True"),
        ("term.epoch <= before.epoch", "False"),
        ("term.epoch <= before.epoch", "term.epoch < before.epoch"),
        ("concerned and term.device", "term.device"),
        ("(None, term.device, latest.device)", "(None, term.device)"),
        ("(None, term.device, latest.device)", "(None, latest.device)"),
        ("latest = max(latest, before, key=lambda each: each.until)", "latest = before"),
        ("if device in (None, term.device, before.device) and", "if"),
        ("by_path.setdefault(term.path, [])", "by_path.setdefault('', [])"),
    ),
    "lock_held": (
        ("term.since <= deadline and", ""),
        ("and term.until > asked_ns", ""),
        ("if any(term.device == device for term in there)", "if there"),
        ("terms(history, path)", "terms(history)"),
        (' and line.action == "lock"', ""),
        ("line.path == path and line", "line"),
    ),
    "lock_held_by_one": (
        ("term.since <= deadline and", ""),
        ("and term.until > asked_ns", ""),
        ("set(there) & set(names)", "there"),
        ("asked.issuperset(names)", "asked"),
    ),
    "lock_held_by_each": (("if term.since <= deadline}", "}"), ("terms(history, path)", "terms(history)")),
    "lock_held_by_nobody": (
        ("term.since <= until and", ""),
        ("and term.until > asked_ns", ""),
        ("or history.last_ns < until", ""),
        ("not _was_asked(history, path, ()) or", ""),
        ("terms(history, path)", "terms(history)"),
    ),
    "lock_lost": (
        ("had[-1].lost is not None and had[-1].lost", "(had[-1].lost or 0)"),
        ("and had[-1].lost <= deadline", ""),
        ("had[-1].lost <= deadline", "had[-1].until <= deadline"),
        ("lost = had[-1].lost is not None", "lost = had[0].lost is not None"),
        (" and term.since <= deadline]", "]"),
        ("if term.device == device and", "if"),
        ("terms(history, path)", "terms(history)"),
    ),
    "lock_shown": (
        ("if line.t_ns <= deadline]", "]"),
        ("looks[-1].owners", "looks[0].owners"),
        ("and (path in there) == bool(owner)", ""),
        ('there.get(path, "") == owner and', ""),
        ("history.of(LockFilesSeen, device)", "history.of(LockFilesSeen)"),
    ),
}
