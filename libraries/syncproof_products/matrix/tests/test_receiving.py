"""A Matrix device delivers every message of a room once and in order, whatever the stream leaves out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from syncproof_products.matrix.agent.receiving import Receiver
from syncproof_products.matrix.agent.store import Position
from syncproof_products.matrix.tests.model import GROUP, JOIN, LIMIT, Client, Room

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 3 * LIMIT)),
        st.tuples(st.just("say encrypted"), st.integers(1, 2 * LIMIT)),
        st.tuples(st.just("a key comes"), st.just(1)),
        st.tuples(st.just("sync"), st.just(1)),
        st.tuples(st.just("fill"), st.just(1)),
        st.tuples(st.just("break off"), st.integers(1, 2)),
        st.tuples(st.just("die"), st.just(1)),
        st.tuples(st.just("connect"), st.just(1)),
        st.tuples(st.just("join"), st.just(1)),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
@example([("sync", 1), ("say", 2 * LIMIT), ("sync", 1), ("join", 1), ("die", 1)])
def test_everything_arrives_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    room, said, sessions = Room(), list[str](), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        client = Client(room, Path(folder), joined=False)
        for step, count in [*steps, ("join", 1), ("all keys come", 1), ("sync", 1), ("fill", 3)]:
            if step == "say":
                said += [room.say() for _ in range(count)]
            elif step == "say encrypted":
                sessions.append(f"session {len(sessions)}")
                said += [room.say(sessions[-1]) for _ in range(count)]
            elif step == "a key comes":  # the newest first: keys come when they come
                client.vault.keys |= set(sessions[-1 - len(client.vault.keys) :][:1])
            elif step == "all keys come":
                client.vault.keys |= set(sessions)
            elif step == "sync":
                client.sync()
            elif step == "break off":
                room.failing += count
            elif step == "die":
                client.die()
            elif step == "connect":
                client.connect()
            elif step == "join":
                if client.store.groups()[GROUP][0] is None:
                    client.join()
            else:
                room.failing = 0 if count == 3 else room.failing
                client.fill()
            delivered = client.delivered()
            assert delivered == said[: len(delivered)], "out of order, or twice, or with a hole"
        assert client.delivered() == said
        assert client.receiver.held == 0
        client.store.close()


def test_the_stream_alone_would_lose_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Receiver, "left_something_out", lambda *_: False)
    room = Room()
    client = Client(room, tmp_path)
    said = [room.say() for _ in range(3 * LIMIT)]
    client.sync()
    client.fill()
    assert client.delivered() == said[-LIMIT:]


def test_the_token_is_kept_only_when_no_gap_is_open(tmp_path: Path) -> None:
    room = Room()
    client = Client(room, tmp_path)
    for _ in range(2 * LIMIT):
        room.say()
    client.sync()
    assert client.store.get("since") == ""
    client.fill()
    assert client.store.get("since") == str(len(room.log))


def test_what_is_held_back_is_told_and_catch_up_has_a_beginning_pages_and_an_end(tmp_path: Path) -> None:
    room = Room()
    client = Client(room, tmp_path)
    for _ in range(2 * LIMIT):
        room.say()
    client.sync()
    client.fill()
    kinds = [kind for kind, _ in client.told]
    states = [fields["state"] for kind, fields in client.told if kind == "catchup"]
    assert kinds.count("held") == LIMIT
    assert states[0] == "started"
    assert states[-1] == "ended"
    assert states.count("page") >= 2
    assert client.receiver.batches == states.count("page")


def test_a_room_that_was_just_joined_is_read_from_its_beginning(tmp_path: Path) -> None:
    room = Room()
    said = [room.say() for _ in range(2 * LIMIT)]
    client = Client(room, tmp_path)
    client.receiver.since = str(len(room.log))  # the stream told of them before the room was ours
    client.receiver.joined("friends", "!room:test")
    client.fill()
    assert client.delivered() == said


def test_what_cannot_be_read_yet_waits_and_all_behind_it_is_not_passed_over(tmp_path: Path) -> None:
    room = Room()
    client = Client(room, tmp_path)
    client.sync()
    said = [room.say(), room.say("later"), room.say()]
    client.sync()
    assert client.delivered() == said[:1]
    assert client.store.marker(GROUP)[0] == Position(said[0], 1), "nothing that waits counts as read"
    assert (client.receiver.held, client.store.get("since")) == (2, "1"), "the token is not kept either"
    client.vault.keys.add("later")
    client.sync()
    assert client.delivered() == said
    assert (client.receiver.held, client.store.get("since")) == (0, "4")


def test_what_was_encrypted_before_this_account_came_is_quarantined(tmp_path: Path) -> None:
    room = Room()
    room.log = [room.log[0] | {"type": "m.room.create", "state_key": ""}]
    room.say("before")
    room.log.append(JOIN | {"event_id": "$joined"})
    client = Client(room, tmp_path)
    client.sync()
    said = room.say()
    client.sync()
    assert client.delivered() == [said]
    told = [fields for kind, fields in client.told if kind == "quarantined"]
    assert [fields["version"] for fields in told] == ["$1"]
    assert "before this account came" in str(told[0]["reason"])
    room.say("missing")
    client.sync()
    client.sync()
    assert client.receiver.held == 1, "what came after that may still be read"


def test_a_key_that_will_not_come_holds_nothing_up(tmp_path: Path) -> None:
    room = Room()
    client = Client(room, tmp_path)
    refused, said = room.say("refused"), room.say()
    client.vault.refused.add("refused")
    client.sync()
    assert client.delivered() == [said]
    client.die()
    client.sync()
    assert client.delivered() == [said]
    assert client.store.has(refused)


def test_what_was_said_once_is_not_believed_under_another_event(tmp_path: Path) -> None:
    room = Room()
    client = Client(room, tmp_path)
    client.vault.keys.add("open")
    said = room.say("open")
    room.log.append(room.log[-1] | {"event_id": "$again"})
    client.sync()
    room.log.append(room.log[-1] | {"event_id": "$and again"})
    client.sync()
    assert client.delivered() == [said]
    assert [fields["version"] for kind, fields in client.told if kind == "quarantined"] == [
        "$again",
        "$and again",
    ]
