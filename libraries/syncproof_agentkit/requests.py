"""What the agent protocol accepts, checked: every refusal names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

import msgspec

from syncproof_agentkit.errors import invalid

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Kind = Literal["append", "put", "resolve", "delete"]

_DIGEST = re.compile("[0-9a-f]{64}")
_ADDRESS = re.compile(r"(?P<host>[^:\[\]]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")

T = TypeVar("T")


class BlobReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attachment of an operation."""

    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=0)]
    name: str


class NewOp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /ops."""

    op_id: Name
    group: Name
    kind: Kind
    body: str
    entry: Name | None = None
    base: tuple[str, ...] = ()
    blobs: tuple[BlobReference, ...] = ()


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /groups/{group}. passphrase: of a group that is encrypted from end to end; derivation: of its key."""

    members: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    passphrase: str | None = None
    derivation: str | None = None

    def __repr__(self) -> str:
        return f"Group(members={self.members!r})"


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /links/{peer}."""

    address: str


class Marker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /marker."""

    group: Name
    version: Name
    n: Annotated[int, msgspec.Meta(ge=0)]


class Pipeline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /pipeline."""

    state: Literal["running", "paused"]


class ClockChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /clock: exactly one of the two."""

    offset_ms: float | None = None
    advance_ms: float | None = None


class _Body(msgspec.Struct, frozen=True):
    op_id: str


def read(content: bytes, kind: type[T]) -> T:
    """Decode a request's content. Raises AgentError 400 with what is wrong and where."""
    try:
        return msgspec.json.decode(content or b"null", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(f"The content is not what {kind.__name__} looks like: {error}") from None


def read_query(query: Mapping[str, str], kind: type[T]) -> T:
    """Decode what stands in a request's query. Raises AgentError 400 with what is wrong and where."""
    try:
        return msgspec.convert(dict(query), type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(f"The query is not what {kind.__name__} looks like: {error}") from None


def read_op(content: bytes) -> NewOp:
    """Decode an operation, whose body must be a JSON text that carries its op_id. Raises AgentError 400."""
    op = read(content, NewOp)
    try:
        inside = msgspec.json.decode(op.body, type=_Body).op_id
    except (msgspec.DecodeError, RecursionError) as error:
        raise invalid(f'Field `body` must be a JSON text that carries "op_id": {error}') from None
    if inside != op.op_id:
        raise invalid(
            f"Field `body` carries op_id {inside!r}, field `op_id` is {op.op_id!r}: make them the same."
        )
    if op.kind != "append" and op.entry is None:
        raise invalid(f"Field `entry` is needed for kind {op.kind!r}: which entry is it about?")
    return op


def op_id_inside(body: str | bytes) -> str:
    """The op_id that a body carries; empty where it carries none."""
    try:
        return msgspec.json.decode(body, type=_Body).op_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def read_digest(text: str) -> str:
    """A sha256 in lower-case hex. Raises AgentError 400."""
    if not _DIGEST.fullmatch(text):
        raise invalid(f"`digest` in the path must be 64 lower-case hex digits (sha256), not {text!r}.")
    return text


def read_address(text: str) -> tuple[str, int]:
    """`host:port`. Raises AgentError 400."""
    match = _ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise invalid(f"Field `address` must read host:port, like 127.0.0.1:8080, not {text!r}.")
    return match["host"].strip("[]"), int(match["port"])


def read_number(query: dict[str, str], name: str, default: float, low: float, high: float) -> float:
    """A number of the query string, within its bounds. Raises AgentError 400."""
    text = query.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise invalid(f"`{name}` in the query must be a number from {low:g} to {high:g}, not {text!r}.")
    return value
