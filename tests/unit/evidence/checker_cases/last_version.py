from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import notified, requested

ONE, TWO, THREE = ("a1", "report", "1"), ("a2", "report", "2"), ("a3", "report", "3")
OTHER = ("b1", "list", "1")

CASES = (
    unknown("empty", empty, "empty"),
    good("nothing of the kind", exchange, "0 notifications"),
    good("in order", told(requested(), notified("Bob", ONE, OTHER, TWO)), "3 notifications in order"),
    bad("overtaken", told(requested(), notified("Bob", ONE, THREE, TWO)),
        'Bob was told of version 3 of task "report" behind 1', "version 2", "behind 3", witness=("a3", "a2")),
    bad("the first one is missing", told(requested(), notified("Bob", TWO)), "behind 0"),
    bad("twice", told(requested(), notified("Bob", ONE, ONE)), "behind 1"),
    good("another device", told(requested(), notified("Bob", TWO)), device="Alice"),
    good("no tasks", told(notified("Bob", TWO))),
    good("versions that are no numbers", told(requested(), notified("Bob", ("a1", "report", "$x")))),
    good("no task", told(requested(), notified("Bob", ("a1", "", "7")))),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ("int(line.version) != before + 1", "int(line.version) < before"),
    ("history.devices if _has_tasks(history) else ()", "history.devices"),
    ("line.entry is None or not", "not"),
)  # fmt: skip
