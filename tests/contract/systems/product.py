"""A product whose one program is a few lines: an HTTP server that answers what the test wants."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.processes import Launcher
from syncproof.systems.driver import Driver, ManifestServer
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.products import drive, find

#: Listens on the port that `--port` or $PORT says (0: one of its own, which it prints), and writes down how it was
#: started: `started.json` beside its folder has a line for each start.
PROGRAM = """
import http.server, json, os, sys
options = dict(word.split("=", 1) for word in sys.argv[1:])
with open("../started.json", "a") as started:
    started.write(json.dumps({"argv": sys.argv[1:], "folder": os.getcwd(), "pid": os.getpid()}) + "\\n")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reply = ABOUT.encode() if self.path == "/about" else b"{}"
        self.send_response(200)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
    def log_message(self, *_):
        pass
port = int(options.get("--port") or os.environ.get("PORT") or 0)
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
print("A line that is no JSON.", flush=True)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
"""
ABOUT = {"protocol": "1", "agent": "mine/1", "device": "Alice",
         "capabilities": {"order": "total", "outbox": "none", "conflicts": "none", "versions": "all", "blobs": "none",
                          "range": False, "marker": False, "clock": False, "pause": False, "p2p": False}}  # fmt: skip
AGENT = 'command = ["./program", "--port={control_port}"]'
READY = 'ready = "http://127.0.0.1:{port}/health"\nready_within = "5 seconds"'


@dataclass
class Product:
    """Its folder, and what was started of it."""

    launcher: Launcher
    folder: Path
    directory: Path
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @classmethod
    @contextlib.contextmanager
    def made(cls, launcher: Launcher, folder: Path) -> Iterator[Product]:
        """One that answers as an agent should; everything of it ends afterwards."""
        product = cls(launcher, folder / "mine", folder / "data")
        product.folder.mkdir()
        product.program()
        with product._open:
            yield product

    def program(self, source: str = PROGRAM, about: object = ABOUT) -> None:
        """Write its program."""
        text = about if isinstance(about, str) else json.dumps(about)
        (self.folder / "program.py").write_text(source.replace("ABOUT", repr(text)))
        script = self.folder / "program"
        script.write_text(f'#!/bin/sh\nexec {sys.executable} program.py "$@"\n')
        script.chmod(0o755)

    def driver(self, agent: str = "", server: str = "", scale: float = 1.0, more: str = "") -> Driver:
        """Its driver, by a manifest of these tables."""
        tables = ['name = "mine"', f"[agent]\n{agent or AGENT}"]
        tables += [f"[server]\n{server}"] if server else []
        text, file = "\n".join([*tables, more]), self.folder / "product.toml"
        if not file.exists() or file.read_text() != text:  # what an agent said is kept until a file changes
            file.write_text(text)
        return drive(find(str(self.folder)), EmbeddedStack(self.launcher, 1, ""), scale)

    def serve(self, driver: Driver) -> ManifestServer:
        """Start its server."""
        server = driver.start_server(self.directory / "server")
        self._open.callback(server.stop)
        assert isinstance(server, ManifestServer)
        return server

    def device(self, driver: Driver, server: str = "127.0.0.1:9") -> Program:
        """Start a device of it."""
        directory = self.directory / "Alice"
        program = driver.start_device("Alice-1", directory, "s3cret", 42, server=server)
        self._open.callback(driver.discard, program, directory)
        return program

    @property
    def starts(self) -> list[dict[str, object]]:
        """How each start of its programs looked."""
        return [json.loads(line) for line in (self.folder.parent / "started.json").read_text().splitlines()]
