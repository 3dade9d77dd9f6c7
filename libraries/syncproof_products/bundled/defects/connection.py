"""Bugs of the device's connection: giving it up too late, too early, for ever."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import HttpConnection, Patience
from syncproof_products.bundled.device.live_stream import LiveStream

Pump = Callable[[Connection, Turn], None]


@defect
def never_reconnects_after_cut(ran: Ran) -> None:
    """A device that has lost its live stream opens no other one."""

    def broken(original: Pump) -> Pump:
        def pump(self: Connection, turn: Turn) -> None:
            if self.ups and not self._stream:
                ran()
            else:
                original(self, turn)

        return pump

    replace(Connection, "pump", broken)


@defect
def hears_only_its_first_stream(ran: Ran) -> None:
    """Frames of every live stream but the first are taken for late ones of an old stream."""

    def broken(original: Callable[[Connection, int], bool]) -> Callable[[Connection, int], bool]:
        def is_current(self: Connection, stream: int) -> bool:
            if self.ups > 1:
                ran()
                return False
            return original(self, stream)

        return is_current

    replace(Connection, "is_current", broken)


@defect
def ignores_silence(ran: Ran) -> None:
    """A live stream on which nothing comes any more is believed in for ever."""

    def broken(original: Callable[[Connection, Turn], None]) -> Callable[[Connection, Turn], None]:
        def silent(self: Connection, turn: Turn) -> None:
            if self._stream:
                ran()
                self._moved_at = turn.now
            else:
                original(self, turn)

        return silent

    replace(Connection, "_silent", broken)


@defect
def takes_slow_for_dead(ran: Ran) -> None:
    """A link is given up after three seconds without a byte, a fifth of what is set."""

    def impatient(original: Any) -> Callable[[Connection, Settings, Exchanges], None]:
        def init(self: Connection, settings: Settings, exchanges: Exchanges) -> None:
            original(
                self, dataclasses.replace(settings, idle_timeout_s=settings.idle_timeout_s / 5), exchanges
            )

        return init

    def told(original: Callable[[Connection, Turn], None]) -> Callable[[Connection, Turn], None]:
        def silent(self: Connection, turn: Turn) -> None:
            ran()
            original(self, turn)

        return silent

    replace(Connection, "__init__", impatient)
    replace(Connection, "_silent", told)


@defect
def gives_up_on_slow_answers(ran: Ran) -> None:
    """A request with a body is given half of the silence that is set, however long a round trip takes."""

    def halved(original: Callable[[Patience, int], float]) -> Callable[[Patience, int], float]:
        return lambda self, size: original(self, size) / (2 if size else 1)

    def told(
        original: Callable[[HttpConnection, LinkError], None],
    ) -> Callable[[HttpConnection, LinkError], None]:
        def fail(self: HttpConnection, error: LinkError) -> None:
            if error.code == "timeout":
                ran()
            original(self, error)

        return fail

    replace(Patience, "for_request", halved)
    replace(HttpConnection, "_fail", told)


@defect
def loses_step_over_a_split_frame(ran: Ran) -> None:
    """A frame of the live stream that does not come in one read is ignored, and all that follow it."""
    begun: dict[int, int] = {}
    lost: dict[int, None] = {}

    def counting(original: Callable[[LiveStream, bytes], None]) -> Callable[[LiveStream, bytes], None]:
        def received(self: LiveStream, data: bytes) -> None:
            key = id(self)
            if not self._up.done():
                lost.pop(key, None)
                begun[key] = len(data.partition(b"\r\n\r\n")[2])
            else:
                if begun.get(key, 0) > 0:
                    lost[key] = None
                begun[key] = begun.get(key, 0) + len(data)
            original(self, data)

        return received

    def ignoring(original: Callable[[LiveStream, Frame], None]) -> Callable[[LiveStream, Frame], None]:
        def take(self: LiveStream, frame: Frame) -> None:
            size = len(frame.data)
            begun[id(self)] -= size + (2 if size < 126 else 4 if size < 65536 else 10)
            if id(self) in lost:
                ran()
            else:
                original(self, frame)

        return take

    replace(LiveStream, "received", counting)
    replace(LiveStream, "_frame", ignoring)
