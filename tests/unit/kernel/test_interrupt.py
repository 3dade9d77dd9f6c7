"""Means and moments: one sentence for each pair, which begins exactly then."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from syncproof.kernel.cast import Device, Pronoun, Who
from syncproof.kernel.interrupt import Interrupt, Means, Moment, interrupts
from syncproof.kernel.sentence import emit, parse, vocabulary
from syncproof.kernel.story import first_impossible
from syncproof.registry import discover

PAIRS = [kind for kind in vocabulary() if issubclass(kind, Interrupt)]
MEET = "Alice and Bob are syncing"


class TripsOver(Means):
    """A means of this test."""

    page = "Devices"
    template = "${device} trips over a cable"
    needs = ("pause",)
    roles = ("kills",)
    device: Device

    def begin(self, world: Any) -> None:
        world.append(f"{self.device} trips")


class AfterLunch(Moment):
    """After a meal.

    ``who``: whose, see `Who`.

    Source: plan L-1.1.
    """

    template = "after ${who} has had lunch"
    needs = ("clock", "pause")
    before = ()
    who: Who

    def reach(self, world: Any, name: str) -> None:
        world.append(f"{name} has had lunch")


@pytest.mark.parametrize(
    ("who", "first"),
    [(Pronoun.HE, "Bob has had lunch"), (Device("Alice"), "Alice has had lunch")],
    ids=str,
)
def test_it_begins_when_its_moment_is_reached(
    who: object, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncproof.kernel.interrupt.discover", lambda *_: (AfterLunch,))
    (pair,) = interrupts([TripsOver])
    step = pair(device=Device("Bob"), who=who)
    assert emit(step) == f"Bob trips over a cable after {who} has had lunch"
    happened: list[str] = []
    step.run(cast("Any", happened))
    assert happened == [first, "Bob trips"]
    assert (pair.needs, pair.roles, step.actors) == (("pause", "clock"), ("kills",), ("Bob",))


def test_every_means_has_every_moment() -> None:
    means = [kind for kind in vocabulary() if issubclass(kind, Means)]
    moments = discover(Moment, "moments")
    assert {(pair.means_kind, pair.moment_kind) for pair in PAIRS} == {(a, b) for a in means for b in moments}
    assert min(len(means), len(moments)) > 5


def test_there_are_not_too_many_pairs() -> None:
    # Each becomes a keyword, which every start of robot pays for.
    assert len(PAIRS) <= 400


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Bob is killed when he has received 20 messages", "Bob is killed after he has received 20 messages"),
        ("Bob is killed when he has received 1 messages", "Bob is killed after he has received 1 message"),
        ("Bob is killed after it has caught up on 2 messages", "Bob is killed after catching up on 2 messages"),
        ("the relay stands still after Bob has sent 2 messages", "the relay is paused after Bob has sent 2 messages"),
        ("the relay goes on after 2 seconds", "the relay is resumed after 2 seconds"),
        ("And Bob falls asleep in the middle of the download", "Bob falls asleep in the middle of the download"),
        ("Bob is killed in the middle of Alice's upload", "Bob is killed in the middle of Alice's upload"),
    ],
)  # fmt: skip
def test_other_words_mean_the_same(said: str, written: str) -> None:
    assert emit(parse(said)) == written
    assert parse(written) == parse(said)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_it_can_be_said_of_the_device_itself(pair: type[Interrupt]) -> None:
    """Of each form with a value given: what it leaves out comes back when it is read."""
    for form in pair.forms:
        text = re.sub(r"\$\{(who|device|node)\}", "Bob", form.template).replace("${count}", "3")
        text = (
            text.replace("${devices}", "Alice and Bob")
            .replace("${server}", "relay 2")
            .replace("${size}", "4 MB")
        )
        text = text.replace("${ends}", "the relay and the store")
        step = parse(text)
        assert type(step) is pair
        assert {name: getattr(step, name) for name in form.given} == dict(form.given)
        assert parse(emit(step)) == step


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("the relay is killed after Bob has received 3 messages", ""),
        ("Bob is killed after Alice has received 3 messages", ""),
        ("the relay is killed after it has received 3 messages",
         "does not say of which device it speaks: write it like 'after Bob has received ${count} messages'."),
        ("the relay is killed in the middle of the download", "write it like 'in the middle of Bob's download'."),
        ("Bob is killed after Carol has received 3 messages", "Carol takes no part in this scenario"),
        ("Carol is killed after Bob has received 3 messages", "Carol takes no part in this scenario"),
    ],
)  # fmt: skip
def test_what_cannot_happen_is_said_before_the_run(sentence: str, wrong: str) -> None:
    said = first_impossible([parse(MEET), parse(sentence)])
    assert wrong in said
    assert bool(said) is bool(wrong)
