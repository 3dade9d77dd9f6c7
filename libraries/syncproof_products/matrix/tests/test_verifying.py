"""Verifications go through mailboxes: what is lost on the way costs time, and who was not asked has no part in them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncproof_products.matrix.agent.e2ee.verifying import NothingToCompare, UnknownVerification, Verifying
from syncproof_products.matrix.agent.http import ExchangeFailed
from syncproof_products.matrix.tests.town import Citizen, Town

ALICE, BOB = "@alice:test", "@bob:test"
WHOLE = ["waiting", "compare", "confirmed", "verified"]


class People:
    """Alice and Bob on one homeserver. Each does what waits, however often an answer is lost."""

    def __init__(self, folder: Path) -> None:
        self.town = Town()
        self.told: dict[str, list[str]] = {ALICE: [], BOB: []}
        self.citizens = {user: Citizen(self.town, user, folder) for user in (ALICE, BOB)}
        self.sides = {user: self.verifying(citizen) for user, citizen in self.citizens.items()}

    def verifying(self, citizen: Citizen) -> Verifying:
        def observe(kind: str, fields: dict[str, object]) -> None:
            assert kind == "verification"
            self.told[citizen.user].append(str(fields["state"]))

        return Verifying(citizen.encryption, lambda: citizen.now, lambda: 0.0, observe)

    def go_on(self, citizen: Citizen, verifying: Verifying) -> None:
        """A sync, and what it makes to do."""
        for mail in citizen.sync():
            verifying.take(mail)
        while True:
            try:
                citizen.run(verifying.work(citizen.account))
                citizen.run(citizen.encryption.flush(citizen.account))
                return
            except ExchangeFailed:
                continue

    def all_go_on(self) -> None:
        for _ in range(6):
            for user, citizen in self.citizens.items():
                self.go_on(citizen, self.sides[user])


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path)


def test_a_verification_goes_through_the_mailboxes_and_is_kept(people: People) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    one, two = (people.sides[user].sides[number] for user in (ALICE, BOB))
    assert one.emoji
    assert one.emoji == two.emoji
    people.sides[ALICE].decide(number, "match")
    people.all_go_on()
    people.sides[BOB].decide(number, "match")
    people.all_go_on()
    # Bob's yes is the second one: the proof of Alice's device is there already.
    assert people.told == {ALICE: WHOLE, BOB: [state for state in WHOLE if state != "confirmed"]}
    for user, other in ((ALICE, BOB), (BOB, ALICE)):
        people.citizens[user].die()
        assert [peer.verified for peer in people.citizens[user].encryption.keys.peers(other)] == [True]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from([ALICE, BOB]), st.integers(0, 3)), max_size=8))
def test_lost_answers_cost_time_and_nothing_else(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        people = People(Path(folder))
        number = people.sides[ALICE].ask(BOB)
        for user, lost in steps:
            people.town.failing = lost
            people.go_on(people.citizens[user], people.sides[user])
        people.all_go_on()
        for user in (ALICE, BOB):
            people.sides[user].decide(number, "match")
        people.all_go_on()
        assert {people.sides[user].sides[number].state for user in (ALICE, BOB)} == {"verified"}


@pytest.mark.parametrize(
    ("decision", "reason"), [("mismatch", "the emoji differ"), ("cancel", "cancelled by its user")]
)
def test_a_no_arrives(people: People, decision: str, reason: str) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    people.sides[BOB].decide(number, decision)
    people.all_go_on()
    assert people.sides[ALICE].sides[number].reason == f"{BOB}: {reason}"
    with pytest.raises(NothingToCompare, match="verification is cancelled"):
        people.sides[ALICE].decide(number, "match")


def test_who_was_started_again_gives_up_what_it_forgot(people: People) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    people.sides[BOB] = people.verifying(people.citizens[BOB])
    people.sides[ALICE].decide(number, "match")
    people.all_go_on()
    assert people.sides[ALICE].sides[number].reason == f"{BOB}: it is unknown here"
    assert people.told[BOB] == ["waiting", "compare", "cancelled"]


def test_who_cancels_before_anybody_was_asked_asks_nobody(people: People) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.sides[ALICE].decide(number, "cancel")
    people.all_go_on()
    assert people.sides[ALICE].sides[number].state == "cancelled"
    assert people.sides[BOB].sides == {}


def test_who_has_no_device_cannot_be_asked(people: People) -> None:
    number = people.sides[ALICE].ask("@nobody:test")
    people.all_go_on()
    assert people.sides[ALICE].sides[number].reason == "@nobody:test has no device that could be asked"


def test_of_several_devices_the_first_that_is_ready_does_it(people: People, tmp_path: Path) -> None:
    other = Citizen(people.town, BOB, tmp_path, "TWO")
    second = people.verifying(other)
    number = people.sides[ALICE].ask(BOB)
    people.go_on(people.citizens[ALICE], people.sides[ALICE])
    for _ in range(3):
        people.go_on(other, second)  # both answer before Alice hears of either
        people.all_go_on()
    states = {people.sides[BOB].sides[number].state, second.sides[number].state}
    assert states == {"compare", "cancelled"}
    assert people.sides[ALICE].sides[number].state == "compare"


def test_somebody_else_cannot_end_it(people: People) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    event = {
        "type": "m.key.verification.cancel",
        "sender": "@eve:test",
        "content": {"transaction_id": number},
    }
    people.town.mail[(ALICE, "ONE")] = [event]
    people.all_go_on()
    assert people.sides[ALICE].sides[number].state == "compare"


def test_what_nobody_decides_is_given_up(people: People) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    people.citizens[ALICE].now += 600
    people.sides[ALICE].expire()
    people.all_go_on()
    assert people.sides[BOB].sides[number].reason == f"{ALICE}: timeout"


def test_there_is_no_other_number(people: People) -> None:
    with pytest.raises(UnknownVerification):
        people.sides[ALICE].decide("nobody", "match")


def test_only_so_many_are_remembered(people: People) -> None:
    verifying = people.sides[ALICE]
    for _ in range(60):
        verifying.decide(verifying.ask(BOB), "cancel")
    assert len(verifying.sides) == 50


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("ready", {"from_device": "ONE", "methods": None}),
        ("key", {"key": {}}),
        ("mac", {"mac": {"ed25519:ONE": []}}),
    ],
)
def test_a_message_that_makes_no_sense_ends_it_and_no_more(
    people: People, kind: str, content: dict[str, object]
) -> None:
    number = people.sides[ALICE].ask(BOB)
    people.all_go_on()
    fields = content | {"transaction_id": number}
    event = {"type": f"m.key.verification.{kind}", "sender": BOB, "content": fields}
    people.town.mail[(ALICE, "ONE")] = [event]
    people.all_go_on()
    assert {people.sides[user].sides[number].state for user in (ALICE, BOB)} == {"cancelled"}


def test_a_request_that_makes_no_sense_is_refused(people: People) -> None:
    content = {"transaction_id": "n", "from_device": "ONE", "methods": 7}
    people.town.mail[(ALICE, "ONE")] = [
        {"type": "m.key.verification.request", "sender": BOB, "content": content}
    ]
    people.all_go_on()
    assert people.sides[ALICE].sides["n"].state == "cancelled"
