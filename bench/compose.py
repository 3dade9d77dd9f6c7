"""The compose stack: how fast it is there, how fast a further device is, how fast it is gone."""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from pathlib import Path

from figure import Figure
from syncproof.faults.containers.errors import ContainerError
from syncproof.systems.compose import ComposeStack
from syncproof.systems.products import drive, find

ROUNDS = 3
READY_S, DEVICE_S, GONE_S = 8.0, 1.5, 3.0


def figures() -> list[Figure]:
    """Medians over some rounds, images built; none where there is no engine to measure."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            ComposeStack(Path(folder), find("bundled")).close()  # builds what is missing
        except ContainerError as reason:
            print(f"SKIPPED: compose: {reason}")
            return []
        rounds = [_round(Path(folder)) for _ in range(ROUNDS)]
    ready, device, gone = (sorted(values) for values in zip(*rounds, strict=True))
    return [
        _figure("compose: relay, proxy and two devices ready", ready, READY_S),
        _figure("compose: a further device", device, DEVICE_S),
        _figure("compose: all of it gone", gone, GONE_S),
    ]


def _round(folder: Path) -> tuple[float, float, float]:
    """Seconds: until two devices were ready, for a third, until all was gone."""
    began = time.monotonic()
    product = find("bundled")
    stack = ComposeStack(folder, product)
    try:
        system = drive(product, stack, 1.0)
        secret = system.start_server(folder / secrets.token_hex(4)).secret
        assert stack.toxiproxy.version()
        for name in ("Alice", "Bob"):
            system.start_device(name, folder / secrets.token_hex(4), secret, 1)
        ready = time.monotonic()
        system.start_device("Carol", folder / secrets.token_hex(4), secret, 1)
        further = time.monotonic()
    finally:
        ending = time.monotonic()
        stack.close()
    return ready - began, further - ready, time.monotonic() - ending


def _figure(name: str, values: list[float], bound: float) -> Figure:
    median = statistics.median(values)
    note = f"rounds: {', '.join(f'{value:.2f}' for value in values)} s"
    return Figure(name, median, "s", bound, median <= bound, note)
