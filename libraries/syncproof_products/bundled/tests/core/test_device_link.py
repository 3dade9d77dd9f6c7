from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.bundled.core.actions import (
    Action,
    Cancel,
    CloseStream,
    Commit,
    Exchange,
    OpenStream,
    Wake,
)
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import (
    Answered,
    BlobMoved,
    Committed,
    ConnectWanted,
    DeviceEvent,
    DisconnectWanted,
    ExchangeFailed,
    FrameGot,
    RelayAddressChanged,
    Started,
    StreamDown,
    StreamMoved,
    StreamUp,
    Submit,
    Tick,
)
from syncproof_products.bundled.core.records import GroupState, IntentStored, Snapshot
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import Heartbeat, Hello, Live, Page, Pull, Push, Pushed
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    DrivenDevice,
    calls,
    event,
    events,
    last,
    observed,
    of,
    op,
)


def states(device: DrivenDevice) -> list[object]:
    return [change["state"] for change in device.seen("connection")]


def test_the_states_of_a_link_in_their_order() -> None:
    device = DrivenDevice()
    assert device.state == "offline"
    device.go_live(head=1)
    device.answer(Pull, Page(events(1, 1), 1, more=False))
    device.commit()
    device.step(StreamDown(last(device.actions, OpenStream).stream, "closed"))
    device.step(DisconnectWanted())
    assert states(device) == ["connecting", "catching_up", "live", "connecting", "offline"]
    assert device.seen("connection")[3]["reason"] == "closed"


def test_the_wish_to_be_connected_is_durable() -> None:
    device = DrivenDevice()
    device.step(ConnectWanted())
    device.step(ConnectWanted())
    device.commit()
    device.step(DisconnectWanted())
    changes = [change for commit in of(device.actions, Commit) for change in commit.changes]
    assert changes == [IntentStored(True), IntentStored(False)]


def test_after_a_restart_it_connects_if_it_was_meant_to_be() -> None:
    device = DrivenDevice(snapshot=Snapshot(connected=True))
    assert of(device.actions, OpenStream) == []
    device.step(RelayAddressChanged("relay:1"))
    assert len(of(device.actions, OpenStream)) == 1


def test_connecting_is_tried_again_with_backoff() -> None:
    device = DrivenDevice()
    device.step(RelayAddressChanged("relay:1"))
    device.step(ConnectWanted())
    opened = []
    for _ in range(5):
        opened.append(device.now)
        device.step(StreamDown(last(device.actions, OpenStream).stream, "refused: nothing listens"))
        count = len(of(device.actions, OpenStream))
        while len(of(device.actions, OpenStream)) == count:
            device.wait(0.5, 0.5)
    assert [later - earlier for earlier, later in pairwise(opened)] == [
        0.5,
        1.0,
        2.0,
        4.0,
    ]
    assert [attempt["what"] for attempt in device.seen("attempt")] == ["connect"] * 5
    assert device.core.metrics()["retriesScheduled"] == 5


def test_a_stream_that_breaks_at_once_each_time_is_not_opened_in_a_hurry() -> None:
    device = DrivenDevice()
    device.go_live()
    for _ in range(20):
        stream = last(device.actions, OpenStream).stream
        device.step(StreamDown(stream, "closed"))
        while last(device.actions, OpenStream).stream == stream:
            device.wait(0.5, 0.5)
        device.open_stream()
    assert device.now - 100.0 > 60.0, "twenty attempts in a row back off"


def test_silence_ends_a_stream_and_a_new_one_is_opened() -> None:
    device = DrivenDevice()
    device.go_live()
    stream = last(device.actions, OpenStream).stream
    assert of(device.wait(14.5, 0.5), CloseStream) == []
    [closed] = of(device.wait(1.0, 0.5), CloseStream)
    assert closed.stream == stream
    assert closed.reason.startswith("silent")
    assert device.seen("connection")[-1]["reason"] == closed.reason
    device.wait(1)
    assert last(device.actions, OpenStream).stream != stream


def test_a_stream_on_which_bytes_still_move_is_slow_and_not_dead() -> None:
    device = DrivenDevice()
    device.go_live()
    stream = last(device.actions, OpenStream).stream
    for _ in range(5):
        device.wait(10)
        device.step(StreamMoved(stream))
    assert of(device.actions, CloseStream) == []


def test_an_attempt_to_connect_that_hangs_is_given_up() -> None:
    device = DrivenDevice()
    device.step(RelayAddressChanged("relay:1"))
    device.step(ConnectWanted())
    stream = last(device.actions, OpenStream).stream
    device.wait(15.5)
    assert [closed.stream for closed in of(device.actions, CloseStream)] == [stream]
    assert device.seen("attempt")[0]["outcome"] == "failed"
    device.step(StreamUp(stream))
    assert device.state == "connecting", "what comes of it later is ignored"


def test_frames_of_an_old_stream_are_ignored() -> None:
    device = DrivenDevice()
    device.go_live()
    old = last(device.actions, OpenStream).stream
    device.step(StreamDown(old, "closed"))
    device.wait(1)
    device.open_stream()
    device.step(FrameGot(old, Live(GROUP, event(1))))
    device.commit()
    assert device.core.deliveries == 0


def test_another_address_ends_what_goes_on_and_is_tried_at_once() -> None:
    device = DrivenDevice()
    device.go_live(head=3)
    stream, pull = last(device.actions, OpenStream).stream, device.exchange(Pull)[0]
    actions = device.step(RelayAddressChanged("relay:2"))
    assert of(actions, CloseStream) == [CloseStream(stream, "the relay's address changed")]
    assert of(actions, Cancel) == [Cancel(pull)]
    assert len(of(actions, OpenStream)) == 1
    assert of(device.step(RelayAddressChanged("relay:2")), OpenStream) == []


def test_without_wish_or_address_nothing_is_tried() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.step(DisconnectWanted())
    before = len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream))
    device.commit()
    device.wait(60)
    assert len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream)) == before
    device.step(ConnectWanted())
    assert len(of(device.actions, OpenStream)) == 2


def test_what_waits_for_the_link_goes_on_as_soon_as_the_relay_greets() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    for _ in range(6):
        device.step(ExchangeFailed(device.exchange(Push)[0], "closed"))
        device.wait(6)
        device.frame(Heartbeat({GROUP: 0}))
    device.step(ExchangeFailed(device.exchange(Push)[0], "closed"))
    device.step(StreamDown(last(device.actions, OpenStream).stream, "closed"))
    device.wait(0.6, 0.6)
    pushes = len(calls(device.actions, Push))
    device.open_stream()
    assert len(calls(device.actions, Push)) == pushes + 1


def broken(device: DrivenDevice) -> None:
    """Let everything that is under way fail."""
    for action in list(device.actions):
        if isinstance(action, Exchange):
            device.step(ExchangeFailed(action.exchange, "refused"))
        elif isinstance(action, OpenStream):
            device.step(StreamDown(action.stream, "refused"))


def test_the_breaker_opens_after_so_many_failures_and_nothing_is_tried_until_it_cooled_down() -> None:
    device = DrivenDevice(Settings(breaker_failures=5, breaker_cooldown_s=10.0, retry_jitter=0.0))
    device.step(RelayAddressChanged("relay:1"))
    device.step(ConnectWanted())
    device.submit(op(1))
    device.commit()
    while device.core.breaker == "closed":
        broken(device)
        device.wait(0.5, 0.5)
    failed = [attempt for attempt in device.seen("attempt") if attempt["outcome"] == "failed"]
    assert len(failed) == 5
    assert device.seen("breaker") == [{"state": "open", "failures": 5}]
    tried = len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream))
    device.wait(9.0, 0.5)
    assert len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream)) == tried
    device.wait(1.0, 0.5)
    assert device.core.breaker == "half_open"
    assert len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream)) == tried + 1
    device.wait(5.0)
    assert len(of(device.actions, Exchange)) + len(of(device.actions, OpenStream)) == tried + 1
    broken(device)
    assert device.seen("breaker")[-1] == {"state": "open", "failures": 6}
    assert device.core.metrics()["circuitOpens"] == 2
    device.wait(10.5, 0.5)
    device.open_stream()
    assert device.seen("breaker")[-1] == {"state": "closed", "failures": 0}
    assert device.core.breaker == "closed"


def test_what_is_under_way_when_the_breaker_opens_is_given_up() -> None:
    device = DrivenDevice(Settings(breaker_failures=1, retry_jitter=0.0))
    device.go_live(head=3)
    device.submit(op(1))
    device.commit()
    pull, push = device.exchange(Pull)[0], device.exchange(Push)[0]
    actions = device.step(ExchangeFailed(push, "closed"))
    assert of(actions, Cancel) == [Cancel(pull)]
    device.step(Answered(pull, Page(events(1, 3), 3, more=False)))
    device.commit()
    assert device.core.deliveries == 0, "its answer is not waited for any more"
    device.wait(10.5, 0.5)
    device.answer(Pull, Page(events(1, 3), 3, more=False))
    device.commit()
    assert device.core.deliveries == 3
    assert device.core.breaker == "closed"


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    device = DrivenDevice()
    device.go_live()
    device.now -= 10_000
    device.step(StreamDown(last(device.actions, OpenStream).stream, "closed"))
    wake = last(device.actions, Wake)
    assert device.now < wake.at <= device.now + 0.5
    [retry] = device.seen("retry")
    assert retry["due_ns"] == round((device.now + 0.5) * 1e9), "in the clock that the edge shows"
    device.wait(1)
    assert len(of(device.actions, OpenStream)) == 2


def test_it_looks_at_the_clock_at_least_every_heartbeat() -> None:
    device = DrivenDevice()
    for _ in range(10):
        [wake] = of(device.step(Tick()), Wake)
        assert device.now < wake.at <= device.now + 5.0
        device.now = wake.at


scripts = st.lists(
    st.one_of(
        st.floats(0.0, 40.0).map(lambda seconds: (Tick(), seconds)),
        st.integers(1, 12).map(lambda n: (Submit(n, op(n)), 0.0)),
        st.sampled_from([ConnectWanted(), DisconnectWanted(), RelayAddressChanged("relay:2")]).map(
            lambda wish: (wish, 0.0)
        ),
        st.integers(1, 9).map(lambda n: (StreamUp(n), 0.1)),
        st.integers(1, 9).map(lambda n: (StreamDown(n, "closed"), 0.1)),
        st.integers(1, 9).map(lambda n: (FrameGot(n, Hello({GROUP: 4})), 0.1)),
        st.tuples(st.integers(1, 9), st.integers(1, 9)).map(
            lambda pair: (FrameGot(pair[0], Live(GROUP, event(pair[1]))), 0.1)
        ),
        st.integers(1, 9).map(lambda n: (Answered(n, Page(events(1, 3), 5, more=True)), 0.1)),
        st.integers(1, 9).map(lambda n: (Answered(n, Pushed((("op-1", 6),), 6)), 0.1)),
        st.integers(1, 9).map(lambda n: (ExchangeFailed(n, "closed"), 0.1)),
        st.integers(1, 9).map(lambda n: (BlobMoved(n, 5), 0.1)),
        st.integers(1, 9).map(lambda n: (Committed(n), 0.01)),
    ),
    max_size=40,
)


def run(script: list[tuple[DeviceEvent, float]]) -> list[list[Action]]:
    device, rng, now = Device("alice", Settings(breaker_failures=3)), random.Random(4), 0.0
    state = GroupState(GROUP, ("alice",), joined=True)
    done = [device.step(now, rng, Started(Snapshot(connected=True, groups=(state,))))]
    done.append(device.step(now, rng, RelayAddressChanged("relay:1")))
    for happened, seconds in script:
        now += seconds
        done.append(device.step(now, rng, happened))
    return done


@given(scripts)
def test_whatever_the_edge_says_it_answers_the_same_and_sanely(
    script: list[tuple[DeviceEvent, float]],
) -> None:
    done = run(script)
    assert done == run(script), "the same events give the same actions"
    actions = [action for step in done for action in step]
    opened = of(actions, OpenStream)
    closed = of(actions, CloseStream)
    assert len(dict.fromkeys(one.stream for one in opened)) == len(opened)
    assert {one.stream for one in closed} <= {one.stream for one in opened}
    commits = [commit.batch for commit in of(actions, Commit)]
    assert commits == list(range(1, len(commits) + 1))
    said = [int(str(fields["n"])) for fields in observed(actions, "deliver")]
    assert said == sorted(said)
