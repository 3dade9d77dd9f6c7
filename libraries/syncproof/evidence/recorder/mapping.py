"""From what an agent reports to the lines of a history. Nothing is dropped, merged or reordered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from syncproof.evidence import records
from syncproof.evidence.lines import kinds


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


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """What every event carries."""

    seq: int
    t_ns: int
    type: str


class _Deliver(Stamp, frozen=True):
    n: int


#: Types of events that are no record by themselves: what became of an operation.
_OUTCOME = {"ack": "ok", "failed": "fail"}
_stamp = msgspec.json.Decoder(Stamp)
_deliver = msgspec.json.Decoder(_Deliver)
_anything = msgspec.json.Decoder(dict[str, Any])
_delivery = msgspec.json.Decoder(Delivery)


@dataclass(frozen=True)
class _Known:
    """How an event is decoded, and which record it becomes."""

    decoder: msgspec.json.Decoder[Any]
    names: tuple[str, ...]
    kind: type[records.Record]

    @classmethod
    def of(cls, kind: type[records.Record], *without: str) -> Self:
        """An event with its record's fields. Where the record has a default, an event may have null, or nothing."""
        own = [
            field
            for field in msgspec.structs.fields(kind)
            if field.name not in (*records.Record.__struct_fields__, *without)
        ]
        shape = msgspec.defstruct(
            kind.__name__,
            [
                (each.name, each.type) if each.required else (each.name, each.type | None, None)
                for each in own
            ],
            bases=(Stamp,),
            frozen=True,
            kw_only=True,
        )
        return cls(msgspec.json.Decoder(shape), tuple(each.name for each in own), kind)


@functools.cache
def _known() -> dict[str, _Known]:
    """Event type -> what it becomes."""
    result = _Known.of(records.Result, "outcome")
    told = {
        str(kind.__struct_config__.tag): _Known.of(kind)
        for kind in kinds()
        if issubclass(kind, records.Event)
    }
    return {**told, **dict.fromkeys(_OUTCOME, result)}


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
    known = _known().get(event.type)
    if known is None:
        fields = _anything.decode(raw)
        for name in Stamp.__struct_fields__:
            del fields[name]
        return event.seq, records.Note(what=event.type, fields=fields, **common)
    decoded = known.decoder.decode(raw)
    if event.type in _OUTCOME:
        common["outcome"] = _OUTCOME[event.type]
    told = ((name, getattr(decoded, name)) for name in known.names)
    return event.seq, known.kind(**common, **{name: value for name, value in told if value is not None})


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
