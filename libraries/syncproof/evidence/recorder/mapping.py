"""From what an agent reports to the lines of a history. Nothing is dropped, merged or reordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from syncproof.evidence import records


class EventsReply(msgspec.Struct, frozen=True):
    """GET /events. Each event is decoded by itself: one malformed event must not hide its neighbours."""

    incarnation: int
    events: list[msgspec.Raw]
    next: int = 0


class DeliveriesReply(msgspec.Struct, frozen=True):
    """GET /deliveries."""

    deliveries: list[msgspec.Raw]
    total: int


class BlobReference(msgspec.Struct, frozen=True, gc=False):
    """An attachment of a delivery."""

    digest: str
    name: str = ""


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """One entry of a delivery log, as the agent protocol has it."""

    n: int
    t_ns: int
    op_id: str
    group: str
    kind: str
    author: str
    version: str
    digest: str
    size: int
    path: str
    entry: str | None = None
    server_order: int | None = None
    clock: dict[str, int] | None = None
    blobs: tuple[BlobReference, ...] = ()


class Event(msgspec.Struct, frozen=True, gc=False):
    """What every event carries."""

    seq: int
    t_ns: int
    type: str


class _Deliver(Event, frozen=True):
    n: int


class _Ack(Event, frozen=True):
    op_id: str
    server_order: int | None = None


class _Failed(Event, frozen=True):
    op_id: str
    code: str = ""


class _Connection(Event, frozen=True):
    state: str
    reason: str | None = None


class _Attempt(Event, frozen=True):
    what: str
    outcome: Literal["ok", "failed"]
    reason: str | None = None


class _Retry(Event, frozen=True):
    what: str
    attempt: int
    delay_ms: float
    due_ns: int
    reason: str | None = None
    about: str | None = None


class _Breaker(Event, frozen=True):
    state: str
    failures: int = 0


class _Catchup(Event, frozen=True):
    group: str
    state: str
    after: int | None = None
    got: int | None = None
    head: int | None = None
    reason: str | None = None


class _Held(Event, frozen=True):
    group: str
    op_id: str
    version: str
    server_order: int | None = None


class _Marker(Event, frozen=True):
    group: str
    scope: Literal["local", "remote"]
    new: str
    n: int
    old: str | None = None


class _Blob(Event, frozen=True):
    digest: str
    state: str
    offset: int | None = None
    size: int | None = None


class _SetAside(Event, frozen=True):
    group: str
    op_id: str
    version: str
    server_order: int | None = None
    reason: str | None = None


class _Verification(Event, frozen=True):
    id: str
    peer: str
    state: str
    emoji: tuple[str, ...] = ()
    reason: str | None = None


#: Event type -> how it is decoded, and which record it becomes. Fields pass under their own names.
_KNOWN: dict[str, tuple[type[Event], type[records.Record]]] = {
    "ack": (_Ack, records.Result),
    "failed": (_Failed, records.Result),
    "connection": (_Connection, records.Connection),
    "attempt": (_Attempt, records.Attempt),
    "retry": (_Retry, records.Retry),
    "breaker": (_Breaker, records.Breaker),
    "catchup": (_Catchup, records.Catchup),
    "held": (_Held, records.Held),
    "marker": (_Marker, records.Marker),
    "blob": (_Blob, records.Blob),
    "set_aside": (_SetAside, records.SetAside),
    "verification": (_Verification, records.Verification),
}
_OUTCOME = {"ack": "ok", "failed": "fail"}
_stamp = msgspec.json.Decoder(Event)
_deliver = msgspec.json.Decoder(_Deliver)
_anything = msgspec.json.Decoder(dict[str, Any])
_decoders = {name: msgspec.json.Decoder(shape) for name, (shape, _) in _KNOWN.items()}
_delivery = msgspec.json.Decoder(Delivery)


def decode_event(
    raw: msgspec.Raw, device: str, incarnation: int, delivered: Callable[[int], None]
) -> tuple[int, records.Record | None]:
    """The event's number and its line; `delivered(n)` is called instead of a line for a `deliver` event.

    Raises msgspec.ValidationError or DecodeError where the event is not what the protocol says.
    """
    event = _stamp.decode(raw)
    common: dict[str, Any] = {
        "t_ns": event.t_ns,
        "source": device,
        "source_seq": event.seq,
        "incarnation": incarnation,
        "device": device,
    }
    if event.type == "deliver":
        delivered(_deliver.decode(raw).n)
        return event.seq, None
    known = _KNOWN.get(event.type)
    if known is None:
        fields = _anything.decode(raw)
        for name in Event.__struct_fields__:
            del fields[name]
        return event.seq, records.Note(what=event.type, fields=fields, **common)
    decoded = _decoders[event.type].decode(raw)
    if event.type in _OUTCOME:
        common["outcome"] = _OUTCOME[event.type]
    for name in decoded.__struct_fields__[len(Event.__struct_fields__) :]:
        value = getattr(decoded, name)
        if value is not None or name == "old":
            common[name] = value
    return event.seq, known[1](**common)


def decode_delivery(
    raw: msgspec.Raw, device: str, incarnation: int, names: Mapping[str, str]
) -> records.Deliver:
    """One entry of the delivery log as a line. Raises like `decode_event`.

    names: the device's name in the history by the identity that the system knows.
    """
    entry = _delivery.decode(raw)
    return records.Deliver(
        t_ns=entry.t_ns,
        source=device,
        source_seq=entry.n,
        incarnation=incarnation,
        device=device,
        n=entry.n,
        op_id=entry.op_id,
        group=entry.group,
        kind=entry.kind,
        author=names.get(entry.author, entry.author),
        version=entry.version,
        digest=entry.digest,
        size=entry.size,
        path=entry.path,
        server_order=entry.server_order,
        entry=entry.entry,
        clock=None
        if entry.clock is None
        else {names.get(name, name): count for name, count in entry.clock.items()},
        blobs=tuple(blob.digest for blob in entry.blobs),
        names=tuple(blob.name for blob in entry.blobs),
    )
