"""What a client asks for when it sends operations, by what it knows of the server's tasks: a pure part of it.

PocketBase applies the requests of a batch as a whole or not at all, and refuses one that was made on another version
than it has. So the client looks which it has then, resolves the conflicts by the batch's strategy, and asks again for
what is left. An operation that is no part of a batch changes whatever version there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.pocketbase.agent.records import REQUESTS, TASKS, Task, record_id


def request_id(waiting: Sequence[Operation], author: str) -> str:
    """The id of the record of a request: of this client's for just these operations, whatever others call theirs."""
    return record_id("request", author, waiting[0].batch, *(each.fingerprint for each in waiting))


class Conflict(msgspec.Struct, frozen=True):
    """An operation of a batch that was made on an old version of its task, and how that was resolved."""

    id: str
    local_version: int
    server_version: int
    strategy: str


@dataclass
class Plan:
    """What is to be sent: operations, each with the version that it changes (0: it makes the task).

    conflicts: what was made on another version than it meets. dropped: operations that change nothing therefore, by
    their ids. refused: operations that make no sense, with code and message; then nothing is sent.
    """

    send: list[tuple[Operation, int]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    refused: list[tuple[Operation, str, str]] = field(default_factory=list)


def first_plan(waiting: Sequence[Operation]) -> Plan:
    """Take the first operation on each task for made on the version that the server has."""
    assumed: dict[str, _Version] = {}
    for each in waiting:
        made_on = (
            _Version(0, there=False) if each.kind == "create" else _Version(max(1, each.base), there=True)
        )
        assumed.setdefault(each.task, made_on)
    return _plan(waiting, assumed)


def next_plan(waiting: Sequence[Operation], found: Mapping[str, Task]) -> Plan:
    """By the server's tasks as they are. found: by their names, deleted ones too."""
    return _plan(waiting, {name: _Version(task.version, not task.deleted) for name, task in found.items()})


@dataclass(frozen=True)
class _Version:
    """What an operation meets. there: whether there is a task, and not only the record of a deleted one."""

    number: int
    there: bool


def _plan(waiting: Sequence[Operation], versions: dict[str, _Version]) -> Plan:
    """versions: of the tasks; each operation moves its task on for those behind it."""
    plan = Plan()
    for each in waiting:
        met = versions.get(each.task, _Version(0, there=False))
        if met.there == (each.kind == "create"):
            code, message = ("exists", "a task") if met.there else ("unknown", "no task")
            plan.refused.append((each, code, f"There is {message} {each.task!r} here."))
            continue
        if each.batch and each.base not in (0, met.number):
            plan.conflicts.append(Conflict(each.task, each.base, met.number, each.strategy))
            if each.strategy != "client_wins":
                plan.dropped.append(each.op_id)
                continue
        plan.send.append((each, met.number))
        versions[each.task] = _Version(met.number + 1, each.kind != "delete")
    if plan.refused:  # of a batch nothing is applied
        told = {operation.op_id for operation, *_ in plan.refused}
        others = [each for each in waiting if each.op_id not in told]
        plan.refused += [(each, "batch", "Another operation of its batch was refused.") for each in others]
        plan.send, plan.conflicts, plan.dropped = [], [], []
    return plan


def batch_of(plan: Plan, request: str, author: str) -> dict[str, object]:
    """The body of the one request for a plan: the record of the request itself, by its id, and the changes."""
    outcome = {"dropped": plan.dropped, "conflicts": msgspec.to_builtins(plan.conflicts)}
    noted = {"id": request, "outcome": outcome}
    requests = [{"method": "POST", "url": REQUESTS, "body": noted}]
    return {"requests": [*requests, *(_request(operation, base, author) for operation, base in plan.send)]}


def _request(operation: Operation, base: int, author: str) -> dict[str, object]:
    task = record_id(operation.repository, operation.task)
    says: dict[str, object] = {
        "content": operation.body,
        "author": author,
        "written": operation.written,
        "deleted": operation.kind == "delete",
    }
    if not base:
        names = {"id": task, "repository": operation.repository, "name": operation.task, "version": 1}
        return {"method": "POST", "url": TASKS, "body": {**names, **says}}
    return {"method": "PATCH", "url": f"{TASKS}/{task}", "body": {"base": base, "version+": 1, **says}}


@dataclass(frozen=True)
class Answer:
    """What the server has said to a batch.

    decided: `done`, `done before` (it knows the request), `stale` (it has other versions), `refused`, `busy` (it could
    not, or asks for patience), or `nothing` that a client could go by. message: why not done. wait_s: seconds that it
    asks to be left alone.
    """

    decided: Literal["done", "done before", "stale", "refused", "busy", "nothing"]
    message: str = ""
    wait_s: float = 0.0


class _Field(msgspec.Struct, frozen=True):
    code: str = ""


class _Response(msgspec.Struct, frozen=True):
    status: int
    message: str = ""
    data: dict[str, _Field] = {}


class _Failed(msgspec.Struct, frozen=True):
    response: _Response


class _Data(msgspec.Struct, frozen=True):
    """requests: the one that failed, by its place; or what is wrong with all of them."""

    requests: dict[str, _Failed | str] = {}


class _Refusal(msgspec.Struct, frozen=True):
    """An error of PocketBase."""

    status: int
    message: str
    data: _Data


def answer(status: int, content: bytes, retry_after: str = "") -> Answer:
    """What an answer means. retry_after: its header of that name."""
    if status >= 500 or status == 429:
        wait_s = float(retry_after) if retry_after.isdecimal() else 0.0
        return Answer("busy", f"status {status}", wait_s)
    try:
        if status < 400:
            msgspec.json.decode(content, type=list[dict[str, Any]])
            return Answer("done")
        return _refusal(msgspec.json.decode(content, type=_Refusal))
    except msgspec.DecodeError as wrong:  # the page of a gateway, say
        return Answer("nothing", f"status {status} with an answer that makes no sense: {wrong}")


def _refusal(said: _Refusal) -> Answer:
    for place, failed in said.data.requests.items():
        if isinstance(failed, _Failed):
            return _of_one(place, failed.response)
    # A transaction that took too long is a 400 that names nothing. It has not happened.
    transient = said.status == 400 and not said.data.requests
    return Answer("nothing" if transient else "refused", f"status {said.status}: {said.message}")


def _of_one(place: str, said: _Response) -> Answer:
    """What a batch is refused for that failed at one of its requests; the first is the record of the request itself."""
    codes = {name: field.code for name, field in said.data.items()}
    message = f"request {place}: status {said.status}: {said.message} {codes or ''}".rstrip()
    known = codes.get("id") == "validation_not_unique"
    if known and place == "0":
        return Answer("done before")
    if known or said.status == 404:
        return Answer("stale", message)
    # A 400 that names no field is whatever kept PocketBase from saving, such as its disk.
    transient = said.status >= 500 or said.status == 429 or (said.status == 400 and not codes)
    return Answer("nothing" if transient else "refused", message)
