"""The OpenAPI file is valid, and what the running agent says is what the file says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from tests.contract.agent.table import GROUP, Agent, Table, until

DESCRIPTION = Path(__file__).parents[3] / "docs" / "agent-protocol.yaml"
URI = "urn:agent-protocol"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    return content


class Judge:
    """Holds replies against the schemas, and says which operations and answers were looked at."""

    def __init__(self, described: dict[str, Any]) -> None:
        self._described = described
        resource = Resource.opaque(described)
        self._registry: Registry[Any] = Registry().with_resource(URI, resource)
        self.judged: set[tuple[str, str]] = set()

    def validator(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"{URI}#{pointer}"}, registry=self._registry)

    def judge(self, agent: Agent, method: str, path: str, template: str, status: int, **request: Any) -> Any:
        reply = agent.http.request(method, path, **request)
        assert reply.status_code == status, reply.text
        operation = self._described["paths"][template][method.lower()]
        assert str(status) in operation["responses"], f"{method} {template} does not describe {status}"
        pointer = f"/paths/{template.replace('/', '~1')}/{method.lower()}/responses/{status}"
        answer = operation["responses"][str(status)]
        if "$ref" in answer:
            pointer = answer["$ref"].removeprefix("#")
            answer = self._described["components"]["responses"][pointer.rpartition("/")[2]]
        self.judged.add((operation["operationId"], str(status)))
        kind = reply.headers.get("content-type", "")
        if "content" not in answer:
            assert reply.content == b""
            return None
        assert kind in answer["content"]
        if kind != "application/json":
            return reply.content
        content = reply.json()
        escaped = kind.replace("/", "~1")
        self.validator(f"{pointer}/content/{escaped}/schema").validate(content)
        return content


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)


def test_every_example_is_what_its_schema_says(described: dict[str, Any]) -> None:
    judge = Judge(described)
    seen = 0

    def walk(node: Any, pointer: str) -> None:
        nonlocal seen
        if not isinstance(node, dict):
            return
        if "example" in node and "schema" in node:
            judge.validator(f"{pointer}/schema").validate(node["example"])
            seen += 1
        for key, value in node.items():
            walk(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")

    walk(described["paths"], "/paths")
    walk(described["components"]["responses"], "/components/responses")
    assert seen > 20


def test_the_agent_says_what_the_description_says(table: Table, described: dict[str, Any]) -> None:
    judge = Judge(described)
    alice, bob = table.agent("Alice", retry_base_s=0.05, retry_max_s=0.1), table.agent("Bob")

    def ask(method: str, path: str, template: str, status: int, **request: Any) -> Any:
        return judge.judge(alice, method, path, template, status, **request)

    content = b"photo" * 100
    digest = hashlib.sha256(content).hexdigest()
    blob = {"digest": digest, "size": len(content), "name": "photo.jpg"}

    ask("GET", "/about", "/about", 200)
    ask("GET", "/status", "/status", 200)
    ask("GET", "/identity", "/identity", 200)
    ask("PUT", "/links/relay", "/links/{peer}", 200, json={"address": table.address})
    ask("PUT", "/links/relay", "/links/{peer}", 400, json={"address": "nowhere"})
    ask("PUT", "/links/Bob", "/links/{peer}", 501, json={"address": table.address})
    ask("POST", "/connect", "/connect", 202, json={})
    ask("PUT", f"/groups/{GROUP}", "/groups/{group}", 202, json={"members": ["Alice", "Bob"]})
    ask("PUT", f"/groups/{GROUP}", "/groups/{group}", 400, json={})
    alice.until_live()
    bob.join(table.address, "Alice", "Bob")

    ask("POST", "/ops", "/ops", 202, json=alice.op(1))
    ask("POST", "/ops", "/ops", 202, json=alice.op(1))
    ask("POST", "/ops", "/ops", 409, json=alice.op(1, "other"))
    ask("POST", "/ops", "/ops", 400, content=b"{")
    ask("POST", "/ops", "/ops", 404, json={**alice.op(2), "group": "elsewhere"})
    ask("POST", "/ops", "/ops", 413, json=alice.op(3, "x" * 2_000_000))
    ask("GET", f"/blobs/{digest}", "/blobs/{digest}", 404)
    ask("PUT", f"/blobs/{digest}", "/blobs/{digest}", 201, content=content)
    ask("PUT", f"/blobs/{digest}", "/blobs/{digest}", 200, content=content)
    ask("PUT", f"/blobs/{'0' * 64}", "/blobs/{digest}", 400, content=content)
    assert ask("GET", f"/blobs/{digest}", "/blobs/{digest}", 200) == content
    for number, device in ((4, alice), (5, bob)):
        device.send(number, f"from {device.name}", kind="put", entry="note")
    alice.send(6, blobs=[blob])
    alice.until_delivered(4)
    bob.until_delivered(4)
    until(lambda: bob.http.get(f"/blobs/{digest}").status_code, lambda status: status == 200)

    delivered = ask("GET", "/deliveries", "/deliveries", 200)["deliveries"]
    assert [blob] in [each["blobs"] for each in delivered]
    ask("GET", "/deliveries?limit=0", "/deliveries", 400)
    ask("GET", "/ops/Alice-1", "/ops/{op_id}", 200)
    ask("GET", "/ops/nothing", "/ops/{op_id}", 200)
    ask("GET", f"/entries/note?group={GROUP}", "/entries/{entry}", 200)
    ask("GET", f"/entries/other?group={GROUP}", "/entries/{entry}", 404)
    ask("GET", "/entries/note", "/entries/{entry}", 400)
    ask("GET", f"/marker?group={GROUP}", "/marker", 200)
    ask("PUT", "/marker", "/marker", 200, json={"group": GROUP, "version": "1", "n": 1})
    ask("PUT", "/marker", "/marker", 400, json={"group": GROUP, "version": "x", "n": 1})
    ask("GET", "/marker?group=elsewhere", "/marker", 404)
    ask("GET", "/marker", "/marker", 400)
    begun = ask("POST", "/verifications", "/verifications", 202, json={"peer": "Bob"})
    ask("POST", "/verifications", "/verifications", 400, json={})
    until(lambda: bob.events("verification"), lambda seen: bool(seen) and seen[-1]["state"] == "compare")
    until(lambda: alice.events("verification"), lambda seen: seen[-1]["state"] == "compare")
    ask("GET", "/verifications", "/verifications", 200)
    decision = f"/verifications/{begun['id']}"
    ask("POST", decision, "/verifications/{id}", 200, json={"decision": "match"})
    ask("POST", decision, "/verifications/{id}", 400, json={"decision": "perhaps"})
    ask("POST", "/verifications/none", "/verifications/{id}", 404, json={"decision": "match"})
    batch = {"batch": "Alice/1", "ops": [alice.op(8)]}
    ask("POST", "/tasks/batches", "/tasks/batches", 501, json=batch)
    ask("POST", "/tasks/batches", "/tasks/batches", 400, json={**batch, "ops": []})
    watchers = {"group": "g", "count": 2}
    ask("POST", "/tasks/watchers", "/tasks/watchers", 501, json=watchers)
    ask("POST", "/tasks/watchers", "/tasks/watchers", 400, json={**watchers, "count": 0})
    ask("GET", "/channels/orders", "/channels/{channel}", 501)
    ask("GET", "/application", "/application", 200)
    ask("PUT", "/application/focus", "/application/focus", 202, json={"focused": True})
    ask("PUT", "/application/focus", "/application/focus", 400, json={"focused": "yes"})
    ask("POST", "/application/flush", "/application/flush", 200, json={"within_ms": 500})
    ask("POST", "/application/flush", "/application/flush", 400, json={"within_ms": -1})
    ask("GET", "/files?group=g", "/files", 501)
    change = "/files?op_id=Alice/9&group=g&action=touch&path=plan.txt"
    ask("POST", change, "/files", 501)
    ask("POST", f"{change}/..", "/files", 400)
    lock = {"group": "g", "action": "lock", "path": "plan.txt"}
    ask("GET", "/locks?group=g", "/locks", 501)
    ask("POST", "/locks", "/locks", 501, json=lock)
    ask("POST", "/locks", "/locks", 400, json={**lock, "path": "../plan.txt"})
    ask("PUT", "/leadership", "/leadership", 501, json={"group": "g", "stands": True})
    ask("PUT", "/leadership", "/leadership", 400, json={"group": "g", "stands": "yes"})
    ask("GET", "/key", "/key", 501)
    ask("PUT", "/keys/Bob", "/keys/{peer}", 501, json={"key": "k"})
    ask("PUT", "/keys/Bob", "/keys/{peer}", 400, json={"key": ""})
    ask("PUT", "/keys/Bob", "/keys/{peer}", 400, json={"key": "k", "overlap_s": -1})
    ask("POST", "/key", "/key", 501, json={"overlap_s": 60})
    ask("POST", "/key", "/key", 400, json={"overlap_s": -1})
    ask("GET", "/author", "/author", 501)
    ask("PUT", "/owner", "/owner", 501, json={"owner": "Bob"})
    ask("PUT", "/owner", "/owner", 400, json={"owner": ""})
    ask("POST", "/rules", "/rules", 501, json={"op_id": "rule-1", "path": "secret"})
    ask("POST", "/rules", "/rules", 400, json={"op_id": "rule-1", "path": "../secret"})
    ask("POST", "/go-on", "/go-on", 501)
    order = {"order": "tea", "action": "remove"}
    ask("POST", "/orders/changes", "/orders/changes", 501, json=order)
    ask("POST", "/orders/changes", "/orders/changes", 400, json={**order, "action": "drink"})
    ask("POST", "/orders/tabs", "/orders/tabs", 501, json={"count": 2})
    ask("POST", "/orders/tabs", "/orders/tabs", 400, json={"count": 0})
    ask("GET", "/orders/screenshot", "/orders/screenshot", 501)
    ask("POST", "/clock", "/clock", 200, json={"advance_ms": 40_000})
    ask("POST", "/clock", "/clock", 400, json={})
    ask("POST", "/pipeline", "/pipeline", 200, json={"state": "paused"})
    ask("POST", "/pipeline", "/pipeline", 400, json={"state": "asleep"})
    ask("POST", "/ops", "/ops", 423, json=alice.op(7))
    ask("POST", "/application/close", "/application/close", 423, json={"within_ms": 500})
    ask("PUT", f"/blobs/{digest}", "/blobs/{digest}", 423, content=content)
    ask("POST", "/pipeline", "/pipeline", 200, json={"state": "running"})
    until(lambda: alice.events("wake"), lambda wakes: len(wakes) == 1)
    secret = {"members": ["Alice"], "passphrase": "open sesame"}
    ask("PUT", "/groups/secret", "/groups/{group}", 202, json=secret)
    until(alice.status, lambda status: "secret" in status["groups"])
    invite = ask("POST", "/invites", "/invites", 201, json={"group": "secret"})
    ask("POST", "/invites", "/invites", 404, json={"group": GROUP})
    ask("POST", "/invites", "/invites", 400, json={})
    joined = judge.judge(
        bob, "POST", "/invites/join", "/invites/join", 200, json={"invite": invite["code"].lower()}
    )
    assert joined == {"group": "secret"}
    for status, shown in ((409, invite["qr"]), (404, "ABCD-EFGH-IJKL-MNOP"), (400, "ABCD")):
        ask("POST", "/invites/join", "/invites/join", status, json={"invite": shown})
    judge.judge(bob, "DELETE", f"/groups/{GROUP}", "/groups/{group}", 204)
    judge.judge(bob, "DELETE", f"/groups/{GROUP}", "/groups/{group}", 404)
    table.relay.kill()
    until(lambda: alice.events("retry"), lambda retries: len(retries) > 2)
    ask("DELETE", f"/groups/{GROUP}", "/groups/{group}", 503)
    ask("GET", "/metrics", "/metrics", 200)
    ask("GET", "/events?wait=61", "/events", 400)
    ask("POST", "/disconnect", "/disconnect", 202)
    ask("DELETE", "/links/relay", "/links/{peer}", 204)
    told = ask("GET", "/events?limit=10000", "/events", 200)["events"]
    told += judge.judge(bob, "GET", "/events?limit=10000", "/events", 200)["events"]
    judge.judge(bob, "POST", "/application/close", "/application/close", 200, json={"within_ms": 500})

    _every_operation_was_judged(judge, described)
    kinds = {event["type"] for event in told}
    assert kinds >= {
        "deliver",
        "ack",
        "group",
        "connection",
        "attempt",
        "retry",
        "marker",
        "blob",
        "pipeline",
        "wake",
        "verification",
        "sync_status",
        "focus",
    }


def _every_operation_was_judged(judge: Judge, described: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]
        for path in described["paths"].values()
        for name, operation in path.items()
        if name != "parameters"
    }
    assert {operation for operation, _ in judge.judged} == operations
