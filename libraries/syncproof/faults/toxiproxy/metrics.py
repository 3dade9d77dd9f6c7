"""GET /metrics in the text format of Prometheus, as the real server shows it with -proxy-metrics."""

from __future__ import annotations

from .collection import Collection
from .toxics import Direction

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def exposition(collection: Collection) -> bytes:
    """Bytes so far, live connections included; the real server counts a connection only when it ends."""
    lines: list[str] = []
    for measure in ("received", "sent"):
        samples: list[str] = []
        for proxy in collection:
            for way in (Direction.DOWNSTREAM, Direction.UPSTREAM):
                if count := getattr(proxy.flow(way)[0], measure):
                    labels = (
                        f'direction="{way.value}",listener="{_escaped(proxy.listen)}",'
                        f'proxy="{_escaped(proxy.name)}",upstream="{_escaped(proxy.upstream)}"'
                    )
                    samples.append(f"toxiproxy_proxy_{measure}_bytes_total{{{labels}}} {count}")
        if samples:
            lines += [
                f"# HELP toxiproxy_proxy_{measure}_bytes_total ",
                f"# TYPE toxiproxy_proxy_{measure}_bytes_total counter",
                *samples,
            ]
    return ("\n".join(lines) + "\n").encode() if lines else b""
