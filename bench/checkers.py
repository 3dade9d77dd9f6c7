"""How long it takes to load and to judge a history of a million lines.

    python bench/checkers.py

The history is what four devices leave that exchange some 95,000 messages through two faults and a restart; every
eighth of them is an edit of one of a thousand entries, of which all are asked then. Making it is not measured.
Loading is: decoding the file and building the indexes.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from figure import Figure
from syncproof.evidence import checkers
from syncproof.evidence.history import History
from syncproof.evidence.records import (
    Accept,
    Deliver,
    Entry,
    Fault,
    Header,
    Invoke,
    Log,
    Marker,
    Member,
    Note,
    Record,
    Result,
    Sibling,
)

LINES = 1_000_000
DEVICES = ("Alice", "Bob", "Carol", "Dave")
GROUP = "group"
#: Seconds that a pass over a million lines may take.
BOUND_S = 10.0
US = 1000
#: Every so many messages one is an edit, of one entry after the other; then all devices are asked for it.
EDIT_EVERY, ENTRIES = 8, 1000


def figures() -> list[Figure]:
    """Loading, judging, and both together."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "history.jsonl"
        write(path)
        gc.collect()
        start = time.perf_counter()
        history = History.load(path)
        loaded = time.perf_counter() - start
        size = path.stat().st_size / 1e6
    judged = 0.0
    slowest, longest = "", 0.0
    for name in checkers.safety():
        start = time.perf_counter()
        verdict = checkers.run(name, history)
        took = time.perf_counter() - start
        judged += took
        if took > longest:
            slowest, longest = name, took
        if verdict.result != "pass":
            raise AssertionError(f"The benchmark's own history is not a good one: {verdict}")
    count = f"{len(history.lines):,} lines, {size:.0f} MB"
    return [
        Figure(
            "checkers: pass over a million lines",
            judged,
            "s",
            BOUND_S,
            judged <= BOUND_S,
            f"slowest: {slowest} {longest:.1f} s",
        ),
        Figure("checkers: with loading", judged + loaded, "s", BOUND_S, judged + loaded <= BOUND_S, count),
    ]


def write(path: Path) -> None:
    """The history file."""
    header = Header(
        schema=1, run="bench", test="bench", seed=1, system="bundled", stack="embedded", scale=1, boot_id="b"
    )
    encode = msgspec.json.Encoder().encode
    with path.open("wb", buffering=1 << 20) as file:
        file.write(encode(header) + b"\n")
        for i, line in enumerate(_lines(), 1):
            file.write(encode(msgspec.structs.replace(line, i=i)) + b"\n")


def _lines() -> Iterator[Record]:
    written = 0
    now = 10**9
    logs: dict[str, list[Deliver]] = {device: [] for device in DEVICES}
    marks = dict.fromkeys(DEVICES, 0)
    order: list[Invoke] = []
    newest: dict[str, Sibling] = {}
    for device in DEVICES:
        yield Member(t_ns=now, device=device, group=GROUP)
    # What is left at the end: the exported log, Bob's log read again, the second fault.
    while written + 2 * len(order) < LINES:
        number = len(order)
        author = DEVICES[number % len(DEVICES)]
        op_id = f"{GROUP}/{author}/{number // len(DEVICES) + 1}"
        now += 50 * US
        entry = f"entry-{number // EDIT_EVERY % ENTRIES}" if number % EDIT_EVERY == 0 else None
        before = newest.get(entry) if entry else None
        invoke = Invoke(
            t_ns=now, device=author, op_id=op_id, group=GROUP, kind="put" if entry else "append", author=author,
            author_n=number // len(DEVICES) + 1, digest=f"{number:064x}", size=120, entry=entry,
            base=(before.version,) if before else (), content=f"{number}" if entry else "",
        )  # fmt: skip
        clock = dict(before.clock or {}) if before else {}
        clock[author] = clock.get(author, 0) + 1
        order.append(invoke)
        yield invoke
        yield Accept(t_ns=now + 10 * US, device=author, op_id=op_id, seen=number)
        if number in (1000, 50_000):
            for edge in ("start", "proved"):
                yield _fault(edge, number, now + 11 * US)
        result = Result(
            t_ns=now + 20 * US, device=author, source=author, incarnation=1, op_id=op_id, outcome="ok"
        )
        yield result
        written += 3
        for k, device in enumerate(DEVICES):
            delivered = _deliver(device, invoke, number + 1, now + (22 + k) * US, clock)
            logs[device].append(delivered)
            yield delivered
            written += 1
            if number % 8 == 7:
                for scope in ("local", "remote"):
                    yield _marker(device, scope, marks[device], number + 1, now + 30 * US)
                    written += 1
                marks[device] = number + 1
        if entry is not None:
            newest[entry] = Sibling(version=str(number + 1), digest=invoke.digest, clock=clock)
            for device in DEVICES:
                yield Entry(
                    t_ns=now + 40 * US, device=device, group=GROUP, entry=entry, siblings=(newest[entry],),
                    winner=newest[entry].version, seen=number + 1,
                )  # fmt: skip
                written += 1
        if number in (1000, 50_000):
            yield _fault("end", number, now + 40 * US)
    yield Note(
        t_ns=now, device="Bob", source="recorder", incarnation=2, what="incarnation", fields={"before": 1}
    )
    for again in logs["Bob"]:
        yield msgspec.structs.replace(again, incarnation=2)
    read: dict[str, object] = {"total": len(order)}
    yield Note(t_ns=now, device="Bob", source="recorder", incarnation=2, what="deliveries_read", fields=read)
    for place, invoke in enumerate(order, 1):
        yield Log(
            t_ns=now, group=GROUP, op_id=invoke.op_id, version=str(place), server_order=place, author=invoke.author,
            digest=invoke.digest,
        )  # fmt: skip


def _deliver(device: str, invoke: Invoke, place: int, t_ns: int, clock: dict[str, int]) -> Deliver:
    return Deliver(
        t_ns=t_ns, device=device, source=device, source_seq=place, incarnation=1, n=place, op_id=invoke.op_id,
        group=GROUP, kind=invoke.kind, author=invoke.author, version=str(place), server_order=place, entry=invoke.entry,
        digest=invoke.digest, size=invoke.size, path="live", clock=clock,
    )  # fmt: skip


def _marker(device: str, scope: str, old: int, new: int, t_ns: int) -> Marker:
    return Marker(
        t_ns=t_ns, device=device, source=device, incarnation=1, group=GROUP,
        scope="local" if scope == "local" else "remote", old=str(old) if old else None, new=str(new), n=new,
    )  # fmt: skip


def _fault(edge: str, number: int, t_ns: int) -> Fault:
    return Fault(
        t_ns=t_ns, fault_id=f"fault-{number}", kind="latency", target=("Bob",), relevant_to=("Bob",),
        edge="start" if edge == "start" else "proved" if edge == "proved" else "end", effective=edge == "proved",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.name:40} {figure.value:8.2f} {figure.unit}  (bound {figure.bound:g})  {figure.note}")
