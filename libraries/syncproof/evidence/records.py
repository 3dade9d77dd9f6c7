"""The lines of a history: what was done to a system and what was seen of it.

One JSON object a line, in the order in which the recorder wrote them. The first line is a `Header`; every
other line is a tagged record: one of those below, or of a workload's `records.py`. `t_ns` is CLOCK_MONOTONIC of this
kernel (the header names its boot_id). The device's own (adjustable) clock is never used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Self

import msgspec

#: The source of what the harness itself did or read.
HARNESS = "harness"
#: A device that was installed anew has lost all its data and counts its incarnations from 1 again. On record those of
#: its k-th installation (from 0) are numbered from k times this.
INSTALLATION = 1_000_000
#: The end of what has not ended.
NEVER = 1 << 62
#: Steps of a transfer behind which there is more to come.
UNDER_WAY = frozenset({"uploading", "downloading", "interrupted", "missing", "corrupt"})


def installation(incarnation: int) -> int:
    """Which installation of its device an incarnation on record belongs to, from 0."""
    return incarnation // INSTALLATION


Outcome = Literal["ok", "fail", "info"]
VerdictResult = Literal["pass", "fail", "unknown"]
#: From when to when, ns.
Interval = tuple[int, int]


class Header(msgspec.Struct, frozen=True, kw_only=True, tag="header", tag_field="type"):
    """First line: what ran, where and under which scale.

    run: when it began. process: number of its robot within the run. test: full name. attempt: from 1, of that test in
    that process.
    """

    schema: int
    run: str
    process: int = 0
    attempt: int = 1
    test: str
    seed: int
    system: str
    stack: str
    scale: float
    boot_id: str
    versions: dict[str, str] = {}
    #: What evidence calls the server that devices sync through.
    server: str = "relay"


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True, gc=False):
    """What every line but the header has. A field at its default is left out of the line.

    i: dense number of the line, from 1. source: `harness` or the device's name. source_seq: the source's own
    dense number (0 where the source gives none). incarnation: of the source's process (0 for the harness).
    device: the device that the line is about ("" for none).
    """

    i: int = 0
    t_ns: int = 0
    source: str = HARNESS
    source_seq: int = 0
    incarnation: int = 0
    device: str = ""

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """From when to when something was outstanding at a device, by its lines of this kind, in their order.

        A fault that came in between mattered to the device. No kind of line says so unless it defines this.
        """
        del lines
        return iter(())


class Event(Record, frozen=True, kw_only=True):
    """What an agent tells by an event of that type: the event has the fields of the record."""


class Member(Record, frozen=True, kw_only=True, tag="member"):
    """A device belongs to a group from here on (and must get everything in the group's log)."""

    group: str


class Left(Record, frozen=True, kw_only=True, tag="left"):
    """A device belongs to a group no more, and must get nothing that is asked for from here on."""

    group: str


class Invoke(Record, frozen=True, kw_only=True, tag="invoke"):
    """The harness is about to ask a device for an operation."""

    op_id: str
    group: str
    kind: str
    author: str
    author_n: int
    digest: str
    size: int
    entry: str | None = None
    base: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()
    #: What the author calls each of them, and how many bytes it has.
    names: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    #: Of an entry: hash of what it says, without the op_id. Two that say the same are no conflict.
    content: str = ""
    #: Of an entry: what it says.
    text: str = ""


class Result(Record, frozen=True, kw_only=True, tag="result"):
    """What became of an operation. ok: acknowledged by the system (or fail: refused, it did not happen).

    No result line, or `info`: it may or may not have happened.
    """

    op_id: str
    outcome: Outcome
    code: str = ""
    server_order: int | None = None


class Accept(Record, frozen=True, kw_only=True, tag="accept"):
    """The device took the operation. seen: length of its delivery log then, its exact causal past."""

    op_id: str
    seen: int
    version: str | None = None


class Deliver(Record, frozen=True, kw_only=True, tag="deliver"):
    """Entry n of a device's delivery log, as read in this incarnation (read again from 1 after a restart)."""

    n: int
    op_id: str
    group: str
    kind: str
    author: str
    version: str
    digest: str
    size: int
    path: str
    server_order: int | None = None
    entry: str | None = None
    clock: dict[str, int] | None = None
    blobs: tuple[str, ...] = ()
    #: What the author called each of them.
    names: tuple[str, ...] = ()


class Log(Record, frozen=True, kw_only=True, tag="log"):
    """One line of the system's own authoritative log (the relay's), from the operator's export.

    sealed: the server cannot read it. What it is only devices can say, by its version: the file has the digest of what
    is stored, or none, and no op_id where the server does not know it; a `History` has them as devices told.
    """

    group: str
    op_id: str
    version: str
    server_order: int
    author: str
    digest: str
    sealed: bool = False


class Marker(Event, frozen=True, kw_only=True, tag="marker"):
    """A read marker moved (`old == new`: it was read, not moved).

    n: length of the device's delivery log when it did (local), or the n it stands for.
    """

    group: str
    scope: Literal["local", "remote"]
    old: str | None = None
    new: str
    n: int


class Sibling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of an entry that stands beside others."""

    version: str
    digest: str
    deleted: bool = False
    clock: dict[str, int] | None = None


class Entry(Record, frozen=True, kw_only=True, tag="entry"):
    """What a device answered of one entry: every version that it holds, and the one that it shows.

    t_ns: when it was asked. No siblings: it has never heard of the entry. seen: how much of its delivery log had been
    read by then, so that the answer has at least that. (The stamp of a delivery is from before it is on disk.)
    """

    group: str
    entry: str
    siblings: tuple[Sibling, ...]
    winner: str | None
    seen: int = 0


class Blob(Event, frozen=True, kw_only=True, tag="blob"):
    """A step of a transfer as a device told it, or what the harness saw when it asked the device for the attachment.

    States of the harness: `read` (bytes came: so many, with this content, sha256), `absent` (it has none),
    `lost` (it has none although everything is at rest), `verified` (whole, as a sentence asked).
    reason: why it broke off, or why the device refuses it for good.
    """

    digest: str
    state: str
    offset: int = 0
    size: int = 0
    content: str = ""
    reason: str = ""

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """Each transfer until it has ended."""
        begun: dict[str, int] = {}
        for line in lines:
            if line.state in UNDER_WAY:
                begun.setdefault(line.digest, line.t_ns)
            elif line.state in ("complete", "uploaded", "refused", "expired") and line.digest in begun:
                yield begun.pop(line.digest), line.t_ns
        yield from ((since, NEVER) for since in begun.values())


class Connection(Event, frozen=True, kw_only=True, tag="connection"):
    """A device's link changed: offline, connecting, catching_up, live."""

    state: str
    reason: str = ""


class Attempt(Event, frozen=True, kw_only=True, tag="attempt"):
    """One exchange that counts for the device's circuit breaker."""

    what: str
    outcome: Literal["ok", "failed"]
    reason: str = ""


class Retry(Event, frozen=True, kw_only=True, tag="retry"):
    """A retry was scheduled. delay_ms: the backoff; due_ns: CLOCK_MONOTONIC when it is due.

    about: what was tried, where there are several things of the kind: the digest of an attachment, a group.
    """

    what: str
    attempt: int
    delay_ms: float
    due_ns: int
    reason: str = ""
    about: str = ""


class Breaker(Event, frozen=True, kw_only=True, tag="breaker"):
    """The circuit breaker changed: closed, open, half_open. failures: in a row, when it did."""

    state: str
    failures: int = 0


class Catchup(Event, frozen=True, kw_only=True, tag="catchup"):
    """Catch-up started, took a page, ended. after/got/head in positions of the log."""

    group: str
    state: str
    after: int = 0
    got: int = 0
    head: int = 0
    reason: str = ""


class Held(Event, frozen=True, kw_only=True, tag="held"):
    """A live event arrived ahead of a gap: the device holds it until catch-up got there."""

    group: str
    op_id: str
    version: str
    server_order: int | None = None


class Fault(Record, frozen=True, kw_only=True, tag="fault"):
    """An edge of a fault.

    fault_id: the same on all edges of one fault. edge: start, proved (effective was measured), end (proved
    healed). kind: cut, latency, bandwidth, kill, suspend ... target: whom it hits. engine: which one served
    it.
    """

    fault_id: str
    kind: str
    #: Whether it lets everything through in the end.
    slows: bool = False
    #: Whether nothing reaches its targets while it is on.
    isolates: bool = False
    #: Whether it keeps something from its targets while their connections stand.
    silences: bool = False
    edge: Literal["start", "proved", "end"]
    target: tuple[str, ...]
    direction: str = "both"
    engine: str = ""
    requested: str = ""
    effective: bool = False
    proof: str = ""
    #: Why it has not bitten, as far as that is known.
    hindrance: str = ""
    #: Of an end: when it was taken away (ns), before it was proved to have healed.
    lifted_ns: int = 0
    #: Devices whose link (or process) this fault touches: relevance is looked for on them.
    relevant_to: tuple[str, ...] = ()


class Request(Record, frozen=True, kw_only=True, tag="request"):
    """One request of a device, as the server's own log has it. t_ns: when its reply began. n: the log's own number.

    start: the first byte that was asked for, of an attachment; of a page of a log, the position behind which it begins.
    """

    n: int
    method: str
    path: str
    status: int
    start: int = 0


class Quarantined(Event, frozen=True, kw_only=True, tag="quarantined"):
    """A device kept an event of the log out of its deliveries, because it cannot be read, and went on behind it."""

    group: str
    op_id: str
    version: str
    server_order: int | None = None
    reason: str = ""


class Readable(Record, frozen=True, kw_only=True, tag="readable"):
    """An operation whose content the server's operator can read, and where it was found."""

    op_id: str
    where: str


class Note(Record, frozen=True, kw_only=True, tag="note"):
    """Anything else: what an agent reported (wake, pipeline, group, conflict ...) or the harness saw (memory
    ...).

    Of the recorder: `incarnation` (a new one was met), `deliveries_read` (its delivery log was read to the
    end for the first time: `total`), `event_gap`, `malformed_reply`, `unreachable`, `reachable`. Of the
    world: `log_read` (a group's log was exported: `group`, `head`), `log_outdated` (until it is read
    again: `group`), `server_searched` (for what can be read of the group: `looked`, how many of what), `came_back` (a
    device, since then), `judging` (all that the harness saw or did before is on record).
    """

    what: str
    fields: dict[str, object] = {}


class Verdict(Record, frozen=True, kw_only=True, tag="verdict"):
    """What a checker said of the history up to line `upto`, with these limits: the file alone can be judged again."""

    checker: str
    result: VerdictResult
    message: str = ""
    witness: tuple[str, ...] = ()
    limits: dict[str, Any] = {}
    upto: int = 0
