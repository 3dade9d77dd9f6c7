from __future__ import annotations

from syncproof_products.bundled.core.relay.actions import SendFrame, Wake
from syncproof_products.bundled.core.relay.events import Subscribed, Tick, Unsubscribed
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.wire import Heartbeat, Hello, Live, OpenRoom
from syncproof_products.bundled.tests.relay.relay_bench import RelayBench, draft


def test_a_stream_begins_with_the_heads_and_brings_each_event_to_each_member() -> None:
    bench = RelayBench()
    bench.open("alice", "bob")
    bench.push("alice", draft("1"))
    bench.step(Subscribed(1, "alice"))
    bench.step(Subscribed(2, "bob"))
    bench.step(Subscribed(3, "eve"))
    bench.push("alice", draft("2"))
    live = Live("room", bench.log()[1])
    assert bench.frames(1) == [Hello({"room": 1}), live]
    assert bench.frames(2) == [Hello({"room": 1}), live]
    assert bench.frames(3) == [Hello({})]


def test_an_event_pushed_twice_is_sent_once() -> None:
    bench = RelayBench()
    bench.open("alice")
    bench.step(Subscribed(1, "alice"))
    bench.push("alice", draft("1"))
    bench.push("alice", draft("1"))
    assert len(bench.frames(1)) == 2


def test_a_new_member_with_an_open_stream_hears_at_once() -> None:
    bench = RelayBench()
    bench.open("alice")
    bench.step(Subscribed(1, "bob"))
    bench.call("alice", OpenRoom("room", ("bob",)))
    assert bench.frames(1) == [Hello({}), Heartbeat({"room": 0})]
    bench.push("alice", draft("1"))
    assert isinstance(bench.frames(1)[-1], Live)


def test_beats_come_every_heartbeat_while_anyone_listens() -> None:
    bench = RelayBench(Limits(heartbeat_s=5))
    bench.open("alice")
    assert Wake(5.0) in bench.step(Subscribed(1, "alice"))
    bench.sent(1)
    bench.now = 4.999
    assert bench.step(Tick()) == [Wake(5.0)], "a timer that fired early must not be the last one"
    bench.now = 5.1
    assert bench.step(Tick()) == [SendFrame(1, Heartbeat({"room": 0})), Wake(10.1)]
    bench.step(Unsubscribed(1))
    bench.now = 10.2
    assert bench.step(Tick()) == []
    assert Wake(15.2) in bench.step(Subscribed(2, "alice"))


def test_a_slow_stream_loses_events_and_no_beat_and_learns_the_head_once_it_is_empty() -> None:
    bench = RelayBench(Limits(subscriber_queue=3))
    bench.open("alice")
    bench.step(Subscribed(1, "alice"))
    bench.push("alice", *[draft(str(i)) for i in range(5)])
    assert [frame.event.seq for frame in bench.frames(1) if isinstance(frame, Live)] == [1, 2]
    bench.now = 5.0
    bench.step(Tick())
    assert bench.frames(1)[-1] == Heartbeat({"room": 5})
    # A second beat would make two in the queue: it is sent when the first has left, with the heads of then.
    bench.now = 10.0
    bench.step(Tick())
    assert len(bench.frames(1)) == 4
    bench.push("alice", draft("5"))
    bench.sent(1, 3)
    # Not empty yet: an event now would come behind a gap.
    bench.push("alice", draft("6"))
    assert len(bench.frames(1)) == 4
    bench.sent(1)
    assert bench.frames(1)[4:] == [Heartbeat({"room": 7})]
    bench.sent(1)
    bench.push("alice", draft("7"))
    assert bench.frames(1)[-1] == Live("room", bench.log()[7])
    assert bench.relay.metrics()["frames_dropped"] == 5


def test_a_queue_is_bounded_in_bytes_too_but_takes_one_large_event() -> None:
    bench = RelayBench(Limits(subscriber_queue_bytes=1000))
    bench.open("alice")
    bench.step(Subscribed(1, "alice"))
    bench.sent(1)
    bench.push("alice", draft("1", "x" * 5000))
    bench.push("alice", draft("2", "x"))
    assert len(bench.frames(1)) == 2
    assert bench.sent(1) == [SendFrame(1, Heartbeat({"room": 2}))]


def test_a_stream_that_takes_nothing_is_ended() -> None:
    bench = RelayBench(Limits(heartbeat_s=5, stall_s=20))
    bench.open("alice", "bob")
    bench.step(Subscribed(1, "alice"))
    bench.step(Subscribed(2, "bob"))
    for now in (5.0, 10.0, 15.0, 20.0):
        bench.now = now
        bench.sent(2)
        bench.step(Tick())
    assert bench.closed() == [1]
    bench.push("bob", draft("1"))
    assert not [frame for frame in bench.frames(1) if isinstance(frame, Live)]
    assert bench.sent(1) == []
    bench.step(Unsubscribed(1))


def test_one_stream_too_many_ends_the_oldest_of_that_device() -> None:
    bench = RelayBench(Limits(streams_per_device=2))
    bench.open("alice", "bob")
    for stream_id, device in ((1, "alice"), (2, "bob"), (3, "alice"), (4, "alice")):
        bench.step(Subscribed(stream_id, device))
    assert bench.closed() == [1]
    assert bench.relay.metrics()["live_subscribers"] == 3


def test_one_stream_at_most() -> None:
    bench = RelayBench(Limits(streams_per_device=1))
    bench.step(Subscribed(1, "alice"))
    bench.step(Subscribed(2, "alice"))
    assert bench.closed() == [1]
    assert bench.frames(2) == [Hello({})]
