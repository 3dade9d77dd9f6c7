from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import answered, asked, notified

A, B, C = ("a1", "one", "1"), ("a2", "two", "1"), ("a3", "three", "1")
BATCH = asked("Alice", "batch", "a1", "a2")

CASES = (
    unknown("empty", empty, "empty"),
    good("nothing of the kind", exchange, "0 batches"),
    good("whole", told(BATCH, answered("Alice", "batch", 2), notified("Bob", A, B, C)), "1 batch, each whole"),
    good("nothing of it", told(BATCH, answered("Alice", "batch", 0, "server_wins"), notified("Bob", C))),
    good("not yet answered", told(BATCH, notified("Bob", A, B))),
    bad("something in the middle", told(BATCH, notified("Bob", A, C, B)), "Bob was told of something else",
        witness=("a1", "a2")),
    bad("something in the middle, and one author's order promised", told(BATCH, notified("Bob", A, C, B)),
        "something else", order="sender"),
    good("something in the middle, and no order promised", told(BATCH, notified("Bob", A, C, B)), order="none"),
    bad("half of it, and no order promised", told(BATCH, answered("Alice", "batch", 2), notified("Bob", A, C)),
        "applied 2", order="none"),
    bad("noted as it was told", told(lambda story: story.note("Alice", "task_batch_asked", batch="batch",
        op_ids=("a1", "a2")), notified("Bob", A, C, B)), "Bob was told of something else"),
    bad("half of it", told(BATCH, answered("Alice", "batch", 2), notified("Bob", A, C)),
        "1 change of batch batch, of which the server applied 2"),
    bad("more than the server said", told(BATCH, answered("Alice", "batch", 1, "server_wins"), notified("Bob", A, B)),
        "2 changes"),
    good("another device", told(BATCH, notified("Bob", A, C, B)), device="Alice"),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("!= len(found):", "< len(found):"),
    ('order != "none" and ', 'order == "total" and '),
    ('order != "none" and ', ""),
    ("if answer is not None and found", "if answer is None and found"),
    ("len(found) != answer.applied", "len(found) > answer.applied"),
    ("if op_id in places)", "if op_id in places and place)"),
)
