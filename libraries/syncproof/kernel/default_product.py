"""The product that a scenario runs on where its run names none: the workload of its first sentence says which."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.kernel.sentence import Sentence
from syncproof.registry import workload_of

#: Of scenarios whose sentences belong to no workload.
OTHERWISE = "bundled"


def default_product(story: Sequence[Sentence]) -> str:
    """The name of the product; "" where no sentence belongs to a workload.

    Example: ``default_product([parse("Alice and Bob are syncing")])`` is ``bundled``.
    """
    workloads = (workload_of(type(sentence)) for sentence in story)
    return next((str(workload.PRODUCT) for workload in workloads if workload is not None), "")
