"""The smallest agent that works: a "product" that syncs through a shared folder, in Python's standard library.

    python docs/examples/minimal_agent.py --device Alice --data /tmp/alice --shared /tmp/drive --port 8701

The product is three functions (`publish`, `deliver_new`, `_watch`): an operation becomes the next numbered file of its
group's folder, and every device delivers those files in their order. All the rest is what any agent needs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CAPABILITIES = {"order": "total", "outbox": "none", "conflicts": "none", "versions": "all", "blobs": "none",
                "range": False, "marker": False, "clock": False, "pause": False, "p2p": False}  # fmt: skip


class RefusedError(Exception):
    """An error of the agent protocol."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, {"code": code, "message": message, "happened": "no"})


class Device:
    """One device of the product, and what its agent remembers of it."""

    def __init__(self, name: str, data: Path, shared: Path) -> None:
        self.name, self.data, self.shared = name, data, shared
        self.connected, self.changed, self.events = False, threading.Condition(), list[dict[str, Any]]()
        data.mkdir(parents=True, exist_ok=True)
        starts = data / "starts"
        self.incarnation = int(starts.read_text() if starts.exists() else 0) + 1
        starts.write_text(str(self.incarnation))
        self.log = data / "deliveries.jsonl"  # appended before it is told: it survives kill -9
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.deliveries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self.groups = {d["group"] for d in self.deliveries} | {p.name for p in data.glob("groups/*")}
        threading.Thread(target=self._watch, daemon=True).start()

    def publish(self, op: dict[str, Any]) -> None:
        """Give the operation the next free number of its group; `os.link` lets exactly one device have it."""
        folder = self.shared / op["group"]
        draft = folder / f".{self.name}"
        draft.write_text(json.dumps({**op, "author": self.name}))
        number = len(list(folder.glob("[0-9]*"))) + 1
        while True:
            try:
                os.link(draft, folder / f"{number:08d}")
                draft.unlink()  # the next draft must be another file, not this one under its other name
                return
            except FileExistsError:
                number += 1

    def deliver_new(self) -> None:
        """Deliver what is in the folders and was not delivered here yet, in its order."""
        for group in sorted(self.groups):
            number = sum(d["group"] == group for d in self.deliveries) + 1
            while (file := self.shared / group / f"{number:08d}").exists():
                op = json.loads(file.read_text())
                body = op["body"].encode()
                delivery = {
                    "n": len(self.deliveries) + 1, "t_ns": time.monotonic_ns(), "op_id": json.loads(body)["op_id"],
                    "group": group, "kind": op["kind"], "entry": op.get("entry"), "author": op["author"],
                    "version": str(number), "server_order": number, "clock": None, "size": len(body), "path": "live",
                    "digest": hashlib.sha256(body).hexdigest(), "blobs": [],
                }  # fmt: skip
                with self.log.open("a") as log:
                    log.write(json.dumps(delivery) + "\n")
                self.deliveries.append(delivery)
                if op["author"] == self.name:
                    self.tell("ack", op_id=delivery["op_id"], server_order=number)
                self.tell("deliver", n=delivery["n"])
                number += 1

    def _watch(self) -> None:
        pulse = threading.Event()
        while not pulse.wait(0.05):
            with self.changed:
                if self.connected:
                    self.deliver_new()

    def tell(self, kind: str, **fields: object) -> None:
        """Add an event."""
        event = {"seq": len(self.events) + 1, "t_ns": time.monotonic_ns(), "type": kind, **fields}
        self.events.append(event)
        self.changed.notify_all()

    def mine(self, op_id: str) -> dict[str, Any] | None:
        """The delivery of an operation that this device made."""
        return next((d for d in self.deliveries if d["op_id"] == op_id and d["author"] == self.name), None)


def about(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"protocol": "1", "agent": "minimal/1", "device": device.name, "capabilities": CAPABILITIES}


def status(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {
        "device": device.name, "incarnation": device.incarnation, "monotonic_ns": time.monotonic_ns(),
        "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(), "pid": os.getpid(), "links": [],
        "groups": sorted(device.groups), "connection": "live" if device.connected else "offline",
        "pipeline": "running", "breaker": "closed", "deliveries": len(device.deliveries),
        "pending": dict.fromkeys(("outbox", "uploads", "downloads", "held", "retries", "markers"), 0),
    }  # fmt: skip


def identity(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"device": device.name, "id": device.name}


def group(device: Device, args: dict[str, str], body: Any) -> tuple[int, Any]:  # noqa: D103
    members = field(body, "members", list)
    for folder in (device.shared / args["path"], device.data / "groups" / args["path"]):
        folder.mkdir(parents=True, exist_ok=True)
    device.groups.add(args["path"])
    device.tell("group", group=args["path"], state="joined")
    return 202, {"group": args["path"], "members": members}


def connection(state: bool) -> Callable[[Device, dict[str, str], Any], tuple[int, Any]]:  # noqa: D103
    def change(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:
        if device.connected != state:
            device.connected = state
            device.tell("connection", state="live" if state else "offline", reason="asked for")
        return 202, {}

    return change


def submit(device: Device, _args: dict[str, str], op: Any) -> tuple[int, Any]:  # noqa: D103
    for name in ("op_id", "group", "kind", "body"):
        field(op, name, str)
    try:
        carries_it = json.loads(op["body"])["op_id"] == op["op_id"]
    except (ValueError, KeyError, TypeError):
        carries_it = False
    if not carries_it:
        raise RefusedError(400, "invalid", "Field `body` must be a JSON text that carries the same op_id.")
    if op["group"] not in device.groups:
        raise RefusedError(404, "unknown_group", f"Field `group`: this device is not in {op['group']!r}.")
    if device.connected:
        device.deliver_new()  # also what a killed process published and could not deliver any more
    known, seen = device.mine(op["op_id"]), len(device.deliveries)
    if known is not None:
        digest = hashlib.sha256(op["body"].encode()).hexdigest()
        if (known["digest"], known["group"]) != (digest, op["group"]):
            raise RefusedError(409, "op_conflict", f"op_id {op['op_id']!r} was used with other content.")
        return 202, {"op_id": op["op_id"], "seen": known["n"] - 1, "version": known["version"]}
    if not device.connected:
        raise RefusedError(503, "offline", "Not connected, and there is no outbox: POST /connect first.")
    device.publish(op)
    device.deliver_new()
    return 202, {"op_id": op["op_id"], "seen": seen, "version": None}


def op_state(device: Device, args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    mine = device.mine(args["path"])
    state, order = ("acked", mine["server_order"]) if mine else ("unknown", None)
    return 200, {"op_id": args["path"], "state": state, "server_order": order}


def deliveries(device: Device, args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    after, limit = number(args, "after", 0), number(args, "limit", 1000)
    return 200, {"deliveries": device.deliveries[after : after + limit], "total": len(device.deliveries)}


def metrics(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"deliveries": len(device.deliveries)}


def events(device: Device, args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    after = number(args, "after", 0) if number(args, "incarnation", 0) == device.incarnation else 0
    device.changed.wait_for(lambda: len(device.events) > after, timeout=number(args, "wait", 0))
    found = device.events[after : after + number(args, "limit", 1000)]
    return 200, {"incarnation": device.incarnation, "events": found, "next": after + len(found)}


def field(body: Any, name: str, kind: type) -> Any:
    """A field of the request's content, of the right kind."""
    if not isinstance(body, dict) or not isinstance(body.get(name), kind):
        raise RefusedError(400, "invalid", f"Field `{name}` must be there and be a {kind.__name__}.")
    return body[name]


def number(args: dict[str, str], name: str, default: int) -> int:
    """A number of the query string."""
    try:
        return int(float(args.get(name, default)))
    except ValueError:
        raise RefusedError(400, "invalid", f"`{name}` in the query must be a number.") from None


ROUTES: dict[tuple[str, str], Callable[[Device, dict[str, str], Any], tuple[int, Any]]] = {
    ("GET", "about"): about, ("GET", "status"): status, ("GET", "identity"): identity, ("PUT", "groups"): group,
    ("POST", "connect"): connection(True), ("POST", "disconnect"): connection(False), ("POST", "ops"): submit,
    ("GET", "ops"): op_state, ("GET", "deliveries"): deliveries, ("GET", "metrics"): metrics, ("GET", "events"): events,
}  # fmt: skip


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description="An agent of a product that syncs through a folder.")
    options.add_argument("--device", required=True)
    options.add_argument("--data", required=True, type=Path)
    options.add_argument("--shared", required=True, type=Path)
    options.add_argument("--port", default=0, type=int)
    given = options.parse_args()
    device = Device(given.device, given.data, given.shared)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            url = urlsplit(self.path)
            what, _, path = url.path.strip("/").partition("/")
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                route = ROUTES.get((self.command, what))
                if route is None:
                    raise RefusedError(501, "unsupported", f"This product cannot do {self.command} /{what}.")
                body = json.loads(content or b"{}")
                with device.changed:
                    code, reply = route(device, {**dict(parse_qsl(url.query)), "path": unquote(path)}, body)
            except ValueError as error:
                code, reply = RefusedError(400, "invalid", f"The content is not JSON: {error}").args
            except RefusedError as error:
                code, reply = error.args
            sent = json.dumps(reply).encode()
            self.send_response(code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    print(json.dumps({"host": "127.0.0.1", "port": server.server_port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
