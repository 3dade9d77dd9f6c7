"""Evidence of a batch that is not what it should be is no evidence that there was nothing in it."""

from __future__ import annotations

import pytest
from tests.unit.evidence.checker_cases.case import told

from syncproof.workloads.tasks.checks.told import task_batches


@pytest.mark.parametrize("op_ids", ["a1", None, {"a1": 1}])
def test_what_is_no_list_is_not_an_empty_one(op_ids: object) -> None:
    story = told(lambda story: story.note("Alice", "task_batch_asked", batch="batch", op_ids=op_ids))()
    with pytest.raises(AssertionError, match="where a list belongs"):
        task_batches(story.history)
