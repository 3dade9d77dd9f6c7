"""What a client hands on of what it is told, and of what it asks for, against a PocketBase of a few lines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.pocketbase.agent import feed, records
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.feed import Feed
from syncproof_products.pocketbase.agent.records import Task, record_id
from syncproof_products.pocketbase.agent.store import Store

CONNECT = b'event:PB_CONNECT\ndata:{"clientId":"abc"}\n\n'


def task(name: str, version: int) -> Task:
    made = f"2026-01-01 00:00:00.{version:03}Z"
    content = json.dumps({"op_id": f"{name}-{version}"})
    return Task(record_id("r", name), "r", name, content, version, "Alice", made)


class LittlePocketBase(httpx.AsyncBaseTransport):
    """Has tasks, and tells what it is made to: `before` it answers a question, and `behind` a client is settled."""

    def __init__(self, has: list[Task], before: list[Task], behind: list[Task]) -> None:
        self.has, self.before, self.behind = has, before, behind
        self.subscribed, self.settled = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/realtime" and request.method == "GET":
            return httpx.Response(200, content=self._tell())
        if request.url.path == "/api/realtime":
            self.subscribed.set()
            return httpx.Response(204)
        await asyncio.sleep(0.01)  # what it tells meanwhile is read first
        query = request.url.params
        asked = re.search(r"updated = '(.*?)' && id > '(.*?)'", query["filter"])
        since = (asked[1], asked[2]) if asked else ("", "")
        found = sorted((each for each in self.has if (each.updated, each.id) > since), key=_place)
        return httpx.Response(200, json={"items": msgspec.to_builtins(found[: int(query["perPage"])])})

    async def _tell(self) -> AsyncIterator[bytes]:
        yield CONNECT
        await self.subscribed.wait()
        for each in self.before:
            yield told(each)
        await self.settled.wait()
        for each in self.behind:
            yield told(each)


def _place(each: Task) -> tuple[str, str]:
    return each.updated, each.id


def told(each: Task) -> bytes:
    data = msgspec.json.encode({"action": "update", "record": each})
    return b"event:tasks/*\ndata:" + data + b"\n\n"


def delivered(directory: Path, server: Callable[[], LittlePocketBase]) -> list[str]:
    """What stands in the delivery log once the connection has ended."""
    store = Store(directory)

    async def run() -> None:
        little = server()

        def settled(caught_up: bool) -> None:
            if caught_up:
                little.settled.set()

        following = Feed(store, Settings(), lambda *_: None, lambda: None, settled)
        async with httpx.AsyncClient(transport=little, base_url="http://server") as http:
            with contextlib.suppress(FeedLost):
                await following.run(http)

    store.watch("r", ["Alice", "Bob"])
    asyncio.run(run())
    found = [f"{each.op_id} {each.path}" for each in store.deliveries(0, 100)]
    store.close()
    return found


def test_what_is_told_meanwhile_comes_behind_what_was_asked_for_and_only_where_it_is_newer(
    tmp_path: Path,
) -> None:
    has, meanwhile = [task("a", 2), task("b", 1)], [task("a", 1), task("a", 2), task("a", 3), task("c", 1)]
    assert delivered(tmp_path, lambda: LittlePocketBase(has, meanwhile, [])) == [
        "b-1 catchup",
        "a-2 catchup",
        "a-3 live",
        "c-1 live",
    ]


def test_what_is_told_later_is_handed_on_as_it_was_told(tmp_path: Path) -> None:
    overtaken = [task("a", 2), task("a", 1), task("a", 1)]
    assert delivered(tmp_path, lambda: LittlePocketBase([], [], overtaken)) == [
        "a-2 live",
        "a-1 live",
        "a-1 live",
    ]


def test_what_a_client_has_is_not_news_the_next_time(tmp_path: Path) -> None:
    assert delivered(tmp_path, lambda: LittlePocketBase([task("a", 1)], [], [])) == ["a-1 catchup"]
    again = delivered(tmp_path, lambda: LittlePocketBase([task("a", 1), task("b", 1)], [], []))
    assert again == ["a-1 catchup", "b-1 catchup"]


def test_a_state_that_was_overtaken_is_put_right_by_the_next_connection(tmp_path: Path) -> None:
    assert delivered(tmp_path, lambda: LittlePocketBase([], [], [task("a", 2), task("a", 1)])) == [
        "a-2 live",
        "a-1 live",
    ]
    again = delivered(tmp_path, lambda: LittlePocketBase([task("a", 2)], [], []))
    assert again == ["a-2 live", "a-1 live", "a-2 catchup"]


def test_pages_go_on_where_many_tasks_have_changed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (feed, records):
        monkeypatch.setattr(module, "PAGE", 2)
    has = [task(name, 1) for name in "abcde"]
    assert sorted(delivered(tmp_path, lambda: LittlePocketBase(has, [], []))) == [
        f"{name}-1 catchup" for name in "abcde"
    ]


def test_a_server_that_was_put_back_by_less_than_the_overlap_is_believed(tmp_path: Path) -> None:
    delivered(tmp_path, lambda: LittlePocketBase([task("a", 2)], [], []))
    assert delivered(tmp_path, lambda: LittlePocketBase([task("a", 1)], [], [])) == [
        "a-2 catchup",
        "a-1 catchup",
    ]
