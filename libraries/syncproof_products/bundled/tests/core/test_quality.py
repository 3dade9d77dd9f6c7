from __future__ import annotations

import pytest

from syncproof_products.bundled.core.actions import OpenStream, Ping
from syncproof_products.bundled.core.events import DisconnectWanted, Ponged
from syncproof_products.bundled.core.quality import Quality, quality_of
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import Heartbeat
from syncproof_products.bundled.tests.core.driven_device import DrivenDevice, last, of


@pytest.mark.parametrize(
    ("before", "round_trips", "after"),
    [
        ("unknown", (), "unknown"),
        ("unknown", (0.01, 0.01), "unknown"),
        ("unknown", (0.01, 0.01, 0.01), "good"),
        ("unknown", (0.45, 0.45, 0.45), "good"),
        ("good", (0.01, 0.01, 9.0), "good"),  # one may be late for any reason
        ("good", (0.01, 0.499, 9.0), "good"),
        ("good", (0.01, 0.5, 9.0), "degraded"),
        ("good", (9.0, 0.01, 0.5), "degraded"),
        ("degraded", (0.5, 0.45, 0.45), "degraded"),  # in between it stays as it was
        ("good", (0.5, 0.45, 0.45), "good"),
        ("degraded", (0.5, 0.4, 0.4), "good"),
        ("degraded", (9.0, 9.0, 0.01, 0.01), "good"),  # the last three
        ("degraded", (0.01, 9.0), "degraded"),
    ],
)
def test_the_middle_of_three_round_trips_counts(
    before: Quality, round_trips: tuple[float, ...], after: Quality
) -> None:
    assert quality_of(before, round_trips, degraded_s=0.5, good_s=0.4) == after


def live() -> DrivenDevice:
    device = DrivenDevice()
    device.go_live()
    return device


def round_trip(device: DrivenDevice, seconds: float) -> None:
    """The ping that is under way comes back after so long; then the next one is sent."""
    ping = last(device.actions, Ping)
    device.frame(Heartbeat({}))
    device.step(Ponged(ping.stream, ping.number), seconds)
    device.wait(Settings().ping_s)


def told(device: DrivenDevice) -> list[tuple[object, object]]:
    return [(step["state"], step["round_trip_ms"]) for step in device.seen("quality")]


def test_a_spike_is_shown_and_its_end_too() -> None:
    device = live()
    for seconds in (0.125, 0.125, 0.125, 0.625, 0.625, 0.125, 0.125):
        round_trip(device, seconds)
    assert [state for state, _ in told(device)] == ["good", "degraded", "good"]
    assert [middle for _, middle in told(device)] == pytest.approx([125, 625, 125])
    assert device.core.quality == "good"
    assert device.state == "live", "it is another question whether it is connected"


def test_pings_are_one_at_a_time_and_so_often() -> None:
    device = live()
    assert len(of(device.actions, Ping)) == 1
    device.wait(30)
    assert len(of(device.actions, Ping)) <= 1, "none while one is under way"


def test_without_a_stream_nobody_knows_and_an_old_pong_is_nothing() -> None:
    device = live()
    for _ in range(3):
        round_trip(device, 0.125)
    old = last(device.actions, Ping)
    device.step(DisconnectWanted())
    assert device.core.quality == "unknown"
    device.step(Ponged(old.stream, old.number))
    assert [state for state, _ in told(device)] == ["good", "unknown"]


def test_standby_is_no_round_trip() -> None:
    device = live()
    for _ in range(2):
        round_trip(device, 0.125)
    under_way = last(device.actions, Ping)
    device.wait(100, tick_s=100)
    if last(device.actions, OpenStream).stream == under_way.stream:
        device.step(Ponged(under_way.stream, under_way.number))
    assert told(device) == [], "two round trips are not three"
    round_trip(device, 0.125)
    assert [state for state, _ in told(device)] == ["good"]


@pytest.mark.parametrize(("degraded_s", "good_s"), [(0.4, 0.5), (0.0, 0.0)])
def test_limits_that_make_no_sense_are_refused(degraded_s: float, good_s: float) -> None:
    with pytest.raises(ValueError, match="setting"):
        Settings(degraded_s=degraded_s, good_s=good_s)
