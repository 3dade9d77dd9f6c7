from __future__ import annotations

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from syncproof_products.socketio.agent.rooms import Changed, Request, Rooms

CHANNELS = ("orders", "invoices")


def asked_for(rooms: Rooms) -> list[Changed]:
    """Everything that is to be asked for is asked for, and answered."""
    told = []
    while rooms.next_request():
        told += rooms.answered()
    return told


def test_a_new_connection_is_asked_for_every_room_and_what_was_confirmed_once_is_rejoined() -> None:
    rooms = Rooms({"orders": True, "invoices": False})
    assert asked_for(rooms) == [Changed("invoices", "joined"), Changed("orders", "rejoined")]
    assert rooms.lost() == [Changed("invoices", "lost"), Changed("orders", "lost")]
    assert asked_for(rooms) == [Changed("invoices", "rejoined"), Changed("orders", "rejoined")]


def test_a_room_that_is_left_while_it_is_asked_for_is_left_at_the_server_too() -> None:
    rooms = Rooms({})
    assert rooms.follow("orders")
    assert rooms.next_request() == Request("subscribe", "orders")
    assert rooms.leave("orders") == []
    assert rooms.answered() == []
    assert rooms.next_request() == Request("unsubscribe", "orders")
    assert rooms.answered() == [Changed("orders", "left")]


def test_a_room_of_which_no_server_knows_is_left_at_once() -> None:
    rooms = Rooms({})
    rooms.follow("orders")
    assert rooms.leave("orders") == [Changed("orders", "left")]


def test_a_room_that_is_wanted_again_for_a_moment_is_left_at_the_server_too() -> None:
    rooms = Rooms({})
    rooms.follow("orders")
    assert asked_for(rooms) == [Changed("orders", "joined")]
    rooms.leave("orders")
    rooms.follow("orders")
    assert rooms.leave("orders") == []
    assert rooms.next_request() == Request("unsubscribe", "orders")


class AgainstAServer(RuleBasedStateMachine):
    """A server that does what it is asked for, sooner or later, and forgets everything with the connection."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms, self.server, self.before, self.asked = Rooms({}), set[str](), set[str](), None

    asked: Request | None

    @rule(channel=st.sampled_from(CHANNELS))
    def follow(self, channel: str) -> None:
        self.rooms.follow(channel)

    @rule(channel=st.sampled_from(CHANNELS))
    def leave(self, channel: str) -> None:
        self.rooms.leave(channel)

    @precondition(lambda self: self.asked is None)
    @rule()
    def ask(self) -> None:
        self.asked, self.before = self.rooms.next_request(), {*self.server}
        if self.asked and self.asked.what == "subscribe":
            self.server.add(self.asked.channel)
        elif self.asked:
            self.server.discard(self.asked.channel)

    @precondition(lambda self: self.asked is not None)
    @rule()
    def answer(self) -> None:
        self.asked = None
        self.rooms.answered()

    @precondition(lambda self: self.asked is not None)
    @rule(done=st.booleans())
    def time_out(self, done: bool) -> None:
        """No answer comes, whether the server did it or not."""
        if self.asked and not done:
            self.server = self.before
        self.asked = None

    @rule()
    def lose(self) -> None:
        self.asked = None
        self.server.clear()
        self.rooms.lost()

    @invariant()
    def nothing_unconfirmed_means_that_both_agree(self) -> None:
        if self.asked is None and not self.rooms.unconfirmed:
            assert self.server == self.rooms.wanted.keys()


TestAgainstAServer = AgainstAServer.TestCase
