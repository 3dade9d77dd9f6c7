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
    state.connecting()
    state.dropped()
    assert told == [
        ("Connecting", 0),
        ("Reconnecting", 1),
        ("Handshaking", 1),
        ("Reconnecting", 2),
        ("Handshaking", 2),
        ("Connected", 0),
        ("Connecting", 0),
        ("Disconnected", 0),
    ]
