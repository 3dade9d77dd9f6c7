"""A room key reaches every device that may read, before what it opens, whatever breaks off; and nobody else."""

from __future__ import annotations

import asyncio
import base64
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_products.matrix.agent.e2ee import encryption
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore
from syncproof_products.matrix.agent.http import ExchangeFailed
from syncproof_products.matrix.agent.sending import Operation, Sender
from syncproof_products.matrix.tests.town import ROOM, Account, Answer, Citizen, Town

ALICE, BOB, CAROL = "@alice:test", "@bob:test", "@carol:test"


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def alice(town: Town, tmp_path: Path) -> Citizen:
    return Citizen(town, ALICE, tmp_path)


@pytest.fixture
def bob(town: Town, tmp_path: Path) -> Citizen:
    return Citizen(town, BOB, tmp_path)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("writes"), st.sampled_from([ALICE, BOB])),
        st.tuples(st.just("syncs"), st.sampled_from([ALICE, BOB])),
        st.tuples(st.just("syncs, and it is lost"), st.sampled_from([ALICE, BOB])),
        st.tuples(st.just("dies"), st.sampled_from([ALICE, BOB])),
        st.tuples(st.just("answers are lost"), st.sampled_from(["1", "3"])),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_everybody_can_read_everything_whatever_is_lost_on_the_way(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = Town()
        citizens = {user: Citizen(town, user, Path(folder)) for user in (ALICE, BOB)}
        written: list[tuple[str, Answer]] = []
        for step, who in steps:
            if step == "writes":
                written.append((f"{len(written)} of {who}", citizens[who].write(f"{len(written)} of {who}")))
            elif step == "dies":
                citizens[who].die()
            elif step == "answers are lost":
                town.failing = int(who)
            else:
                citizens[who].sync(again="lost" in step)
        places = [(event["content"]["session_id"], event["content"]["ciphertext"]) for _, event in written]
        assert len(set(places)) == len(places)
        for citizen in citizens.values():
            citizen.sync()
            assert [citizen.read(event) for _, event in written] == [text for text, _ in written]
            citizen.store.close()


def test_the_ratchet_moves_on_over_a_restart(alice: Citizen, bob: Citizen) -> None:
    first = alice.write("one")
    alice.die()
    second = alice.write("two")
    bob.sync()
    opened = [bob.encryption.open(ROOM, event) for event in (first, second)]
    session = first["content"]["session_id"]
    assert [getattr(each, "place", "") for each in opened] == [f"{session}/0", f"{session}/1"]


def test_a_key_that_was_taken_and_not_acknowledged_is_there_after_a_kill(
    alice: Citizen, bob: Citizen
) -> None:
    event = alice.write("one")
    bob.sync()
    bob.die()
    assert bob.read(event) == "one"


def test_mail_that_was_not_sent_before_a_kill_is_sent_after_it(
    alice: Citizen, bob: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(KeyStore, "mailed", killed)
    with pytest.raises(KeyboardInterrupt):  # the town has it, and nobody here knows
        alice.write("lost")
    monkeypatch.undo()
    alice.die()
    event = alice.write("one")
    bob.sync()
    assert bob.read(event) == "one"
    assert alice.encryption.keys.waiting_mail() is None


def test_a_ratchet_writes_so_much_and_so_long(
    alice: Citizen, bob: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "ROTATION_MESSAGES", 3)
    events = [alice.write(str(number)) for number in range(7)]
    alice.now += encryption.ROTATION_S
    events.append(alice.write("7"))
    sessions = [event["content"]["session_id"] for event in events]
    assert len(set(sessions)) == 4
    assert len(set(sessions[:3])) == 1
    bob.sync()
    assert [bob.read(event) for event in events] == list("01234567")


def test_who_left_cannot_read_what_comes_after(alice: Citizen, bob: Citizen) -> None:
    before = alice.write("before")
    alice.tell_membership(BOB, "leave")
    after = alice.write("after")
    bob.sync()
    assert bob.read(before) == "before"
    assert bob.read(after).startswith("closed: the key of session")


def test_who_comes_later_reads_from_there_on(town: Town, alice: Citizen, tmp_path: Path) -> None:
    before = alice.write("before")
    carol = Citizen(town, CAROL, tmp_path)
    alice.sync()
    alice.tell_membership(CAROL, "join")
    after = alice.write("after")
    carol.sync()
    assert before["content"]["session_id"] == after["content"]["session_id"]
    assert carol.read(before).startswith("closed: the key that is here opens only what came later")
    assert carol.read(after) == "after"


def test_who_joins_while_the_members_are_asked_for_can_read_what_comes_after(
    town: Town, alice: Citizen, tmp_path: Path
) -> None:
    carol = Citizen(town, CAROL, tmp_path)
    alice.sync()
    del town.room[CAROL]

    def joins() -> None:
        town.room[CAROL] = "join"
        alice.tell_membership(CAROL, "join")

    town.meanwhile = joins
    event = alice.write("one")
    carol.sync()
    assert carol.read(event) == "one"


class Post(Account):
    """What a sender asks: the first try to send breaks off."""

    def __init__(self, sender: Citizen) -> None:
        super().__init__(sender.town, sender.user, sender.device)
        self.sent: list[Answer] = []

    async def send(self, room: str, kind: str, transaction: str, content: Answer) -> str:
        event = {"type": kind, "sender": self.place[0], "event_id": transaction, "content": content}
        self.sent.append(event)
        if len(self.sent) == 1:
            raise ExchangeFailed(f"{room}: the connection broke off")
        return transaction


def test_who_joins_before_a_message_is_sent_again_can_read_it(
    town: Town, alice: Citizen, bob: Citizen, tmp_path: Path
) -> None:
    alice.encryption.found_encrypted(ROOM)
    alice.store.put_group("friends", ROOM, [ALICE, BOB])
    sender = Sender(
        alice.store, BlobFiles(tmp_path / "files"), alice.encryption, lambda *_: None, lambda *_: None
    )
    for number in ("1", "2"):
        sender.outbox[number] = Operation(number, "friends", "append", None, number, (), "", 0)
    homeserver = Post(alice)
    with pytest.raises(ExchangeFailed):
        asyncio.run(sender.send_all(homeserver))  # type: ignore[arg-type]
    carol = Citizen(town, CAROL, tmp_path)
    alice.sync()
    alice.tell_membership(CAROL, "join")
    asyncio.run(sender.send_all(homeserver))  # type: ignore[arg-type]
    first, again, second = homeserver.sent
    assert first == again
    for citizen in (bob, carol):
        citizen.sync()
        assert [citizen.read(event) for event in (again, second)] == ["1", "2"]


def test_a_second_device_of_somebody_gets_the_key_once_it_is_known(
    town: Town, alice: Citizen, bob: Citizen, tmp_path: Path
) -> None:
    alice.write("before")
    other = Citizen(town, BOB, tmp_path, "TWO")
    alice.sync()
    event = alice.write("after")
    other.sync()
    bob.sync()
    assert other.read(event) == bob.read(event) == "after"


def test_it_asks_only_for_what_it_does_not_know(town: Town, alice: Citizen, bob: Citizen) -> None:
    alice.sync()
    alice.write("one")
    del town.asked[:]
    alice.write("two")
    assert town.asked == []
    bob.sync()


def test_without_one_time_keys_there_is_the_fallback_key(town: Town, alice: Citizen, bob: Citizen) -> None:
    town.one_time[(BOB, "ONE")].clear()
    event = alice.write("one")
    bob.sync()
    assert bob.read(event) == "one"
    assert "keys" in bob.wants, "there are too few: more must be published"


def test_a_device_with_other_keys_than_before_is_not_given_any(
    town: Town, alice: Citizen, tmp_path: Path
) -> None:
    Citizen(town, BOB, tmp_path)
    alice.write("before")
    thief = Citizen(town, BOB, tmp_path / "elsewhere", "ONE")
    alice.sync()
    event = alice.write("after")
    thief.sync()
    assert thief.read(event).startswith("closed")


def test_a_device_that_has_not_signed_its_keys_is_not_given_any(
    town: Town, alice: Citizen, bob: Citizen
) -> None:
    town.devices[(BOB, "ONE")]["keys"]["curve25519:ONE"] = alice.encryption.own.curve25519
    event = alice.write("one")
    bob.sync()
    assert town.mail.get((BOB, "ONE"), []) == []
    assert bob.read(event).startswith("closed")


def test_a_room_key_in_the_clear_is_nobodys(town: Town, alice: Citizen, bob: Citizen) -> None:
    event = alice.write("one")
    town.mail.clear()
    outbound = alice.encryption.keys.outbound(ROOM)
    assert outbound is not None
    content = alice.encryption.megolm.key_of(ROOM, outbound)
    town.mail[(BOB, "ONE")] = [{"type": "m.room_key", "sender": ALICE, "content": content}]
    bob.sync()
    assert bob.read(event).startswith("closed")


def test_nobody_writes_with_anothers_key(alice: Citizen, bob: Citizen) -> None:
    event = alice.write("one")
    bob.sync()
    assert bob.read(event | {"sender": CAROL}) == f"closed: its key belongs to {ALICE}"


def test_mail_of_one_cannot_be_handed_out_as_anothers(town: Town, alice: Citizen, bob: Citizen) -> None:
    event = alice.write("one")
    town.mail[(BOB, "ONE")][0]["sender"] = CAROL
    bob.sync()
    assert bob.read(event).startswith("closed")


def test_who_is_refused_a_key_is_told_for_good(town: Town, alice: Citizen, bob: Citizen) -> None:
    event = alice.write("one")
    session = event["content"]["session_id"]
    content = {"room_id": ROOM, "session_id": session, "code": "m.blacklisted", "reason": "no"}
    town.mail[(BOB, "ONE")] = [{"type": "m.room_key.withheld", "sender": ALICE, "content": content}]
    bob.sync()
    assert bob.read(event) == f"closed: {ALICE} does not give its key: m.blacklisted no"


def test_other_mail_is_handed_on_and_in_order(town: Town, alice: Citizen, bob: Citizen) -> None:
    del bob
    for kind in ("m.key.verification.request", "m.key.verification.cancel", "m.unknown"):
        town.mail.setdefault((ALICE, "ONE"), []).append({"type": kind, "sender": BOB, "content": {}})
    assert [mail.kind.rpartition(".")[2] for mail in alice.sync()] == ["request", "cancel"]


def test_an_encrypted_room_stays_encrypted(alice: Citizen) -> None:
    assert not alice.encryption.is_encrypted(ROOM)
    event = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    alice.encryption.take({"rooms": {"join": {ROOM: {"state": {"events": [event]}}}}}, first=False)
    alice.die()
    assert alice.encryption.is_encrypted(ROOM)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "m.room.encrypted", "sender": ALICE},
        {"type": "m.room.encrypted", "sender": ALICE, "content": []},
        {"type": "m.room.encrypted", "sender": ALICE, "content": {"ciphertext": 1}},
        {"type": "m.room.encrypted", "sender": ALICE, "content": {"sender_key": "x", "ciphertext": {}}},
        {"type": "m.room_key.withheld", "sender": ALICE, "content": {"code": "m.blacklisted"}},
    ],
)
def test_mail_that_makes_no_sense_does_no_harm(
    town: Town, alice: Citizen, bob: Citizen, event: Answer
) -> None:
    before = alice.write("one")
    town.mail[(BOB, "ONE")].insert(0, event)
    bob.sync()
    assert bob.read(before) == "one"


INNER = {"type": "m.room_key", "content": {}, "sender": ALICE, "recipient": BOB}


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient_keys": "all of them"},
        {"recipient_keys": {}, "keys": {}},
        {"keys": ["mine"]},
        {"keys": None},
        {"content": []},
        {"content": {"algorithm": "m.megolm.v1.aes-sha2", "room_id": "\ud800"}},
        {"type": {}, "content": {"a": 1}},
    ],
)
def test_what_another_device_seals_and_nobody_can_read_does_no_harm(
    town: Town, alice: Citizen, bob: Citizen, changed: Answer
) -> None:
    before = alice.write("one")
    peer = next(iter(alice.encryption.keys.peers(BOB)))
    session = alice.encryption.keys.olm_sessions(peer.curve25519)[0]
    known = {"recipient_keys": {"ed25519": peer.ed25519}, "keys": {"ed25519": alice.encryption.own.ed25519}}
    number, text = session.encrypt(json.dumps(INNER | known | changed).encode()).to_parts()
    parts = {"type": number, "body": base64.b64encode(text).decode()}
    content = {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "sender_key": alice.encryption.own.curve25519,
        "ciphertext": {peer.curve25519: parts},
    }
    town.mail[(BOB, "ONE")].append({"type": "m.room.encrypted", "sender": ALICE, "content": content})
    bob.sync()
    assert bob.read(before) == "one"


@pytest.mark.parametrize("number", [-1, 10**30])
def test_a_kind_of_olm_message_that_there_is_not_does_no_harm(
    town: Town, alice: Citizen, bob: Citizen, number: int
) -> None:
    before = alice.write("one")
    event = json.loads(json.dumps(town.mail[(BOB, "ONE")][0]))
    event["content"]["ciphertext"][bob.encryption.own.curve25519]["type"] = number
    town.mail[(BOB, "ONE")].insert(0, event)
    bob.sync()
    assert bob.read(before) == "one"


@pytest.mark.parametrize("content", [None, [], {}, {"algorithm": "m.megolm.v1.aes-sha2", "session_id": 7}])
def test_an_event_that_makes_no_sense_is_closed(alice: Citizen, content: object) -> None:
    assert alice.read(
        {"type": "m.room.encrypted", "sender": ALICE, "event_id": "$1", "content": content}
    ).startswith("closed")
