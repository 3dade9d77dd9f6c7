"""What every agent tells in the same shape."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from syncproof_agentkit.requests import op_id_inside


def delivery(
    n: int,
    t_ns: int,
    group: str,
    author: str,
    version: str,
    path: str,
    body: bytes,
    *,
    kind: str = "append",
    entry: str | None = None,
    server_order: int | None = None,
    clock: Mapping[str, int] | None = None,
    blobs: Sequence[object] = (),
) -> dict[str, object]:
    """An entry of the delivery log: number n, committed at t_ns (CLOCK_MONOTONIC), with what its body shows."""
    return {
        "n": n,
        "t_ns": t_ns,
        "op_id": op_id_inside(body),
        "group": group,
        "kind": kind,
        "entry": entry,
        "author": author,
        "version": version,
        "server_order": server_order,
        "clock": clock,
        "digest": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "path": path,
        "blobs": blobs,
    }
