"""Bugs of the device's connection: giving it up too late, too early, for ever."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs
from websockets.frames import Frame
from websockets.protocol import State

from syncproof_defects import breaks
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import Patience
from syncproof_products.bundled.device.live_stream import LiveStream


@breaks(Connection, "pump")
def never_reconnects_after_cut(original: Callable[..., None], self: Connection, turn: Turn) -> None:
    """A device that has lost its live stream opens no other one."""
    if self.ups and not self._stream:
        never_reconnects_after_cut.ran()
    else:
        original(self, turn)


@breaks(Connection, "is_current")
def hears_only_its_first_stream(original: Callable[..., bool], self: Connection, stream: int) -> bool:
    """Frames of every live stream but the first are taken for late ones of an old stream."""
    if self.ups > 1:
        hears_only_its_first_stream.ran()
        return False
    return original(self, stream)


@breaks(Connection, "_silent")
def ignores_silence(original: Callable[..., None], self: Connection, turn: Turn) -> None:
    """A live stream on which nothing comes any more is believed in for ever."""
    if self._stream:
        ignores_silence.ran()
        self._moved_at = turn.now
    else:
        original(self, turn)


@breaks(Connection, "_silent")
def takes_slow_for_dead(original: Callable[..., None], self: Connection, turn: Turn) -> None:
    """A link is given up after three seconds without a byte, a fifth of what is set."""
    takes_slow_for_dead.ran()
    original(self, turn)


@takes_slow_for_dead.breaks(Connection, "__init__")
def _impatient(
    original: Callable[..., None], self: Connection, settings: Settings, exchanges: Exchanges
) -> None:
    hasty = structs.replace(settings, idle_timeout_s=settings.idle_timeout_s / 5)
    original(self, hasty, exchanges)


@breaks(LinkError, "__init__")
def gives_up_on_slow_answers(original: Callable[..., None], self: LinkError, code: str, message: str) -> None:
    """A request with a body is given half of the silence that is set, however long a round trip takes."""
    if code == "timeout":
        gives_up_on_slow_answers.ran()
    original(self, code, message)


@gives_up_on_slow_answers.breaks(Patience, "for_request")
def _halved(original: Callable[..., float], self: Patience, size: int) -> float:
    return original(self, size) / (2 if size else 1)


@breaks(Patience, "for_request")
def waits_for_ever_for_an_answer(_original: Callable[..., float], _self: Patience, _size: int) -> float:
    """A request may be silent for as long as it likes."""
    waits_for_ever_for_an_answer.ran()
    return 1e6


@breaks(LiveStream, "_frame")
def loses_step_over_a_split_frame(original: Callable[..., None], self: LiveStream, frame: Frame) -> None:
    """A frame of the live stream that does not come in one read is ignored, and all that follow it."""
    state, size = loses_step_over_a_split_frame.state, len(frame.data)
    state["begun"][id(self)] -= size + (2 if size < 126 else 4 if size < 65536 else 10)
    if id(self) in state["lost"]:
        loses_step_over_a_split_frame.ran()
    else:
        original(self, frame)


@loses_step_over_a_split_frame.breaks(LiveStream, "received")
def _counting(original: Callable[..., None], self: LiveStream, data: bytes) -> None:
    state, key = loses_step_over_a_split_frame.state, id(self)
    begun: dict[int, int] = state.setdefault("begun", {})
    lost: set[int] = state.setdefault("lost", set())
    if self._protocol.state is State.CONNECTING:
        lost.discard(key)
        begun[key] = len(data.partition(b"\r\n\r\n")[2])
    else:
        if begun.get(key, 0) > 0:
            lost.add(key)
        begun[key] = begun.get(key, 0) + len(data)
    original(self, data)
