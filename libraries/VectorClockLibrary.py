"""Vector clocks for people: read, compare, merge, and assert how two stand to each other."""

from __future__ import annotations

from collections.abc import Mapping

from robot.api.deco import keyword, library

from syncproof.evidence import vector_clock
from syncproof.evidence.vector_clock import VectorClock

Given = str | Mapping[str, int]


@library(scope="GLOBAL", auto_keywords=False)
class VectorClockLibrary:
    """Vector clocks for people: read, compare, merge, and assert how two stand to each other.

    A vector clock says how often each device had written when a version came about, as far as that version knows. It is
    written ``{Alice: 2, Bob: 1}``, or is a dictionary as JSON has it, such as ``clock`` of a sibling in the reply to
    ``GET /entries/{entry}``. A device that is left out has count 0.

    One clock *dominates* another when it knows all that the other knows. Two clocks of which neither dominates are
    *concurrent*: whoever wrote the one did not know of the other.

    Scenarios say such things in sentences, see OutcomeLibrary. These keywords are for tests that look at an agent's
    replies themselves; ``suites/agent/entries.robot`` has some.

    Every keyword fails with ``'...' is not a vector clock`` for what it cannot read.

    Source: plan L-3.1 (vector clock assertions).
    """

    @keyword
    def parse_vector_clock(self, text: str) -> VectorClock:
        """The clock that is written in a text, as a dictionary.

        Example:
        | ${clock} =    Parse Vector Clock    {Alice: 2, Bob: 1}
        | Should Be Equal    ${clock}[Alice]    ${2}
        """
        return vector_clock.parse(text)

    @keyword
    def compare_vector_clocks(self, one: Given, other: Given) -> str:
        """How ``one`` stands to ``other``: ``equal``, ``before``, ``after`` or ``concurrent``.

        ``before``: the other one knows all that it knows, and more.

        Example:
        | ${relation} =    Compare Vector Clocks    {Alice: 2, Bob: 1}    {Alice: 1, Bob: 2}
        | Should Be Equal    ${relation}    concurrent
        """
        return vector_clock.compare(_read(one), _read(other))

    @keyword
    def merge_vector_clocks(self, *clocks: Given) -> VectorClock:
        """The smallest clock that dominates all of these; in whatever order they are given.

        Example:
        | ${merged} =    Merge Vector Clocks    {Alice: 2, Bob: 1}    {Alice: 1, Bob: 2}
        | Vector Clock Should Dominate    ${merged}    {Alice: 2, Bob: 2}
        """
        return vector_clock.merge([_read(clock) for clock in clocks])

    @keyword
    def vector_clocks_should_be_concurrent(self, one: Given, other: Given) -> None:
        """Fails unless neither of the two knows all that the other knows.

        The message says how they stand: ``{Alice: 1} is before {Alice: 2}, not concurrent with it``.

        Example:
        | Vector Clocks Should Be Concurrent    {Alice: 2, Bob: 1}    {Alice: 1, Bob: 2}
        """
        relation = self.compare_vector_clocks(one, other)
        if relation != "concurrent":
            words = {"equal": "the same as"}.get(relation, relation)
            raise AssertionError(f"{_written(one)} is {words} {_written(other)}, not concurrent with it.")

    @keyword
    def vector_clock_should_dominate(self, one: Given, *others: Given) -> None:
        """Fails unless ``one`` knows all that each of the others knows; equal ones dominate each other.

        The message names the devices of which it knows too little: ``{Alice: 2} does not dominate {Bob: 1}: it knows
        less of Bob``.

        Example:
        | Vector Clock Should Dominate    {Alice: 2, Bob: 2}    {Alice: 2, Bob: 1}    {Alice: 1, Bob: 2}
        """
        known = _read(one)
        for other in others:
            less = [device for device, count in _read(other).items() if known.get(device, 0) < count]
            if less:
                raise AssertionError(
                    f"{_written(one)} does not dominate {_written(other)}: it knows less of {', '.join(sorted(less))}."
                )


def _read(clock: Given) -> VectorClock:
    """Raises ValueError for what is no clock."""
    return vector_clock.parse(clock) if isinstance(clock, str) else dict(clock)


def _written(clock: Given) -> str:
    return vector_clock.write(_read(clock))
