"""A device of the minimal product, with its agent: the smallest that works, in Python's standard library.

    python3 agent.py --device Alice --data /tmp/alice --port 8701
    curl -X PUT 127.0.0.1:8701/links/relay -d '{"address": "127.0.0.1:8600"}'

The product is three methods: `push` hands operations to the server, `pull` catches up and then waits for more,
`deliver` commits what came. All the rest is what any agent needs.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CAPABILITIES = {"order": "total", "outbox": "durable", "conflicts": "none", "versions": "all", "blobs": "none",
                "range": False, "marker": False, "clock": False, "pause": False, "p2p": False,
                "history": True}  # fmt: skip
PAGE = 20
TROUBLE = (OSError, http.client.HTTPException, ValueError)


class RefusedError(Exception):
    """An error of the agent protocol."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, {"code": code, "message": message, "happened": "no"})


class Lines:
    """A file of JSON lines that survives `kill -9`: what `append` has returned from is there after a restart."""

    def __init__(self, file: Path) -> None:
        self.file = file
        if file.exists():
            whole = file.read_bytes().rpartition(b"\n")
            os.truncate(file, len(whole[0]) + len(whole[1]))  # a kill may have left half a line
        self.read: list[dict[str, Any]] = []
        if file.exists():
            self.read = [json.loads(line) for line in file.read_bytes().splitlines()]

    def append(self, line: dict[str, Any]) -> None:
        """Write it to the disk, then remember it."""
        with self.file.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.read.append(line)


class Device:
    """One device of the product, and what its agent remembers of it."""

    def __init__(self, name: str, data: Path, retry_s: float, patience_s: float) -> None:
        self.name, self.retry_s, self.patience_s = name, retry_s, patience_s
        self.changed, self.state, self.retrying = threading.Condition(), "offline", 0
        data.mkdir(parents=True, exist_ok=True)
        self.events: list[dict[str, Any]] = []
        self.taken = Lines(data / "taken.jsonl")  # operations of this device, before they are accepted
        self.delivered = Lines(data / "delivered.jsonl")  # what was delivered, before it is told
        self.told = Lines(data / "told.jsonl")  # starts, the link, the wish to be connected, the groups
        self.told.append({"start": True})
        self.incarnation = sum("start" in line for line in self.told.read)
        self.groups = {line["group"] for line in self.told.read if "group" in line}
        self.link: str = next((line["link"] for line in reversed(self.told.read) if "link" in line), "")
        self.wanted: bool = next(
            (line["wanted"] for line in reversed(self.told.read) if "wanted" in line), False
        )
        self.mine = {line["op"]["op_id"]: line for line in self.taken.read}
        self.numbers: dict[str, int] = {}  # the last that was delivered of each group
        self.acked: dict[str, int] = {}
        self.batches = 0
        self.caught_up: dict[str, int] = {}  # how much the catch-up that is going on has brought, by group
        for delivery in self.delivered.read:
            self.note(delivery)
        self.outbox = [line["op"] for line in self.taken.read if line["op"]["op_id"] not in self.acked]
        for work in (self.push, self.pull):
            threading.Thread(target=work, daemon=True).start()

    def push(self) -> None:
        """Hand the operations of this device to the server, one after the other, for ever."""
        server, attempt = Server(self), 0
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.wanted and self.link and self.outbox)
                op = self.outbox[0]
            try:
                number = server.ask("/append", {**op, "author": self.name})["number"]
            except TROUBLE as trouble:
                attempt += 1
                self.back_off("push", attempt, trouble)
                continue
            attempt = 0
            with self.changed:
                self.outbox.pop(0)
                self.acked[op["op_id"]] = number
                self.tell("ack", op_id=op["op_id"], server_order=number)

    def pull(self) -> None:
        """Catch up, then wait for more, for ever; after a failure, again."""
        server, attempt = Server(self), 0
        while True:
            with self.changed:
                self.become("offline", "asked for" if not self.wanted else "no link" if not self.link else "")
                self.changed.wait_for(lambda: self.wanted and self.link)
                self.become("connecting")
            try:
                while self.wanted:
                    live = self.state == "live"
                    with self.changed:
                        after = {group: self.numbers.get(group, 0) for group in self.groups}
                    question = {"after": after, "wait": self.patience_s / 20 if live else 0, "limit": PAGE}
                    came = server.ask("/read", question)["operations"]
                    attempt = 0
                    with self.changed:
                        self.deliver(came, "live" if live else "catchup")
                        self.become("live" if live or not came else "catching_up")
            except TROUBLE as trouble:
                attempt += 1
                with self.changed:
                    self.become("offline", str(trouble))
                self.back_off("pull", attempt, trouble)

    def deliver(self, operations: list[dict[str, Any]], path: str) -> None:
        """Commit what came, in the server's order, and tell of it."""
        for op in operations:
            if op["number"] != self.numbers.get(op["group"], 0) + 1:
                continue  # it is here already
            body = op["body"].encode()
            delivery = {
                "n": len(self.delivered.read) + 1, "t_ns": time.monotonic_ns(), "op_id": json.loads(body)["op_id"],
                "group": op["group"], "kind": op["kind"], "entry": None, "author": op["author"], "clock": None,
                "version": str(op["number"]), "server_order": op["number"], "size": len(body), "path": path,
                "digest": hashlib.sha256(body).hexdigest(), "blobs": [],
            }  # fmt: skip
            self.delivered.append(delivery)
            self.note(delivery)
            self.tell("deliver", n=delivery["n"])
        for group in sorted({op["group"] for op in operations if path == "catchup"}):
            self.batches += 1
            self.caught_up[group] = self.caught_up.get(group, 0) + len(
                [op for op in operations if op["group"] == group]
            )
            self.tell_catch_up("page", group)

    def tell_catch_up(self, state: str, group: str) -> None:
        """Add an event of a catch-up: a page of it, or its end."""
        got, head = self.caught_up[group], self.numbers[group]
        self.tell("catchup", group=group, state=state, after=head - got, got=got, head=head, reason="")

    def note(self, delivery: dict[str, Any]) -> None:
        """Remember a delivery by what is asked for later."""
        self.numbers[delivery["group"]] = delivery["server_order"]
        if delivery["author"] == self.name:
            self.acked[delivery["op_id"]] = delivery["server_order"]

    def become(self, state: str, reason: str = "") -> None:
        """Be in another state of connection."""
        if state != self.state:
            if state == "live":
                for group in self.caught_up:
                    self.tell_catch_up("ended", group)
                self.caught_up.clear()
            self.state = state
            self.tell("connection", state=state, reason=reason)

    def back_off(self, what: str, attempt: int, trouble: Exception) -> None:
        """Wait before the next attempt: twice as long each time, up to `retry_s`; not if the link changes."""
        delay, link = min(self.retry_s / 16 * 2**attempt, self.retry_s), self.link
        due = time.monotonic_ns() + round(delay * 1e9)
        with self.changed:
            reason = str(trouble) or type(trouble).__name__
            self.tell("retry", what=what, attempt=attempt, delay_ms=delay * 1e3, due_ns=due, reason=reason)
            self.retrying += 1
            self.changed.wait_for(lambda: not self.wanted or self.link != link, timeout=delay)
            self.retrying -= 1

    def tell(self, kind: str, **fields: object) -> None:
        """Add an event."""
        event = {"seq": len(self.events) + 1, "t_ns": time.monotonic_ns(), "type": kind, **fields}
        self.events.append(event)
        self.changed.notify_all()


class Server:
    """A connection to the server, by the device's link."""

    def __init__(self, device: Device) -> None:
        self.device, self.link = device, ""
        self.http: http.client.HTTPConnection | None = None

    def ask(self, path: str, body: object) -> Any:
        """What it answers. Raises one of TROUBLE, and has a new connection the next time."""
        if self.http is None or self.link != self.device.link:
            self.link = self.device.link
            self.http = http.client.HTTPConnection(self.link, timeout=self.device.patience_s)
        try:
            self.http.request("POST", path, json.dumps(body))
            answer = self.http.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise http.client.HTTPException(f"{answer.status} {answer.reason}")
            return json.loads(content)
        except TROUBLE:
            self.http.close()
            self.http = None
            raise


def about(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"protocol": "1", "agent": "minimal/1", "device": device.name, "capabilities": CAPABILITIES}


def status(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    pending = dict.fromkeys(("outbox", "uploads", "downloads", "held", "retries", "markers"), 0)
    return 200, {
        "device": device.name, "incarnation": device.incarnation, "monotonic_ns": time.monotonic_ns(),
        "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(), "pid": os.getpid(),
        "links": [{"peer": "relay", "address": device.link}] if device.link else [],
        "groups": sorted(device.groups), "connection": device.state, "pipeline": "running", "breaker": "closed",
        "deliveries": len(device.delivered.read),
        "pending": {**pending, "outbox": len(device.outbox), "retries": device.retrying},
    }  # fmt: skip


def identity(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"device": device.name, "id": device.name}


def group(device: Device, args: dict[str, str], body: Any) -> tuple[int, Any]:  # noqa: D103
    members = field(body, "members", list)
    if args["path"] not in device.groups:
        device.told.append({"group": args["path"]})
        device.groups.add(args["path"])
    device.tell("group", group=args["path"], state="joined")
    return 202, {"group": args["path"], "members": members}


def link(device: Device, args: dict[str, str], body: Any) -> tuple[int, Any]:  # noqa: D103
    address = field(body, "address", str)
    if address != device.link:
        device.told.append({"link": address})
        device.link = address
        device.changed.notify_all()
    return 200, {"peer": args["path"], "address": address}


def unlink(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    device.told.append({"link": ""})
    device.link = ""
    return 204, None


def connection(wanted: bool) -> Callable[[Device, dict[str, str], Any], tuple[int, Any]]:  # noqa: D103
    def change(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:
        if device.wanted != wanted:
            device.told.append({"wanted": wanted})
            device.wanted = wanted
            device.changed.notify_all()
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
    if op["kind"] != "append":
        raise RefusedError(501, "unsupported", f"This product has messages only, and no {op['kind']!r}.")
    if op["group"] not in device.groups:
        raise RefusedError(404, "unknown_group", f"Field `group`: this device is not in {op['group']!r}.")
    operation = {name: op[name] for name in ("op_id", "group", "kind", "body")}
    known = device.mine.get(op["op_id"])
    if known is None:
        known = device.mine[op["op_id"]] = {"op": operation, "seen": len(device.delivered.read)}
        device.taken.append(known)
        device.outbox.append(operation)
        device.changed.notify_all()
    elif known["op"] != operation:
        raise RefusedError(409, "op_conflict", f"op_id {op['op_id']!r} was used with other content.")
    return 202, {"op_id": op["op_id"], "seen": known["seen"], "version": None}


def op_state(device: Device, args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    op_id = args["path"]
    state = "acked" if op_id in device.acked else "accepted" if op_id in device.mine else "unknown"
    return 200, {"op_id": op_id, "state": state, "server_order": device.acked.get(op_id)}


def deliveries(device: Device, args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    after, limit = number(args, "after", 0), number(args, "limit", 1000)
    return 200, {
        "deliveries": device.delivered.read[after : after + limit],
        "total": len(device.delivered.read),
    }


def metrics(device: Device, _args: dict[str, str], _body: Any) -> tuple[int, Any]:  # noqa: D103
    return 200, {"deliveries": len(device.delivered.read), "catchupBatches": device.batches}


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
    ("PUT", "links"): link, ("DELETE", "links"): unlink, ("POST", "ops"): submit, ("GET", "ops"): op_state,
    ("POST", "connect"): connection(True), ("POST", "disconnect"): connection(False),
    ("GET", "deliveries"): deliveries, ("GET", "metrics"): metrics, ("GET", "events"): events,
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """One connection of the harness."""

    protocol_version, wbufsize = "HTTP/1.1", -1
    device: Device

    def answer(self) -> None:  # noqa: D102
        url = urlsplit(self.path)
        what, _, path = url.path.strip("/").partition("/")
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            route = ROUTES.get((self.command, what))
            if route is None:
                raise RefusedError(501, "unsupported", f"This product cannot do {self.command} /{what}.")
            body = json.loads(content or b"{}")
            with self.device.changed:
                code, reply = route(self.device, {**dict(parse_qsl(url.query)), "path": unquote(path)}, body)
        except ValueError as error:
            code, reply = RefusedError(400, "invalid", f"The content is not JSON: {error}").args
        except RefusedError as error:
            code, reply = error.args
        sent = b"" if code == 204 else json.dumps(reply).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        if code != 204:
            self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:  # noqa: D102
        pass


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description="A device of the minimal product, with its agent.")
    options.add_argument("--device", required=True)
    options.add_argument("--data", required=True, type=Path)
    options.add_argument("--port", default=0, type=int)
    options.add_argument(
        "--retry", default=5.0, type=float, help="the longest pause between attempts, seconds"
    )
    options.add_argument("--patience", default=15.0, type=float, help="for an answer of the server, seconds")
    given = options.parse_args()
    Handler.device = Device(given.device, given.data, given.retry, given.patience)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
