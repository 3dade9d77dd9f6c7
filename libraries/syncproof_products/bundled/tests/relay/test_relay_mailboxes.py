"""Messages from device to device: in order, once, only between members of one room."""

from __future__ import annotations

import random

from syncproof_products.bundled.core.relay.actions import Answered, Commit, SendFrame
from syncproof_products.bundled.core.relay.events import CallReceived, Committed, RelayEvent, Subscribed
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.mailboxes import LIMIT, Mailbox
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.relay.snapshot import Snapshot
from syncproof_products.bundled.core.wire import (
    Answer,
    Call,
    FetchMail,
    Heartbeat,
    Mail,
    MailBatch,
    MailSent,
    OpenRoom,
    Refused,
    SendMail,
)
from syncproof_products.bundled.wire_json import decode_answer, decode_send_mail, encode_answer, request_of


class Bench:
    """A relay core with alice and bob in a room, and mallory in none."""

    def __init__(self) -> None:
        self.relay = Relay(Limits(), Snapshot())
        self.frames: list[object] = []
        self.call("alice", OpenRoom("room", ("alice", "bob")))

    def call(self, device: str, call: Call) -> Answer:
        return self._step(CallReceived(1, device, call))[0]

    def _step(self, event: RelayEvent) -> list[Answer]:
        answers: list[Answer] = []
        for action in self.relay.step(1.0, random.Random(1), event):
            if isinstance(action, Commit):
                answers += self._step(Committed(action.batch_id))
            elif isinstance(action, Answered):
                answers.append(action.answer)
            elif isinstance(action, SendFrame):
                self.frames.append(action.frame)
        return answers

    def subscribe(self, device: str) -> None:
        self._step(Subscribed(7, device))


def test_mail_comes_in_order_once_and_is_forgotten_when_it_was_read() -> None:
    bench = Bench()
    assert bench.call("alice", SendMail("bob", "m1", "one")) == MailSent(1)
    assert bench.call("alice", SendMail("bob", "m2", "two")) == MailSent(2)
    assert bench.call("alice", SendMail("bob", "m1", "one")) == MailSent(1), "sent again after a lost answer"
    both = (Mail(1, "alice", "one"), Mail(2, "alice", "two"))
    assert bench.call("bob", FetchMail(0)) == MailBatch(both, 2)
    assert bench.call("bob", FetchMail(0)) == MailBatch(both, 2), "the answer was lost"
    assert bench.call("bob", FetchMail(1)) == MailBatch(both[1:], 2)
    assert bench.call("bob", FetchMail(2)) == MailBatch((), 2)
    assert bench.call("alice", FetchMail(0)) == MailBatch((), 0)


def test_who_listens_is_told_at_once() -> None:
    bench = Bench()
    bench.subscribe("bob")
    bench.call("alice", SendMail("bob", "m1", "one"))
    beats = [frame for frame in bench.frames if isinstance(frame, Heartbeat)]
    assert beats[-1].mail == 1


def test_only_members_of_one_room_send_each_other_mail() -> None:
    bench = Bench()
    for sender, to in (("mallory", "bob"), ("alice", "mallory")):
        refused = bench.call(sender, SendMail(to, "m1", "one"))
        assert isinstance(refused, Refused)
        assert (refused.status, refused.code) == (403, "not_member")


def test_a_mailbox_is_bounded_and_a_new_one_begins_anew() -> None:
    box = Mailbox()
    for number in range(LIMIT + 5):
        box.put("alice", f"m{number}", "x")
    assert [mail.number for mail in box.after(0)][:2] == [6, 7]
    fresh = Mailbox()
    fresh.put("alice", "m", "after the relay's restart")
    assert len(fresh.after(17)) == 1, "whoever has read further has read another box"


def test_calls_and_answers_survive_the_wire() -> None:
    call = SendMail("bob/ü", "m1", '{"type":"key"}')
    request = request_of(call)
    assert (request.method, request.path) == ("PUT", "/to-device/bob%2F%C3%BC")
    assert request.body is not None
    assert decode_send_mail("bob/ü", request.body) == call
    fetch = FetchMail(3)
    assert request_of(fetch).path == "/to-device?after=3"
    answer = MailBatch((Mail(4, "alice", "x"),), 4)
    assert decode_answer(fetch, 200, encode_answer(answer)) == answer
    assert decode_answer(call, 200, encode_answer(MailSent(4))) == MailSent(4)
