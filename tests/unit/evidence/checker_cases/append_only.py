from __future__ import annotations

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    all_again,
    bad,
    empty,
    good,
    installed_anew,
    is_a,
    lines,
    not_read_to_its_end,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.histories import change, delivery, drop, exchange

from syncproof.evidence.records import Deliver

CASES = (
    unknown("empty", empty, "nothing was delivered"),
    good("it grows", exchange, "10 entries, only ever appended"),
    good(
        "a single one",
        told(lambda s: s.send("Alice"), lambda s: s.deliver("Bob")),
        "1 entry, only ever appended",
    ),
    bad(
        "gone after restarts of both",
        restarted(lambda s: s.restart("Bob", keep=4), lambda s: s.restart("Alice", keep=3)),
        witness=("a4", "a5"),
    ),
    good("the same after a restart", restarted()),
    good("it grows on after a restart", restarted(lambda s: s.send("Alice"), lambda s: s.deliver("Bob"))),
    good("after two restarts", restarted(lambda s: s.restart("Bob"))),
    good("a restart that did not live to be read", restarted(not_read_to_its_end)),
    bad(
        "a gap in the numbers",
        lines(lambda f: drop(f, delivery("Bob", "a3"))),
        "Bob's delivery log",
        "Alice #4 as number 4 in place 3",
        witness=("a4",),
    ),
    bad("it begins at two", lines(lambda f: drop(f, delivery("Bob", "a1"))), "in place 1"),
    good("a gap at another", lines(lambda f: drop(f, delivery("Bob", "a3"))), device="Alice"),
    good("a new installation owes nothing to the one before", installed_anew(lambda s: s.deliver("Bob", 2))),
    bad(
        "entries of a new installation gone after its restart",
        installed_anew(all_again, lambda s: s.restart("Bob", keep=3)),
        "lost or changed 2 entries",
    ),
    bad("entries gone after a restart", restarted(keep=3), "lost or changed 2 entries", "Alice #4, #5"),
    bad("the last entry gone after a restart", restarted(keep=4), "lost or changed 1 entry"),
    bad("all gone after a restart", restarted(keep=0), witness=("a1", "a2", "a3", "a4", "a5")),
    bad(
        "gone over a restart that was not read to its end",
        restarted(lambda s: not_read_to_its_end(s), lambda s: s.restart("Bob", keep=2)),
        "lost or changed 3 entries",
    ),
    bad(
        "another content in its place",
        lines(
            lambda f: change(f, lambda line: is_a(Deliver, incarnation=2, op_id="a2")(line), digest="other"),
            restarted(),
        ),
        "Alice #2",
    ),
    bad(
        "another operation in its place",
        lines(lambda f: change(f, is_a(Deliver, incarnation=2, op_id="a2"), op_id="a9"), restarted()),
    ),
    bad(
        "another version in its place",
        lines(lambda f: change(f, is_a(Deliver, incarnation=2, op_id="a2"), version="77"), restarted()),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("entry.n != k + 1", "entry.n < k + 1"),
    ("if wrong is not None:", "if wrong:"),
    ("if wrong is not None:", "if False:"),
    ("if changed:", "if False:"),
    ("if not entries:", "if False:"),
    (
        "(same.op_id, same.version, same.digest) != (entry.op_id, entry.version, entry.digest)",
        "same.op_id != entry.op_id",
    ),
    (
        "(same.op_id, same.version, same.digest) != (entry.op_id, entry.version, entry.digest)",
        "(same.version, same.digest) != (entry.version, entry.digest)",
    ),
    (
        "(same.op_id, same.version, same.digest) != (entry.op_id, entry.version, entry.digest)",
        "same.version != entry.version",
    ),
    ("elif whole:", "elif False:"),
    ("elif whole:", "else:"),
    ("if installation(incarnation) != installed:", "if False:"),
    ("installed, known = installation(incarnation), []", "known = []"),
    ("if whole or len(now) >= len(known):", "if True:"),
)
