"""Bugs of the relay that only a hostile client meets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncproof_defects import breaks
from syncproof_products.bundled.core.relay import relay
from syncproof_products.bundled.core.relay.actions import Answered, RelayAction
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.core.relay.rooms import Room
from syncproof_products.bundled.core.wire import Answer, Call, Draft, MarkerIs, Push, Refused
from syncproof_products.bundled.relay import calls_app
from syncproof_products.bundled.relay.calls_app import CallsApp, TooLargeError
from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded import Guarded
from syncproof_products.bundled.relay.incoming import Body, Incoming
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.reading import Reading
from syncproof_products.bundled.relay.replies import header
from syncproof_products.bundled.relay.secured import RelayIdentity
from syncproof_products.bundled.wire_json import WireError
from syncproof_synckit.encryption.channel import Channel
from syncproof_synckit.encryption.noise.kem import MlKem768
from syncproof_synckit.encryption.secret import Secret

_BUFFER = 128 * 1024
_MINUTE_S = 60.0


@breaks(calls_app, "decode_push")
def takes_what_it_cannot_read_for_nothing(
    original: Callable[[str, bytes], Push], room: str, body: bytes
) -> Push:
    """A push that the relay cannot read is answered like one without events."""
    try:
        return original(room, body)
    except WireError:
        takes_what_it_cannot_read_for_nothing.ran()
        return Push(room, ())


@breaks(relay.Relay, "_set_marker")
def takes_markers_behind_the_end(
    original: Callable[..., list[RelayAction]],
    self: relay.Relay,
    request_id: int,
    device: str,
    room: Room,
    seq: int,
) -> list[RelayAction]:
    """A device may say that it has read what nobody has said yet."""
    if seq > room.head:
        takes_markers_behind_the_end.ran()
        return [Answered(request_id, MarkerIs(seq))]
    return original(self, request_id, device, room, seq)


@breaks(relay, "refusal_of_draft")
def takes_events_of_any_size(
    original: Callable[[Draft, int, Limits], Refused | None], draft: Draft, size: int, limits: Limits
) -> Refused | None:
    """The size of an event is not looked at."""
    if size > limits.max_event_bytes:
        takes_events_of_any_size.ran()
    return original(draft, 0, limits)


@breaks(CallsApp, "_body")
async def looks_at_the_length_when_all_has_come(
    original: Callable[[CallsApp, Scope, Receive, Body], Awaitable[bytes]],
    self: CallsApp,
    scope: Scope,
    receive: Receive,
    coming: Body,
) -> bytes:
    """A body in chunks, which does not say its length, is read whole before that is looked at."""
    if header(scope, b"content-length") is not None:
        return await original(self, scope, receive, coming)
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise calls_app.DisconnectedError
        chunks.append(message["body"])
        more = message.get("more_body", False)
    body = b"".join(chunks)
    if len(body) > self._max_request_bytes:
        looks_at_the_length_when_all_has_come.ran()
        raise TooLargeError
    return body


@breaks(Guard, "app")
def hangs_up_at_what_it_refuses(
    original: Callable[[Guard, ASGIApp], ASGIApp], self: Guard, app: ASGIApp
) -> ASGIApp:
    """A request that is refused is the last one on its connection."""

    async def ending(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                hangs_up_at_what_it_refuses.ran()
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, sending)

    return original(self, ending)


@breaks(relay, "refusal_of_draft")
def takes_unknown_kinds_for_appends(
    original: Callable[[Draft, int, Limits], Refused | None], draft: Draft, size: int, limits: Limits
) -> Refused | None:
    """An event of a kind that the relay does not know is stored."""
    refused = original(draft, size, limits)
    if refused is not None and "expected kind" in refused.message:
        takes_unknown_kinds_for_appends.ran()
        return None
    return refused


@breaks(Guarded, "connection_lost")
def keeps_what_a_lost_connection_had(
    original: Callable[[Guarded, Exception | None], None], self: Guarded, error: Exception | None
) -> None:
    """A task goes on for a connection that is gone, where its client was never known."""
    original(self, error)
    if not self.device:
        keeps_what_a_lost_connection_had.ran()
        state: dict[Any, Any] = keeps_what_a_lost_connection_had.state
        state[self] = asyncio.ensure_future(asyncio.sleep(3600))


@breaks(Guarded, "connection_made")
def keeps_the_buffers_of_lost_connections(
    original: Callable[[Guarded, asyncio.BaseTransport], None],
    self: Guarded,
    transport: asyncio.BaseTransport,
) -> None:
    """Each connection gets a buffer, which nobody gives back when it is gone."""
    keeps_the_buffers_of_lost_connections.ran()
    state = keeps_the_buffers_of_lost_connections.state
    state[len(state)] = b"\x01" * _BUFFER
    original(self, transport)


@breaks(Node, "call")
async def lets_all_wait_for_one(
    original: Callable[[Node, str, Call], Awaitable[Answer]], self: Node, device: str, call: Call
) -> Answer:
    """When a device was refused something, what all others push waits for a minute."""
    state, now = lets_all_wait_for_one.state, asyncio.get_running_loop().time
    wait_s = state.get("until", 0.0) - now()
    if isinstance(call, Push) and device != state.get("refused", device) and wait_s > 0:
        lets_all_wait_for_one.ran()
        await asyncio.sleep(wait_s)
    answer = await original(self, device, call)
    if isinstance(answer, Refused):
        state.update(refused=device, until=now() + _MINUTE_S)
    return answer


@breaks(Guarded, "pause_writing")
def lets_all_wait_for_who_reads_slowly(original: Callable[[Guarded], None], self: Guarded) -> None:
    """When a device does not read what it is sent, what all others push waits for a minute."""
    lets_all_wait_for_who_reads_slowly.ran()
    until = asyncio.get_running_loop().time() + _MINUTE_S
    lets_all_wait_for_who_reads_slowly.state.update(device=self.device, until=until)
    original(self)


@lets_all_wait_for_who_reads_slowly.breaks(Node, "call")
async def _what_others_push(
    original: Callable[[Node, str, Call], Awaitable[Answer]], self: Node, device: str, call: Call
) -> Answer:
    state = lets_all_wait_for_who_reads_slowly.state
    wait_s = state.get("until", 0.0) - asyncio.get_running_loop().time()
    if isinstance(call, Push) and device != state.get("device", device) and wait_s > 0:
        await asyncio.sleep(wait_s)
    return await original(self, device, call)


@breaks(Guard, "_joined")
def keeps_every_stranger(
    original: Callable[[Guard, Guarded], None], self: Guard, connection: Guarded
) -> None:
    """There is no limit to connections of clients that have not said who they are."""
    if len(self._strangers) >= self._settings.strangers:
        keeps_every_stranger.ran()
    strangers, self._strangers = self._strangers, {}
    original(self, connection)
    self._strangers = {**strangers, **self._strangers}


@breaks(Incoming, "add")
def reads_all_that_a_device_sends(
    original: Callable[[Incoming, str, int], bool], self: Incoming, device: str, size: int
) -> bool:
    """There is no limit to the bodies of one device that are read at a time."""
    if original(self, device, size):
        reads_all_that_a_device_sends.ran()
    return False


@breaks(Guard, "_known")
def keeps_every_connection_of_a_device(
    original: Callable[[Guard, Guarded, str | None], None],
    self: Guard,
    connection: Guarded,
    device: str | None,
) -> None:
    """There is no limit to the connections of one device."""
    own = self._of_device.pop(device or "", {})
    if len(own) >= self._settings.connections_per_device:
        keeps_every_connection_of_a_device.ran()
    original(self, connection, device)
    if device is not None:
        self._of_device[device] = {**own, **self._of_device.get(device, {})}


@breaks(Reading, "overdue")
def waits_for_slow_clients_for_ever(original: Callable[..., bool], self: Reading, *times: float) -> bool:
    """Whoever sends a byte now and then is waited for."""
    if original(self, *times):
        waits_for_slow_clients_for_ever.ran()
    return False


@breaks(Buckets, "delay")
def admits_every_stream(
    original: Callable[[Buckets, float, str], float], self: Buckets, now: float, device: str
) -> float:
    """A device may open streams, and push, as often as it likes."""
    if original(self, now, device):
        admits_every_stream.ran()
    return 0.0


@breaks(MlKem768, "encapsulate")
def answers_a_handshake_as_it_did_before(
    original: Callable[[MlKem768, bytes], tuple[Secret, bytes]], self: MlKem768, public: bytes
) -> tuple[Secret, bytes]:
    """The relay's part of a handshake has nothing random: the same first message gets the same session."""
    state = answers_a_handshake_as_it_did_before.state
    if public in state:
        answers_a_handshake_as_it_did_before.ran()
    else:
        state[public] = original(self, public)
    found: tuple[Secret, bytes] = state[public]
    return found


@answers_a_handshake_as_it_did_before.breaks(RelayIdentity, "channel")
def _with_the_same_ephemeral_key(
    original: Callable[[RelayIdentity], Channel], self: RelayIdentity
) -> Channel:
    made = original(self)
    made._handshake._random = bytes
    return made
