"""The manual: every sentence says what it does, with an example that is itself in the vocabulary."""

from __future__ import annotations

import inspect
import re

import pytest

from syncproof.kernel.sentence import Sentence, parse, vocabulary

EVERY_SENTENCE = pytest.mark.parametrize("kind", vocabulary(), ids=lambda kind: kind.__name__)


def entry(kind: type[Sentence]) -> list[str]:
    return (inspect.getdoc(kind) or "").splitlines()


@EVERY_SENTENCE
def test_the_first_line_says_it_all(kind: type[Sentence]) -> None:
    first, second = entry(kind)[:2]
    assert first.endswith(".")
    assert second == "", "the first paragraph, which lists show, must be the first line"


@EVERY_SENTENCE
def test_the_example_is_made_of_sentences_and_shows_this_one(kind: type[Sentence]) -> None:
    lines = entry(kind)
    begin = lines.index("Example:") + 1
    example = [line.removeprefix("| ") for line in lines[begin:] if line.startswith("| ")]
    assert lines[begin : begin + len(example)] == [f"| {line}" for line in example], (
        "one block, behind its title"
    )
    assert 2 <= len(example) <= 5
    assert kind in [type(parse(line)) for line in example]


@EVERY_SENTENCE
def test_every_value_is_explained(kind: type[Sentence]) -> None:
    """The device that a sentence is about needs no explanation; whatever else is embedded does."""
    explained = set(re.findall(r"``(\w+)``", "\n".join(entry(kind))))
    assert kind.slots.keys() - {"device"} <= explained


@EVERY_SENTENCE
def test_the_source_is_named(kind: type[Sentence]) -> None:
    assert re.match(r"Source: plan [A-Z]-([A-Z]+-)?\d", entry(kind)[-1])
