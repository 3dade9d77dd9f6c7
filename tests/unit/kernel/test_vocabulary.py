"""The vocabulary: every sentence is data, and no two templates can read the same sentence."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from enum import EnumType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.hostile_client.attacks import ATTACKS
from syncproof.kernel.cast import (
    ALL_LINKS,
    CAST,
    Device,
    Devices,
    Ends,
    Node,
    Pronoun,
    ServerName,
    TheServer,
    Who,
)
from syncproof.kernel.quantities import Duration, Percent, Rate, Size
from syncproof.kernel.sentence import Sentence, emit, outdated, parse, singular, vocabulary
from syncproof.kernel.shape import Side
from syncproof.kernel.text import Text
from syncproof.workloads.adversarial.attack import Attack
from syncproof.workloads.encryption.cost import Cost
from syncproof.workloads.entries.clock import Clock
from syncproof.workloads.files.paths import Paths

SERVERS = st.sampled_from(["relay", "relay-2", "store", "message_store"])
NODES = st.one_of(SERVERS.map(TheServer), st.sampled_from(CAST).map(Device))
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 5000),
    Device: st.sampled_from(CAST).map(Device),
    Devices: st.lists(st.sampled_from(CAST), min_size=2, max_size=5, unique=True).map(
        lambda names: Devices(tuple(Device(name) for name in names))
    ),
    Side: st.lists(st.sampled_from(CAST), min_size=1, max_size=4, unique=True).map(
        lambda names: Side(tuple(Device(name) for name in names))
    ),
    Attack: st.sampled_from(sorted(ATTACKS)).map(Attack),
    Paths: st.lists(st.sampled_from(["plan.txt", "a b/c", "1"]), min_size=2, max_size=4).map(
        lambda names: Paths(tuple(names))
    ),
    Who: st.one_of(st.sampled_from(Pronoun), st.sampled_from(CAST).map(Device)),
    Node: NODES,
    ServerName: SERVERS.map(ServerName),
    Ends: st.one_of(
        st.just(ALL_LINKS), st.lists(NODES, min_size=2, max_size=2, unique=True).map(lambda ends: Ends(*ends))
    ),
    Duration: st.integers(0, 10**6).map(lambda ms: Duration(ms / 1000)),
    Rate: st.integers(1, 10**6).map(lambda kb: Rate(kb * 1000.0)),
    Size: st.integers(0, 10**9).map(Size),
    # Whatever people write between quotation marks: sentences of the vocabulary, and pieces of them, are text too.
    Text: st.one_of(
        st.text(
            st.characters(exclude_characters='"', exclude_categories=("C", "Z"), include_characters=" "),
            min_size=1,
        ).filter(str.strip),
        st.sampled_from(
            ["milk and eggs", "into entry", "Alice and Bob should show", "it's 50% of {Alice: 1}"]
        ),
    ).map(Text),
    Clock: st.dictionaries(st.sampled_from(CAST), st.integers(1, 9), min_size=1).map(
        lambda counts: Clock(tuple(sorted((Device(name), count) for name, count in counts.items())))
    ),
    Cost: st.builds(Cost, st.integers(1, 99), st.integers(1, 9)),
    Percent: st.integers(0, 10_000).map(lambda hundredths: Percent(hundredths / 10_000)),
}


def steps_of(kind: type[Sentence]) -> st.SearchStrategy[Sentence]:
    return st.builds(kind, **{name: values_of(slot) for name, slot in kind.slots.items()})


def values_of(slot: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(slot)) if isinstance(slot, EnumType) else VALUES[slot]


STEPS = st.sampled_from(vocabulary()).flatmap(steps_of)


@pytest.mark.parametrize("kind", vocabulary(), ids=lambda kind: kind.__name__)
def test_of_every_slot_there_are_values(kind: type[Sentence]) -> None:
    missing = [slot for slot in kind.slots.values() if slot not in VALUES and not isinstance(slot, EnumType)]
    assert missing == []


@given(STEPS)
def test_a_sentence_reads_back_as_the_step_that_wrote_it(step: Sentence) -> None:
    assert parse(emit(step)) == step
    assert parse(f"And {emit(step)}") == step


@given(st.data())
def test_a_sentence_is_a_value(data: st.DataObject) -> None:
    step, other = data.draw(STEPS), data.draw(STEPS)
    again = parse(emit(step))
    assert (again, hash(again)) == (step, hash(step))
    assert (step == other) == (emit(step) == emit(other))
    assert repr(step).startswith(f"{type(step).__name__}(")
    with pytest.raises(FrozenInstanceError):
        setattr(step, "page", "Other")  # noqa: B010
    with pytest.raises(FrozenInstanceError):
        del step.page
    with pytest.raises(TypeError):
        type(step)(*step.values.values(), 1)
    with pytest.raises(TypeError, match="exactly its slots"):
        type(step)(**step.values, of_no_slot=1)


@given(STEPS)
def test_no_sentence_has_two_meanings(step: Sentence) -> None:
    assert readers(emit(step)) == [type(step)]


def readers(sentence: str) -> list[type[Sentence]]:
    """Whose templates read a sentence, once for each."""
    return [kind for kind in vocabulary() for form in kind.forms if form.pattern.fullmatch(sentence)]


@pytest.mark.parametrize("kind", vocabulary(), ids=lambda kind: kind.__name__)
def test_no_other_template_reads_it(kind: type[Sentence]) -> None:
    """The templates written with a plain word in their slots: every pair is tried, from both sides."""
    for example in [form.template for form in kind.forms]:
        for slot in kind.slots:
            example = example.replace("${" + slot + "}", "word")
        assert readers(example) == [kind]


@pytest.mark.parametrize(
    ("template", "one"),
    [
        ("${device} sends ${count} messages", "${device} sends 1 message"),
        ("${device} should receive all ${count} messages within ${duration}",
         "${device} should receive 1 message within ${duration}"),
        ("${device} creates ${count} tasks at once", "${device} creates 1 task at once"),
        ("${device} sends messages ${first} to ${last}", ""),
    ],
)  # fmt: skip
def test_what_is_written_for_one(template: str, one: str) -> None:
    assert singular(template) == one


@pytest.mark.parametrize(
    "kind", [kind for kind in vocabulary() if not kind.has_singular], ids=lambda kind: kind.__name__
)
def test_a_sentence_without_a_singular_is_not_read_of_one(kind: type[Sentence]) -> None:
    one = singular(kind.template)
    assert one, f"{kind.__name__} need not say so"
    assert readers(one) == []


def test_one_is_read_as_one_and_written_so() -> None:
    step = parse("Alice sends 1 message")
    assert step == parse("Alice sends 1 messages")
    assert emit(step) == "Alice sends 1 message"
    assert emit(parse("Alice sends 2 messages")) == "Alice sends 2 messages"


@pytest.mark.parametrize("kind", vocabulary(), ids=lambda kind: kind.__name__)
def test_every_sentence_is_documented(kind: type[Sentence]) -> None:
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Bbo's network is cut", "Did you mean Bob?"),
        ("Bob's network is restored after 10 KB/s", "is not a duration"),
        ("Alice does a handstand", "No sentence of the vocabulary"),
        ("Alice and Alice are syncing", "names a device twice"),
        (
            "the relay-2 is killed",
            "'relay-2' is no name of a node: write it like 'relay', or 'relay 2' of several.",
        ),
        ("the link between the relay is cut", "'the relay' are no two nodes"),
        ("the link between the relay and Bbo is cut", "Did you mean Bob?"),
        ("the link between Bob and Bob is cut", "'Bob and Bob' are no two nodes"),
    ],
)
def test_what_cannot_be_read_is_said(sentence: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(sentence)


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("And Bob is installed anew", "Bob is reinstalled"),
        (
            "Bob should have set aside 1 event within 5 seconds",
            "Bob should have quarantined 1 event within 5 seconds",
        ),
        (
            "Bob should have taken up the download where he was killed",
            "Bob should have resumed the download after the crash",
        ),
        ("the relay stands still", "the relay is paused"),
        (
            "the relay stands still after Bob has sent 2 messages",
            "the relay is paused after Bob has sent 2 messages",
        ),
        ("the store goes on after 2 seconds", "the store is resumed after 2 seconds"),
    ],
)
def test_words_of_before_are_read_and_told_as_such(old: str, today: str) -> None:
    assert outdated(old) == today
    assert outdated(today) == ""
    assert parse(old) == parse(today)
