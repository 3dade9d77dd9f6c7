"""What operations are on the wire, and what an answer means for them; whoever sends them does the input and output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.shapes import BatchReply, Change, Conflict, Refusal


@dataclass(frozen=True)
class Request:
    """Method, path and content of what is sent under a key."""

    key: str
    method: str
    path: str
    content: dict[str, object]


@dataclass
class Outcome:
    """What became of operations: change numbers, or code and message of a refusal. conflicts: of a batch, else None."""

    done: list[tuple[Operation, int]] = field(default_factory=list)
    refused: list[tuple[Operation, str, str]] = field(default_factory=list)
    conflicts: list[Conflict] | None = None


def request_of(waiting: Sequence[Operation]) -> Request:
    """The one request for these operations: one alone, or all of a batch."""
    first = waiting[0]
    key, repository = first.batch or first.op_id, f"/repositories/{quote(first.repository, safe='')}"
    tasks, task = f"{repository}/tasks", f"{repository}/tasks/{quote(first.task, safe='')}"
    if first.batch:
        items = [
            {"action": each.kind, "id": each.task, "content": each.body, "local_version": each.base,
             "updated_at": each.written, "key": each.op_id}
            for each in waiting
        ]  # fmt: skip
        return Request(key, "POST", f"{repository}/batch", {"items": items, "strategy": first.strategy})
    if first.kind == "create":
        return Request(key, "POST", tasks, {"id": first.task, "content": first.body})
    if first.kind == "delete":
        return Request(key, "DELETE", task, {"reason": first.body})
    return Request(key, "PATCH", task, {"content": first.body})


def is_final(status: int) -> bool:
    """Whether the server has decided: not where it did not answer (0), could not, or asked for patience."""
    return 0 < status < 500 and status != 429


def outcome_of(waiting: Sequence[Operation], status: int, content: bytes) -> Outcome:
    """What a final answer means. Raises msgspec.DecodeError for one that makes no sense."""
    if status >= 400:
        refusal = msgspec.json.decode(content, type=Refusal)
        return Outcome(refused=[(each, refusal.code, refusal.message) for each in waiting])
    if not waiting[0].batch:
        return Outcome(done=[(waiting[0], msgspec.json.decode(content, type=Change).seq)])
    reply = msgspec.json.decode(content, type=BatchReply)
    applied = {change.key: change.seq for change in reply.applied}
    return Outcome(
        [(each, applied[each.op_id]) for each in waiting if each.op_id in applied],
        [(each, "conflict", "the server's version stands") for each in waiting if each.op_id not in applied],
        reply.conflicts,
    )
