"""What the device's database holds, as values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from syncproof_products.bundled.core.records import (
    Awaiting,
    EntryState,
    GroupState,
    Op,
    OutboxOp,
    Sealed,
    Sibling,
    Snapshot,
)
from syncproof_products.bundled.core.wire import BlobRef, Clock

_op = msgspec.json.Decoder(Op)
_clock = msgspec.json.Decoder(dict[str, int])
_names = msgspec.json.Decoder(tuple[str, ...])
_blobs = msgspec.json.Decoder(tuple[BlobRef, ...])
_siblings = msgspec.json.Decoder(tuple[Sibling, ...])
_awaiting = msgspec.json.Decoder(Awaiting)
_sealed = msgspec.json.Decoder(Sealed)


@dataclass(frozen=True, slots=True)
class StoredOp:
    """An operation of this device. state: accepted, acked or failed; seq: its place, once acked."""

    op: Op
    seen: int
    state: str
    seq: int | None
    code: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Entry n of the delivery log. t_ns: CLOCK_MONOTONIC when it was committed."""

    n: int
    t_ns: int
    group: str
    seq: int
    author: str
    kind: str
    entry: str | None
    clock: Clock
    blobs: tuple[BlobRef, ...]
    path: str
    body: str


class Reader:
    """Reads what is committed. One thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def fact(self, name: str) -> str | None:
        """A single value; None where there is none."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def facts_of(self, kind: str) -> dict[str, str]:
        """The values of all names `kind:...`, by what is behind the colon."""
        rows = self._connection.execute(
            "SELECT substr(name, length(?) + 2), value FROM facts WHERE substr(name, 1, length(?) + 1) = ? || ':'",
            (kind, kind, kind),
        )
        return dict(rows.fetchall())

    def links(self) -> dict[str, str]:
        """Addresses by peer."""
        return dict(self._connection.execute("SELECT peer, address FROM links ORDER BY peer").fetchall())

    def op(self, op_id: str) -> StoredOp | None:
        """An operation of this device, or None where it never accepted one of that id."""
        row = self._connection.execute(
            "SELECT op, seen, state, seq, code, message FROM ops WHERE op_id = ?", (op_id,)
        ).fetchone()
        return None if row is None else StoredOp(_op.decode(row[0]), *row[1:])

    def delivery_count(self) -> int:
        """Length of the delivery log."""
        row = self._connection.execute("SELECT n FROM deliveries ORDER BY n DESC LIMIT 1").fetchone()
        return 0 if row is None else int(row[0])

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """Entries of the delivery log behind `after`, at most `limit`, one at a time in memory."""
        rows = self._connection.execute(
            "SELECT n, t_ns, group_name, seq, author, kind, entry, clock, blobs, path, body FROM deliveries"
            " WHERE n > ? ORDER BY n, rowid LIMIT ?",
            (after, limit),
        )
        for row in rows:
            n, t_ns, group, seq, author, kind, entry, clock, blobs, path, body = row
            yield Delivery(
                n,
                t_ns,
                group,
                seq,
                author,
                kind,
                entry,
                _clock.decode(clock),
                _blobs.decode(blobs),
                path,
                body,
            )

    def version_clocks(self, group: str, entry: str, versions: Sequence[str]) -> Mapping[str, Clock]:
        """Clocks of those of these versions that were delivered for this entry."""
        found: dict[str, Clock] = {}
        for version in versions:
            row = None
            if version.isdecimal():
                row = self._connection.execute(
                    "SELECT clock FROM deliveries WHERE group_name = ? AND entry = ? AND seq = ?",
                    (group, entry, int(version)),
                ).fetchone()
            if row is not None:
                found[version] = _clock.decode(row[0])
        return found

    def group(self, name: str) -> GroupState | None:
        """A group as committed."""
        row = self._connection.execute(f"{_GROUPS} WHERE name = ?", (name,)).fetchone()
        return None if row is None else _group(row)

    def groups(self) -> tuple[GroupState, ...]:
        """All groups as committed."""
        return tuple(_group(row) for row in self._connection.execute(f"{_GROUPS} ORDER BY name"))

    def entry(self, group: str, entry: str) -> EntryState | None:
        """An entry as committed."""
        row = self._connection.execute(
            "SELECT siblings, context FROM entries WHERE group_name = ? AND entry = ?", (group, entry)
        ).fetchone()
        return (
            None if row is None else EntryState(group, entry, _siblings.decode(row[0]), _clock.decode(row[1]))
        )

    def sealed_addresses(self) -> set[str]:
        """Addresses of what the relay is still to get of attachments that were sealed."""
        rows = self._connection.execute("SELECT sealed FROM sealed")
        return {blob.address for (sealed,) in rows for blob in _sealed.decode(sealed).blobs}

    def snapshot(self, partials: dict[str, int]) -> Snapshot:
        """All that a device starts from. partials: bytes of interrupted downloads, by digest."""
        run = self._connection.execute
        outbox = tuple(
            OutboxOp(
                _op.decode(op), _clock.decode(clock), seen, None if sealed is None else _sealed.decode(sealed)
            )
            for op, clock, seen, sealed in run(
                "SELECT op, clock, seen, sealed FROM ops LEFT JOIN sealed USING (op_id)"
                " WHERE state = 'accepted' ORDER BY position"
            )
        )
        needed = {blob.digest for waiting in outbox for blob in waiting.op.blobs} | self.sealed_addresses()
        uploaded = run("SELECT digest FROM uploaded ORDER BY digest").fetchall()
        entries = run("SELECT group_name, entry, siblings, context FROM entries ORDER BY group_name, entry")
        awaiting = run("SELECT awaiting FROM awaiting ORDER BY group_name, seq")
        return Snapshot(
            deliveries=self.delivery_count(),
            connected=self.fact("connected") == "1",
            groups=self.groups(),
            outbox=outbox,
            entries=tuple(
                EntryState(group, entry, _siblings.decode(siblings), _clock.decode(context))
                for group, entry, siblings, context in entries
            ),
            awaiting=tuple(_awaiting.decode(row[0]) for row in awaiting),
            uploaded=tuple(digest for (digest,) in uploaded if digest in needed),
            partials=partials,
        )


_GROUPS = (
    "SELECT name, members, joined, cursor, local_seq, local_n, remote_seq, remote_n, has_left FROM groups"
)


def _group(row: tuple[str, str, int, int, int, int, int, int, int]) -> GroupState:
    name, members, joined, cursor, local_seq, local_n, remote_seq, remote_n, left = row
    return GroupState(
        name,
        _names.decode(members),
        bool(joined),
        cursor,
        local_seq,
        local_n,
        remote_seq,
        remote_n,
        bool(left),
    )
