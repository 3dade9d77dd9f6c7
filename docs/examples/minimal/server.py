"""The server of the minimal product: an append-only log for each group, on disk before it is acknowledged.

    python3 server.py --port 8600 --data /tmp/server

POST /append   an operation                                  -> {"number": N}, the same N for the same operation again
POST /read     {"after": {group: N}, "wait": S, "limit": L}  -> {"operations": [...]}, waits S seconds for the first
GET  /health
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote


class Groups:
    """The log of each group: a file of JSON lines, and the same in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.changed = folder, threading.Condition()
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.numbers: dict[tuple[str, str], int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def log(self, group: str) -> list[dict[str, Any]]:
        """The operations of a group; read from its file when it is first asked for."""
        if group not in self.logs:
            file = self.file(group)
            if file.exists():
                whole = file.read_bytes().rpartition(b"\n")
                os.truncate(file, len(whole[0]) + len(whole[1]))  # a kill may have left half a line
            lines = file.read_bytes().splitlines() if file.exists() else []
            self.logs[group] = [json.loads(line) for line in lines]
            for operation in self.logs[group]:
                self.numbers[operation["author"], operation["op_id"]] = operation["number"]
        return self.logs[group]

    def append(self, operation: dict[str, Any]) -> int:
        """Its number in its group's log; an operation that is there already keeps the one it has."""
        with self.changed:
            log, key = self.log(operation["group"]), (operation["author"], operation["op_id"])
            if key not in self.numbers:
                numbered = {**operation, "number": len(log) + 1}
                with self.file(operation["group"]).open("a") as file:
                    file.write(json.dumps(numbered) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                log.append(numbered)
                self.numbers[key] = numbered["number"]
                self.changed.notify_all()
            return self.numbers[key]

    def read(self, after: dict[str, int], wait_s: float, limit: int) -> list[dict[str, Any]]:
        """What stands behind those numbers, in order; waits for the first of it."""

        def found() -> list[dict[str, Any]]:
            return [op for group, number in after.items() for op in self.log(group)[number : number + limit]]

        with self.changed:
            self.changed.wait_for(found, timeout=wait_s)
            return found()

    def file(self, group: str) -> Path:
        """Where the log of a group is."""
        return self.folder / quote(group, safe="")


class Handler(BaseHTTPRequestHandler):
    """One connection of a device."""

    protocol_version, wbufsize = "HTTP/1.1", -1
    groups: Groups

    def do_GET(self) -> None:  # noqa: D102
        self.answer({"status": "ok"})

    def do_POST(self) -> None:  # noqa: D102
        length = int(self.headers.get("content-length", 0))
        content = self.rfile.read(length)
        if len(content) < length:
            self.close_connection = True  # the request broke off on its way: it never happened
            return
        body = json.loads(content)
        if self.path == "/append":
            self.answer({"number": self.groups.append(body)})
        else:
            self.answer({"operations": self.groups.read(body["after"], body["wait"], body["limit"])})

    def answer(self, reply: object) -> None:  # noqa: D102
        sent = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:  # noqa: D102
        pass


def main() -> None:
    """Serve until killed, or print the log of a group."""
    options = argparse.ArgumentParser(description="The server of the minimal product.")
    options.add_argument("--data", required=True, type=Path)
    options.add_argument("--port", default=0, type=int)
    options.add_argument("--export", metavar="GROUP", help="print this group's log as JSON lines, and end")
    given = options.parse_args()
    Handler.groups = Groups(given.data)
    if given.export:
        for operation in Handler.groups.log(given.export):
            digest = hashlib.sha256(operation["body"].encode()).hexdigest()
            version = str(operation["number"])
            print(json.dumps({**operation, "version": version, "digest": digest}))
        return
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
