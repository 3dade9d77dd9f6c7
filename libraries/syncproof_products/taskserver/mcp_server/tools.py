"""The tools: each is one request to the HTTP API, under the caller's key, so that a call may be repeated."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

_ABOUT = (
    "Tasks in repositories. Give every call that changes something a `key` of its own, and the same one when you "
    "repeat the call because you had no answer: it then takes effect once. An error begins with its code: behind "
    "`unreachable`, `rate_limited`, `breaker_open` and `storage` the call may be repeated, any other is a decision."
)


def make(http: httpx.AsyncClient) -> MCPServer:
    """The server; http: a client whose base URL is the task server's."""
    server = MCPServer("tasks", instructions=_ABOUT)

    @server.tool()
    async def list_tasks(repository: str, client: str = "assistant") -> dict[str, Any]:
        """All tasks of a repository that are not deleted, and `head`, the number of its last change."""
        return await _asked(http, "GET", f"{_path(repository)}/tasks", client)

    @server.tool()
    async def list_changes(repository: str, after: int = 0, client: str = "assistant") -> dict[str, Any]:
        """The changes of a repository behind a number, in their order, and `head`, the number of the last one."""
        return await _asked(http, "GET", f"{_path(repository)}/changes?after={after}", client)

    @server.tool()
    async def create_task(
        repository: str,
        task: str,
        content: str,
        key: str,
        client: str = "assistant",
    ) -> dict[str, Any]:
        """Create a task. task: a name that no task of the repository has."""
        new = {"id": task, "content": content}
        return await _asked(http, "POST", f"{_path(repository)}/tasks", client, key, new)

    @server.tool()
    async def update_task(
        repository: str,
        task: str,
        content: str,
        key: str,
        client: str = "assistant",
    ) -> dict[str, Any]:
        """Change what a task says."""
        path = f"{_path(repository)}/tasks/{quote(task, safe='')}"
        return await _asked(http, "PATCH", path, client, key, {"content": content})

    @server.tool()
    async def delete_task(
        repository: str,
        task: str,
        key: str,
        reason: str = "",
        client: str = "assistant",
    ) -> dict[str, Any]:
        """Delete a task, and say why."""
        path = f"{_path(repository)}/tasks/{quote(task, safe='')}"
        return await _asked(http, "DELETE", path, client, key, {"reason": reason})

    return server


def _path(repository: str) -> str:
    return f"/repositories/{quote(repository, safe='')}"


async def _asked(
    http: httpx.AsyncClient, method: str, path: str, client: str, key: str = "", content: object = None
) -> dict[str, Any]:
    """What the server answers. Raises ToolError, whose text begins with a code."""
    headers = {"X-Client": client, **({"Idempotency-Key": key} if key else {})}
    try:
        answer = await http.request(method, path, json=content, headers=headers)
        told: dict[str, Any] = answer.json()
    except httpx.TransportError as wrong:
        raise ToolError(f"unreachable: {str(wrong) or type(wrong).__name__}") from None
    except ValueError:
        raise ToolError("unreachable: the answer makes no sense") from None
    if answer.status_code >= 400:
        raise ToolError(f"{told.get('code', 'refused')}: {told.get('message', answer.status_code)}")
    return told
