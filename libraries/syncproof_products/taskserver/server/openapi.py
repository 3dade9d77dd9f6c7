"""The server's own description of its HTTP API, OpenAPI 3.1, made of the shapes that it reads and writes."""

from __future__ import annotations

from typing import Any

import msgspec

from syncproof_products.taskserver.core import model

_BODIES = (model.Create, model.Update, model.Delete, model.Batch)
_REPLIES = (model.Task, model.TaskList, model.Changes, model.BatchReply, model.Refusal, model.Health)
_TASKS = "/repositories/{repository}/tasks"
_REFUSALS = {
    "422": "It cannot be read, or nothing of it can be applied, or its key came with another request.",
    "413": "It is too large.",
    "429": "The client asks too often; `Retry-After` says when to come again.",
    "503": "Requests keep failing; `Retry-After` says when to come again.",
    "507": "The server cannot store anything: its disk is full, say. Nothing was changed.",
}


def _operation(
    name: str, reply: type, status: str = "200", body: type | None = None, *more: tuple[str, str]
) -> dict[str, Any]:
    told = {
        **{code: text for code, text in _REFUSALS.items() if body or code != "413"},
        **dict(more),
    }
    refusals = {code: {"description": text, **_content(model.Refusal)} for code, text in told.items()}
    operation: dict[str, Any] = {
        "operationId": name,
        "responses": {status: {"description": "Done.", **_content(reply)}, **refusals},
    }
    if body:
        operation["requestBody"] = {"required": body is not model.Delete, **_content(body)}
        key = {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string", "maxLength": model.MOST_KEY},
        }
        operation["parameters"] = [key]
    return operation


def _content(shape: type) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}}


def _path(name: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": model.NAME}
    return {"name": name, "in": "path", "required": True, "schema": schema}


_UNKNOWN, _TAKEN = ("404", "There is no such task."), ("409", "It exists, or has another version.")
_, _SCHEMAS = msgspec.json.schema_components(
    (*_BODIES, *_REPLIES), ref_template="#/components/schemas/{name}"
)

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Task server",
        "version": "0.1.0",
        "description": (
            "Tasks in repositories. Every change has a number within its repository, from 1 without a gap. Over the "
            'WebSocket at /ws a client says {"subscribe": REPOSITORY, "after": NUMBER}, and is told '
            '{"subscribed": ..., "head": ...} and every change behind that number, in order: '
            '{"repository": ..., "changes": [TASK, ...]}. A request that is repeated with its Idempotency-Key is '
            "answered as before, also after a restart, and changes nothing again."
        ),
    },
    "paths": {
        "/health": {
            "get": {"operationId": "health", "responses": {"200": {"description": "Up.", **_content(model.Health)}}}
        },
        _TASKS: {
            "parameters": [_path("repository")],
            "get": _operation("list", model.TaskList),
            "post": _operation("create", model.Task, "201", model.Create, _TAKEN),
        },
        _TASKS + "/{id}": {
            "parameters": [_path("repository"), _path("id")],
            "get": _operation("get", model.Task, "200", None, _UNKNOWN),
            "patch": _operation("update", model.Task, "200", model.Update, _UNKNOWN, _TAKEN),
            "delete": _operation("delete", model.Task, "200", model.Delete, _UNKNOWN, _TAKEN),
        },
        "/repositories/{repository}/batch": {
            "parameters": [_path("repository")],
            "post": _operation("batch", model.BatchReply, "200", model.Batch),
        },
        "/repositories/{repository}/changes": {
            "parameters": [
                _path("repository"),
                {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0}},
            ],
            "get": _operation("changes", model.Changes, "200", None, ("400", "`after` is no number of a change.")),
        },
    },
    "components": {"schemas": _SCHEMAS},
}  # fmt: skip
