"""The tools, by the client of the package `mcp` itself, on an API in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Store

mcp = pytest.importorskip("mcp")


def with_client(directory: Path, story: Callable[[Any], Awaitable[None]], **settings: Any) -> None:
    from syncproof_products.taskserver.mcp_server.tools import make

    async def tell() -> None:
        transport = httpx.ASGITransport(app=Api(Store(directory), Settings(**settings)).app())
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://tasks") as http,
            mcp.Client(make(http)) as client,
        ):
            await story(client)

    asyncio.run(tell())


def create(client: Any, task: str, key: str) -> Any:
    asked = {"repository": "plans of mine", "task": task, "content": "x", "key": key}
    return client.call_tool("create_task", asked)


def test_an_assistant_lists_creates_updates_and_deletes(tmp_path: Path) -> None:
    async def story(client: Any) -> None:
        where = {"repository": "plans of mine"}
        assert (await create(client, "a b", "k1")).structured_content["version"] == 1
        changed = await client.call_tool("update_task", {**where, "task": "a b", "content": "y", "key": "k2"})
        assert changed.structured_content["content"] == "y"
        listed = await client.call_tool("list_tasks", where)
        assert [task["id"] for task in listed.structured_content["tasks"]] == ["a b"]
        await client.call_tool("delete_task", {**where, "task": "a b", "key": "k3"})
        told = (await client.call_tool("list_changes", {**where, "after": 1})).structured_content
        assert [(each["version"], each["deleted"]) for each in told["changes"]] == [(2, False), (3, True)]

    with_client(tmp_path, story)


def test_a_call_that_is_repeated_makes_one_task_and_a_wrong_one_says_why(tmp_path: Path) -> None:
    async def story(client: Any) -> None:
        first = await create(client, "a", "k1")
        again = await create(client, "a", "k1")
        assert again.structured_content == first.structured_content
        refused = await create(client, "a", "k2")
        assert refused.is_error
        assert "exists: There is a task 'a' already" in refused.content[0].text

    with_client(tmp_path, story)


def test_a_server_that_does_not_admit_it_is_told_by_its_code(tmp_path: Path) -> None:
    async def story(client: Any) -> None:
        await create(client, "a", "k1")
        assert "rate_limited: Come again in" in (await create(client, "b", "k2")).content[0].text

    with_client(tmp_path, story, rate_limit=1)
