"""However requests and replies are lost, and whatever somebody else does meanwhile, an operation takes effect once."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import hypothesis.strategies as st
from hypothesis import given, settings

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.pushing import Pusher
from syncproof_products.pocketbase.agent.records import REQUESTS, TASKS, op_id_of
from syncproof_products.pocketbase.agent.store import Store

FATES = ("done", "request lost", "reply lost", "busy", "somebody else is faster")
QUICK = Settings(retry_base_s=0.0001, retry_max_s=0.0001)


class Killed(Exception):
    """The client has ended; what it has sent took effect."""


class Refused(Exception):
    """status, data: of the answer."""

    def __init__(self, status: int, data: object) -> None:
        super().__init__(status)
        self.status, self.data = status, data


class LittlePocketBase(httpx.AsyncBaseTransport):
    """Does what PocketBase does with batches. fates: of the first ones. effects: operations, as they took effect."""

    def __init__(self, fates: Iterable[str]) -> None:
        self._fates = iter(fates)
        self.tasks: dict[str, dict[str, Any]] = {}
        self.requests: dict[str, dict[str, Any]] = {}
        self.effects: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/batch":
            return self._meet(next(self._fates, "done"), json.loads(request.content)["requests"])
        if request.url.path == TASKS:
            ids = re.findall(r"id = '(\w+)'", request.url.params["filter"])
            found = [self.tasks[each] for each in ids if each in self.tasks]
            return httpx.Response(200, json={"items": found})
        return httpx.Response(200, json=self.requests[request.url.path.removeprefix(f"{REQUESTS}/")])

    def _meet(self, fate: str, requests: Sequence[dict[str, Any]]) -> httpx.Response:
        if fate == "request lost":
            raise httpx.ConnectError("refused")
        if fate == "busy":
            return httpx.Response(429)
        if fate == "somebody else is faster":
            for task in self.tasks.values():
                task["version"] += 1
        before = copy.deepcopy((self.tasks, self.requests)), len(self.effects)
        for place, each in enumerate(requests):
            try:
                self._apply(each["url"], each["body"])
            except Refused as why:
                (self.tasks, self.requests), count = before
                del self.effects[count:]
                response = {"status": why.status, "message": "", "data": why.data}
                data = {"requests": {str(place): {"response": response}}}
                return httpx.Response(400, json={"status": 400, "message": "", "data": data})
        if fate == "killed":
            raise Killed
        if fate == "reply lost":
            raise httpx.ReadError("reset")
        return httpx.Response(200, json=[{} for _ in requests])

    def _apply(self, url: str, body: dict[str, Any]) -> None:
        if url in (TASKS, REQUESTS):
            stored = self.tasks if url == TASKS else self.requests
            if body["id"] in stored:
                raise Refused(400, {"id": {"code": "validation_not_unique"}})
            stored[body["id"]] = {"updated": "", **body}
        else:
            task = self.tasks.get(url.removeprefix(f"{TASKS}/"))
            if task is None or body["base"] != task["version"]:
                raise Refused(404, {})
            task |= {"version": task["version"] + 1, "content": body["content"], "deleted": body["deleted"]}
        if url != REQUESTS:
            self.effects.append(op_id_of(body["content"]))


def operations(wanted: Iterable[tuple[str, str, int]], strategy: str) -> list[Operation]:
    """With a strategy they are one batch."""
    return [
        Operation(f"op-{number}", "r", kind, task, json.dumps({"op_id": f"op-{number}"}), base, strategy and "batch",
                  strategy, f"of op-{number}", 0, 1.0)
        for number, (kind, task, base) in enumerate(wanted)
    ]  # fmt: skip


def pushed(
    server: LittlePocketBase, wanted: Sequence[Operation], directory: Path
) -> list[tuple[str, dict[str, Any]]]:
    """What is observed until all of them are settled, or the client is killed."""
    store, observed = Store(directory), list[tuple[str, dict[str, Any]]]()

    async def run() -> None:
        pusher = Pusher("Alice", store, QUICK, random.Random(1), lambda *event: observed.append(event))
        if store.operation(wanted[0].op_id) is None:
            store.accept(wanted)
        async with httpx.AsyncClient(transport=server, base_url="http://server") as http, asyncio.timeout(20):
            working = asyncio.create_task(pusher.work(http))
            while store.outbox() and not working.done():
                await asyncio.sleep(0.001)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    try:
        asyncio.run(run())
    finally:
        store.close()
    return observed


#: Each example writes files.
UNHURRIED = settings(deadline=None, max_examples=40)
KINDS = st.sampled_from(["create", "update", "delete"])


@UNHURRIED
@given(
    wanted=st.lists(st.tuples(KINDS, st.sampled_from(["a", "b"]), st.integers(1, 2)), min_size=1, max_size=4),
    fates=st.lists(st.sampled_from(FATES), max_size=6),
)
def test_an_operation_takes_effect_once_or_is_refused(
    wanted: list[tuple[str, str, int]], fates: list[str]
) -> None:
    server = LittlePocketBase(fates)
    sent = operations(((kind, task, 0 if kind == "create" else base) for kind, task, base in wanted), "")
    with TemporaryDirectory() as directory:
        observed = pushed(server, sent, Path(directory))
    acked = [fields["op_id"] for what, fields in observed if what == "ack"]
    refused = [fields["op_id"] for what, fields in observed if what == "failed"]
    assert server.effects == acked
    assert sorted([*acked, *refused]) == sorted(each.op_id for each in sent)


@UNHURRIED
@given(
    wanted=st.lists(
        st.tuples(st.sampled_from(["update", "delete"]), st.sampled_from("abc"), st.integers(1, 2)),
        min_size=1,
        max_size=4,
    ),
    strategy=st.sampled_from(["server_wins", "client_wins", "manual"]),
    fates=st.lists(st.sampled_from(FATES), max_size=6),
)
def test_a_batch_takes_effect_as_it_is_told(
    wanted: list[tuple[str, str, int]], strategy: str, fates: list[str]
) -> None:
    server = LittlePocketBase(["done"] * 3 + fates)
    with TemporaryDirectory() as directory:
        made = operations([("create", task, 0) for task in "abc"], "")
        pushed(server, made, Path(directory))
        server.effects.clear()
        sent = operations(wanted, strategy)
        with TemporaryDirectory() as other:
            observed = pushed(server, sent, Path(other))
    told = [fields for what, fields in observed if what == "task_batch"]
    acked = [fields["op_id"] for what, fields in observed if what == "ack"]
    codes = {fields["op_id"]: fields["code"] for what, fields in observed if what == "failed"}
    assert Counter(server.effects) == Counter(acked)
    assert sorted([*acked, *codes]) == sorted(each.op_id for each in sent)
    if told:
        assert (len(told), told[0]["applied"]) == (1, len(acked))
        assert set(codes.values()) <= {"conflict"}
        conflicts = len(told[0]["conflicts"])
        assert conflicts == len(codes) if strategy != "client_wins" else not codes
    else:  # something was to be changed that had been deleted by then
        assert not acked
        assert set(codes.values()) == {"unknown", "batch"} or len(sent) == 1


def test_a_batch_of_another_client_is_another_one_whatever_its_name(tmp_path: Path) -> None:
    server = LittlePocketBase(["reply lost"])
    pushed(server, operations([("create", "a", 0)], "server_wins"), tmp_path / "one")
    others = [
        replace(each, op_id="other", fingerprint="of another", body='{"op_id": "other"}')
        for each in operations([("create", "z", 0)], "server_wins")
    ]
    pushed(server, others, tmp_path / "other")
    assert server.effects == ["op-0", "other"]


def test_a_client_that_was_killed_is_told_what_the_server_did_with_its_batch(tmp_path: Path) -> None:
    server = LittlePocketBase(["done", "done", "done", "killed"])
    pushed(server, operations([("create", "a", 0), ("create", "b", 0)], ""), tmp_path / "one")
    sent = operations([("update", "a", 2), ("update", "b", 1)], "server_wins")
    assert not [what for what, _ in pushed(server, sent, tmp_path / "other") if what in ("ack", "task_batch")]
    assert server.effects == ["op-0", "op-1", "op-1"]
    observed = [
        event
        for event in pushed(server, sent, tmp_path / "other")
        if event[0] in ("ack", "task_batch", "failed")
    ]
    conflict = {"id": "a", "local_version": 2, "server_version": 1, "strategy": "server_wins"}
    assert observed[0] == ("task_batch", {"batch": "batch", "applied": 1, "conflicts": [conflict]})
    assert [(what, fields["op_id"]) for what, fields in observed[1:]] == [("ack", "op-1"), ("failed", "op-0")]
    assert server.effects == ["op-0", "op-1", "op-1"]
