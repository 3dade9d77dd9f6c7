"""The server's HTTP and WebSocket, in this process, and its file over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.openapi import DESCRIPTION
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Store

TASKS = "/repositories/r/tasks"


def started(directory: Path, **settings: Any) -> TestClient:
    return TestClient(Api(Store(directory), Settings(**settings)).app())


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    with started(tmp_path) as client:
        yield client


def create(http: TestClient, name: str, key: str = "", **more: Any) -> Any:
    headers = {"X-Client": "Alice"} | ({"Idempotency-Key": key} if key else {})
    return http.post(TASKS, json={"id": name, "content": "x", **more}, headers=headers)


def test_a_task_is_created_changed_listed_and_deleted(http: TestClient) -> None:
    assert create(http, "a", priority="high").status_code == 201
    assert http.patch(f"{TASKS}/a", json={"status": "in_progress"}).json()["version"] == 2
    (listed,) = http.get(TASKS).json()["tasks"]
    assert (listed["status"], listed["priority"], listed["seq"]) == ("in_progress", "high", 2)
    assert http.delete(f"{TASKS}/a").json()["deleted"]
    assert http.get(TASKS).json() == {"tasks": [], "head": 3}
    assert http.get(f"{TASKS}/a").status_code == 404


def test_a_request_that_comes_again_is_answered_as_before_also_after_a_restart(tmp_path: Path) -> None:
    with started(tmp_path) as http:
        first = create(http, "a", "k")
        assert create(http, "a", "k").json() == first.json()
    with started(tmp_path) as http:
        assert create(http, "a", "k").json() == first.json()
        assert create(http, "b", "k").json()["code"] == "key_reused"
        assert create(http, "a", "other").json()["code"] == "exists"
        assert http.get(TASKS).json()["head"] == 1


def test_who_subscribes_is_told_of_what_came_before_and_of_what_comes(http: TestClient) -> None:
    create(http, "a")
    create(http, "b")
    with http.websocket_connect("/ws") as feed:
        feed.send_json({"subscribe": "r", "after": 1})
        assert feed.receive_json() == {"subscribed": "r", "head": 2}
        assert [each["id"] for each in feed.receive_json()["changes"]] == ["b"]
        create(http, "c")
        told = feed.receive_json()
        assert (told["repository"], told["changes"][0]["id"], told["changes"][0]["seq"]) == ("r", "c", 3)


@pytest.mark.parametrize("said", [b"hello", b"\xff\xfe", b"[" * 50_000, b'{"subscribe": 1}'])
@pytest.mark.parametrize("binary", [False, True])
def test_what_is_no_subscription_ends_the_connection(http: TestClient, said: bytes, binary: bool) -> None:
    with http.websocket_connect("/ws") as feed:
        if binary:
            feed.send_bytes(said)
        else:
            feed.send_text(said.decode(errors="replace"))
        with pytest.raises(WebSocketDisconnect) as ended:
            feed.receive_json()
        assert ended.value.code == 1008


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b'{"id": "a"}', 422),
        (b'{"id": "a", "content": "x", "status": "lost"}', 422),
        (b'{"id": "", "content": "x"}', 422),
        (b'{"id": "a", "content": "x", "more": 1}', 422),
        (b'"\xff"', 422),
        (b'{"id": "a/b", "content": "x"}', 422),
        (b'{"id": "..", "content": "x"}', 422),
        (b'{"id": "a", "content": "' + b"x" * 2_000 + b'"}', 413),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes, status: int) -> None:
    with started(tmp_path, most_request_bytes=1_000) as http:
        refused = http.post(TASKS, content=content)
        assert refused.status_code == status
        assert refused.json().keys() == {"code", "message"}


@pytest.mark.parametrize("name", ["x" * 10_000, "%2e"])
def test_a_name_that_is_none_is_refused(http: TestClient, name: str) -> None:
    for path in (f"/repositories/{name}/tasks", f"/repositories/r/tasks/{name}"):
        refused = http.get(path)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_a_client_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with started(tmp_path, rate_limit=2) as http:
        assert [create(http, name).status_code for name in "abc"] == [201, 201, 429]
        wait_s = float(create(http, "d").headers["retry-after"])
        assert 50 < wait_s <= 60
        assert http.get("/health").status_code == 200


def test_requests_that_keep_failing_are_refused_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(
        Api(Store(tmp_path), Settings(breaker_failures=2, breaker_reset_s=60)).app(),
        raise_server_exceptions=False,
    ) as http:
        monkeypatch.setattr(Store, "head", lambda *_: 1 / 0)
        assert [http.get(TASKS).status_code for _ in range(3)] == [500, 500, 503]
        monkeypatch.undo()
        refused = create(http, "a")
        assert (refused.status_code, refused.json()["code"]) == (503, "breaker_open")
        assert 50 < float(refused.headers["retry-after"]) <= 60


def test_a_full_disk_is_told_and_nothing_is_half_done(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with TestClient(Api(store, Settings(rate_limit=0)).app()) as http:
        assert create(http, "a").status_code == 201
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count={pages}")  # SQLite then has as much room as a full disk
        refused = http.post(
            TASKS, json={"id": "b", "content": "x" * 50_000}, headers={"Idempotency-Key": "k"}
        )
        assert (refused.status_code, refused.json()["code"]) == (507, "storage")
        assert http.get(TASKS).json()["head"] == 1
        store._db.execute(f"PRAGMA max_page_count={pages + 100}")
        assert create(http, "b", "k2").status_code == 201


def test_clients_that_go_away_are_no_failures_of_the_server(tmp_path: Path) -> None:
    app = Api(Store(tmp_path), Settings(breaker_failures=2)).app()
    path: dict[str, Any] = {"path": TASKS, "raw_path": TASKS.encode(), "query_string": b"", "headers": []}
    scope = {"type": "http", "method": "POST", "client": ("127.0.0.1", 1), **path}

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def unheard(message: Any) -> None:
        del message

    for _ in range(5):
        asyncio.run(app(scope, gone, unheard))
    assert create(TestClient(app), "a").status_code == 201


def test_the_description_is_valid_and_what_the_server_says(http: TestClient) -> None:
    assert http.get("/openapi.json").json() == DESCRIPTION
    validate(DESCRIPTION)
    registry: Registry[Any] = Registry().with_resource("urn:tasks", Resource.opaque(DESCRIPTION))

    def judge(answer: Any, shape: str) -> None:
        Draft202012Validator({"$ref": f"urn:tasks#/components/schemas/{shape}"}, registry=registry).validate(
            answer.json()
        )

    judge(create(http, "a"), "Task")
    judge(create(http, "a"), "Refusal")
    judge(http.get(TASKS), "TaskList")
    judge(http.get("/repositories/r/changes?after=0"), "Changes")
    items = [{"action": "update", "id": "a", "content": "y", "local_version": 9}]
    judge(http.post("/repositories/r/batch", json={"items": items}), "BatchReply")
