"""Hub and client of the broadcast as pure nodes: by cases, and together under cuts, gaps and restarts by chance."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from syncproof_products.taskserver.broadcast.client import (
    BroadcastClient,
    Changed,
    Effect,
    Happened,
    MustRefetch,
    Say,
)
from syncproof_products.taskserver.broadcast.hub import Action, Drop, Hub, Send
from syncproof_products.taskserver.broadcast.messages import Event


def event(name: str, channel: str = "orders") -> Event:
    return Event(channel, "updated", msgspec.Raw(b'{"x":1}'), name)


def said(actions: list[Action]) -> list[tuple[int, dict[str, object]]]:
    """What is sent to which client, without epochs and payloads."""
    return [
        (
            each.client,
            {
                name: value
                for name, value in msgspec.json.decode(each.text).items()
                if name not in ("epoch", "payload")
            },
        )
        for each in actions
        if isinstance(each, Send)
    ]


def hub_of(*clients: int) -> Hub:
    hub = Hub("e1")
    for client in clients:
        hub.connected(client)
        hub.received(client, '{"subscribe": ["orders"]}')
    return hub


def test_an_event_is_told_to_those_who_are_subscribed_and_to_nobody_else() -> None:
    hub = hub_of(1, 2)
    hub.connected(3)
    hub.received(2, '{"unsubscribe": ["orders"]}')
    assert said(hub.happened(event("a"))) == [
        (1, {"channel": "orders", "event": "updated", "id": "a", "seq": 1})
    ]
    assert hub.subscribers("orders") == 1
    hub.disconnected(1)
    assert (hub.subscribers("orders"), hub.clients) == (0, 2)


def test_an_event_that_comes_again_is_told_once() -> None:
    hub = hub_of(1)
    assert len(hub.happened(event("a"))) == 1
    assert hub.happened(event("a")) == []


def test_who_comes_back_in_the_same_epoch_is_told_what_it_missed() -> None:
    hub = hub_of(1)
    for name in "abc":
        hub.happened(event(name))
    hub.happened(event("d", "other"))
    hub.connected(2)
    back = hub.received(2, '{"subscribe": ["orders"], "resume": {"epoch": "e1", "seq": 1}}')
    first, *told = said(back)
    assert first == (2, {"subscribed": ["orders"], "seq": 1})
    assert [message["id"] for _, message in told] == ["b", "c"]


@pytest.mark.parametrize("resume", ['{"epoch": "e0", "seq": 1}', '{"epoch": "e1", "seq": 9}'])
def test_who_comes_back_from_elsewhere_is_told_to_refetch_first(resume: str) -> None:
    hub = hub_of(1)
    hub.happened(event("a"))
    hub.connected(2)
    back = hub.received(2, f'{{"subscribe": ["orders"], "resume": {resume}}}')
    assert said(back) == [
        (2, {"refetch": ["orders"], "seq": 1}),
        (2, {"subscribed": ["orders"], "seq": 1}),
    ]


def test_what_is_kept_no_more_is_to_be_refetched() -> None:
    hub = hub_of(1)
    for number in range(1_002):
        hub.happened(event(str(number)))
    hub.connected(2)
    assert "refetch" in str(
        said(hub.received(2, '{"subscribe": ["orders"], "resume": {"epoch": "e1", "seq": 1}}'))
    )
    assert len(hub.received(2, '{"subscribe": ["orders"], "resume": {"epoch": "e1", "seq": 2}}')) == 1_001


def test_after_a_gap_everybody_who_is_subscribed_is_told_to_refetch() -> None:
    hub = hub_of(1)
    hub.connected(2)
    hub.happened(event("a"))
    assert said(hub.missed("e2")) == [(1, {"refetch": ["orders"]})]
    hub.connected(3)
    assert "refetch" in str(
        said(hub.received(3, '{"subscribe": ["orders"], "resume": {"epoch": "e1", "seq": 1}}'))
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 1007),
        ("[", 1007),
        (b"\xff\xfe", 1007),
        ("[]", 1007),
        ('{"subscribe": "orders"}', 1007),
        ('{"subscribe": [""]}', 1007),
        ('{"subscribe": ["' + "x" * 301 + '"]}', 1007),
        ('{"shout": ["orders"]}', 1007),
        ("[" * 5_000, 1007),
        (msgspec.json.encode({"subscribe": [str(n) for n in range(1_001)]}), 1008),
    ],
)
def test_what_makes_no_sense_ends_the_connection_with_a_reason(text: str | bytes, code: int) -> None:
    hub = hub_of(1, 2)
    [drop] = hub.received(1, text)
    assert isinstance(drop, Drop)
    assert (drop.client, drop.code) == (1, code)
    assert drop.reason
    assert hub.subscribers("orders") == 2


def test_a_client_that_does_not_know_how_far_it_got_asks_for_what_no_instance_has() -> None:
    client = BroadcastClient({"orders": True}, None)
    [say] = client.connected()
    assert isinstance(say, Say)
    hub = Hub("e1")
    hub.connected(1)
    assert [list(message) for _, message in said(hub.received(1, say.text))] == [
        ["refetch"],
        ["subscribed"],
    ]


class Together(RuleBasedStateMachine):
    """One client and the instances that it connects to, in front of one Redis.

    Whatever is cut and restarted: once it is connected again and all has arrived, the client has each event that was
    published, or was told to refetch behind it; and none twice.
    """

    def __init__(self) -> None:
        super().__init__()
        self.epochs = 0
        self.hubs = [self._new_hub(), self._new_hub()]
        self.hearing = [True, True]
        self.at: int | None = None
        self.client = BroadcastClient()
        self.client.channels["orders"] = True
        self.numbers = self.published = 0
        self.wire: list[str] = []
        self.delivered: list[str] = []
        self.owed: list[str] = []
        self._connect(0)

    def _new_hub(self) -> Hub:
        self.epochs += 1
        return Hub(f"e{self.epochs}")

    def _connect(self, place: int) -> None:
        self.client.dialling()
        self.at, self.numbers = place, self.numbers + 1
        self.hubs[place].connected(self.numbers)
        self._do(self.client.connected())

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say(text):
                    assert self.at is not None
                    self._send(self.hubs[self.at].received(self.numbers, text))
                case Happened(told):
                    self.delivered.append(told.id)
                case MustRefetch():
                    self.owed.clear()
                case Changed():
                    pass

    def _send(self, actions: list[Action]) -> None:
        self.wire += [each.text for each in actions if isinstance(each, Send) and each.client == self.numbers]

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        for _ in range(count):
            self.published += 1
            name = str(self.published)
            self.owed.append(name)
            for place, hub in enumerate(self.hubs):
                if self.hearing[place]:
                    actions = hub.happened(event(name))
                    if place == self.at:
                        self._send(actions)

    @rule(place=st.integers(0, 1))
    def redis_is_cut_or_back(self, place: int) -> None:
        self.hearing[place] = not self.hearing[place]
        if self.hearing[place]:
            self.epochs += 1
            actions = self.hubs[place].missed(f"e{self.epochs}")
            if place == self.at:
                self._send(actions)

    @rule(place=st.integers(0, 1))
    def instance_restarts(self, place: int) -> None:
        if self.at == place:
            self.connection_is_lost(0)
        self.hubs[place], self.hearing[place] = self._new_hub(), True

    @rule(arrives=st.integers(0, 5))
    def connection_is_lost(self, arrives: int) -> None:
        """Some of what is on its way arrives before."""
        if self.at is not None:
            self._take(arrives)
            self.wire.clear()
            self.hubs[self.at].disconnected(self.numbers)
            self.at = None
            self._do(self.client.lost())

    @rule(place=st.integers(0, 1))
    def connects(self, place: int) -> None:
        if self.at is None:
            self._connect(place)

    @rule()
    def restarts_from_what_it_kept(self) -> None:
        self.connection_is_lost(0)
        self.client = BroadcastClient(self.client.channels, self.client.position)

    def _take(self, count: int) -> None:
        for _ in range(min(count, len(self.wire))):
            self._do(self.client.received(self.wire.pop(0)))
            self.owed = [name for name in self.owed if name not in self.delivered]

    @rule()
    def settles(self) -> None:
        """All that is on its way arrives."""
        if self.at is not None and self.hearing[self.at]:
            self._take(len(self.wire))
            assert self.owed == []
            assert len(set(self.delivered)) == len(self.delivered)
            assert self.client.unconfirmed == 0


Together.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestTogether = Together.TestCase
