"""How the changes of a commit become rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby

import msgspec

from syncproof_products.bundled.core.records import (
    AwaitingEnded,
    AwaitingStored,
    Change,
    CursorMoved,
    Delivered,
    EntryStored,
    GroupStored,
    IntentStored,
    MarkerMoved,
    OpAcked,
    OpFailed,
    OpStored,
    Quarantined,
    Uploaded,
)
from syncproof_products.bundled.device.database import keep_fact

_encoder = msgspec.json.Encoder()


def to_json(value: object) -> str:
    """A value as it stands in a column."""
    return _encoder.encode(value).decode()


def apply(connection: sqlite3.Connection, changes: Iterable[Change], t_ns: int) -> None:
    """Write the changes, in their order, within the transaction that is open.

    t_ns: CLOCK_MONOTONIC in nanoseconds, the stamp of what is delivered by them.
    """
    for is_delivery, run in groupby(changes, key=lambda change: isinstance(change, Delivered)):
        if is_delivery:
            connection.executemany(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_delivery(change, t_ns) for change in run if isinstance(change, Delivered)],
            )
        else:
            for change in run:
                _apply_one(connection, change)


def _delivery(change: Delivered, t_ns: int) -> tuple[object, ...]:
    event, draft = change.event, change.event.draft
    return (
        change.n,
        t_ns,
        change.group,
        event.seq,
        event.author,
        draft.kind,
        draft.entry,
        to_json(draft.clock),
        to_json(draft.blobs),
        change.path,
        draft.body,
    )


def _apply_one(connection: sqlite3.Connection, change: Change) -> None:
    run = connection.execute
    match change:
        case OpStored(op, clock, seen, sealed):
            run(
                "INSERT INTO ops (op_id, op, clock, seen) VALUES (?, ?, ?, ?)",
                (op.op_id, to_json(op), to_json(clock), seen),
            )
            if sealed is not None:
                run("INSERT INTO sealed VALUES (?, ?)", (op.op_id, to_json(sealed)))
        case OpAcked(op_id, seq):
            run("UPDATE ops SET state = 'acked', seq = ? WHERE op_id = ?", (seq, op_id))
            run("DELETE FROM sealed WHERE op_id = ?", (op_id,))
        case OpFailed(op_id, code, message):
            run(
                "UPDATE ops SET state = 'failed', code = ?, message = ? WHERE op_id = ?",
                (code, message, op_id),
            )
            run("DELETE FROM sealed WHERE op_id = ?", (op_id,))
        case Quarantined(group, event, reason):
            run(
                "INSERT OR REPLACE INTO quarantined VALUES (?, ?, ?, ?)",
                (group, event.seq, reason, to_json(event)),
            )
        case CursorMoved(group, seq):
            run("UPDATE groups SET cursor = ? WHERE name = ?", (seq, group))
        case MarkerMoved(group, scope, seq, n):
            columns = "local_seq = ?, local_n = ?" if scope == "local" else "remote_seq = ?, remote_n = ?"
            run(f"UPDATE groups SET {columns} WHERE name = ?", (seq, n, group))
        case GroupStored(group, members, joined, left):
            run(
                "INSERT INTO groups (name, members, joined, has_left) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET members = excluded.members, joined = excluded.joined, has_left = excluded.has_left",
                (group, to_json(members), joined, left),
            )
        case EntryStored(group, entry, siblings, context):
            run(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)",
                (group, entry, to_json(siblings), to_json(context)),
            )
        case AwaitingStored(awaiting):
            run(
                "INSERT OR REPLACE INTO awaiting VALUES (?, ?, ?)",
                (awaiting.group, awaiting.seq, to_json(awaiting)),
            )
        case AwaitingEnded(group, seq):
            run("DELETE FROM awaiting WHERE group_name = ? AND seq = ?", (group, seq))
        case Uploaded(digest):
            run("INSERT OR IGNORE INTO uploaded VALUES (?)", (digest,))
        case IntentStored(connected):
            keep_fact(connection, "connected", "1" if connected else "0")
        case Delivered():
            raise AssertionError("deliveries are written in runs")
