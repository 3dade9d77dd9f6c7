from __future__ import annotations

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    heard_another,
    is_a,
    lines,
    repeated,
    restarted,
    unknown,
)
from tests.unit.evidence.histories import delivery, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Log


def _twice(op_id: str) -> list[Line]:
    """The delivery of an operation at Bob, doubled on the spot."""
    found: list[Line] = []
    shift = 0
    for line in exchange().lines:
        if isinstance(line, Deliver) and line.device == "Bob":
            line = msgspec.structs.replace(line, n=line.n + shift)
            found.append(line)
            if line.op_id == op_id:
                shift = 1
                found.append(msgspec.structs.replace(line, n=line.n + 1))
        else:
            found.append(line)
    return found


CASES = (
    unknown("empty", empty, "nothing was delivered"),
    good("each once", exchange, "15 entries"),
    good("read again after a restart is not twice", restarted()),
    bad(
        "one twice at Bob",
        lines(repeated(delivery("Bob", "a2"))),
        "Bob got 1 operation twice: Alice #2",
        witness=("a2",),
    ),
    bad("twice in a row", lambda: _twice("a1")),
    bad("one twice at its author", lines(repeated(delivery("Alice", "a5"))), "Alice got 1"),
    good("twice at another", lines(repeated(delivery("Bob", "a2"))), device="Alice"),
    bad("twice at this one", lines(repeated(delivery("Bob", "a2"))), device="Bob"),
    bad(
        "twice in an earlier incarnation only",
        lambda: [
            *lines(repeated(delivery("Bob", "a2")))(),
            *(
                msgspec.structs.replace(line, incarnation=2)
                for line in exchange().lines
                if isinstance(line, Deliver) and line.device == "Bob"
            ),
        ],
    ),
    bad(
        "stored twice",
        lambda: [*exchange().lines, next(line for line in exchange().lines if is_a(Log, op_id="a4")(line))],
        "the log of g has 1 operation twice: Alice #4",
    ),
    good("what an outsider said", heard_another(outsider=True)),
    bad("what nobody said", heard_another(outsider=False)),
    bad("what was asked for, as an outsider's", heard_another(outsider=True, op_id="a4")),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("log.by_incarnation.values():", "[log.latest]:"),
    (
        "_doubled(entry.op_id for entry in history.inside(deliveries))",
        "_doubled({e.op_id for e in deliveries})",
    ),
    ("doubled |= _doubled", "doubled = _doubled"),
    ("_doubled(line.op_id for line in lines)", "_doubled({line.op_id for line in lines})"),
    ("if device is None:", "if False:"),
    ("if not entries:", "if False:"),
    ("if op_id in seen:", "if op_id not in seen:"),
    ("seen.add(op_id)", "seen = {op_id}"),
    ("in history.inside(deliveries)", "in deliveries"),
)
