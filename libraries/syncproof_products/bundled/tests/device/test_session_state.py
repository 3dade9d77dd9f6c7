"""The states of secured connections, as they are told."""

from __future__ import annotations

from syncproof_products.bundled.device.session_state import SessionState


def test_the_count_begins_anew_after_a_success() -> None:
    told: list[tuple[str, int]] = []
    state = SessionState(lambda name, attempt, _: told.append((name, attempt)))
    assert str(state) == "Disconnected"
    state.connecting()
    state.failed("refused")
    state.connecting()
    state.handshaking("0f")
    state.failed("timeout")
    assert str(state) == "Reconnecting(2)"
    state.connecting()
    state.handshaking("1f")
    state.connected()
    assert str(state) == "Connected"
    state.ended()
    state.connecting()
    state.dropped()
    assert told == [
        ("Connecting", 0),
        ("Reconnecting", 1),
        ("Handshaking", 1),
        ("Reconnecting", 2),
        ("Handshaking", 2),
        ("Connected", 0),
        ("Disconnected", 0),
        ("Connecting", 0),
        ("Disconnected", 0),
    ]


def test_there_is_a_session_as_long_as_one_connection_has_one() -> None:
    state = SessionState(lambda *_: None)
    state.connected()
    state.connected()
    state.ended()
    assert str(state) == "Connected"
    state.connecting()
    state.dropped()
    assert str(state) == "Connected"
    state.ended()
    assert str(state) == "Disconnected"


def test_a_session_that_ends_hides_no_failure() -> None:
    state = SessionState(lambda *_: None)
    state.connected()
    state.failed("refused")
    state.ended()
    assert str(state) == "Reconnecting(1)"
