"""Every kind of line that a history has: those of all scenarios, and those that workloads add."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Union

import msgspec

from syncproof.evidence import records
from syncproof.evidence.records import Event, Record
from syncproof.registry import defined_in, discover


@functools.cache
def kinds() -> Sequence[type[Record]]:
    """Every record by its class."""
    own = [kind for kind in defined_in(records, Record) if kind not in (Record, Event)]
    return (*own, *discover(Record, "records"))


if TYPE_CHECKING:
    Line = Record
else:
    #: What a line is decoded as.
    Line = Union[tuple(kinds())]  # noqa: UP007 - made while it runs


_lines = msgspec.json.Decoder(Line)
_anything = msgspec.json.Decoder(dict[str, Any])


def decode(block: bytes | memoryview) -> list[Line]:
    """The lines of a history behind its header. One of a kind that no workload of this house has becomes a note.

    Raises msgspec.DecodeError where one is no line at all.
    """
    try:
        return _lines.decode_lines(block)
    except msgspec.ValidationError:  # found out once: a line must not cost more where all are known
        return [_decode(line) for line in bytes(block).splitlines() if line.strip()]


def _decode(line: bytes) -> Line:
    fields = _anything.decode(line)
    if fields.get("type") in {None, *(kind.__struct_config__.tag for kind in kinds())}:
        return _lines.decode(line)
    common = {name: fields.pop(name) for name in Record.__struct_fields__ if name in fields}
    return msgspec.convert(
        {**common, "type": "note", "what": fields.pop("type"), "fields": fields}, records.Note
    )
