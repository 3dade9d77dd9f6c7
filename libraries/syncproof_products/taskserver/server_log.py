"""Prints a repository's changes as the server has them, a JSON object a line: `server_log.py PORT REPOSITORY`."""

from __future__ import annotations

import hashlib
import json
import sys
from urllib.parse import quote
from urllib.request import urlopen


def _print(port: str, repository: str) -> None:
    head, position = 1, 0
    while position < head:
        url = f"http://127.0.0.1:{port}/repositories/{quote(repository, safe='')}/changes?after={position}"
        with urlopen(url, timeout=20) as answer:
            page = json.load(answer)
        for change in page["changes"]:
            digest = hashlib.sha256(change["content"].encode()).hexdigest()
            line = {"op_id": change["key"], "version": str(change["version"]), "author": change["by"]}
            print(json.dumps({**line, "digest": digest}))
            position = change["seq"]
        head = page["head"] if page["changes"] else position


if __name__ == "__main__":
    _print(*sys.argv[1:])
