"""Prints the orders of a list as the server has them, in the order in which it took them: `server_log.py PORT LIST`.

An order counts as the operation that its user has signed it with, and with what it said first.
"""

from __future__ import annotations

import hashlib
import json
import sys
from urllib.parse import quote
from urllib.request import urlopen

from syncproof_products.taskserver.page.agent.signed import Order


def main() -> None:
    """Page by page, as the server bounds what one answer has."""
    port, orders = sys.argv[1:]
    after, head = 0, 1
    while after < head:
        url = f"http://127.0.0.1:{port}/repositories/{quote(orders, safe='')}/changes?after={after}"
        with urlopen(url, timeout=20) as answer:
            page = json.load(answer)
        head = page["head"] if page["changes"] else after
        for task in page["changes"]:
            after = task["seq"]
            order = Order.read(task["content"])
            if order.op_id and task["version"] == 1:
                digest = hashlib.sha256(order.content).hexdigest()
                line = {"op_id": order.op_id, "version": task["id"], "author": order.author, "digest": digest}
                print(json.dumps(line))


if __name__ == "__main__":
    main()
