from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Case,
    Mutant,
    bad,
    empty,
    exchange_of,
    good,
    installed_anew,
    is_a,
    lines,
    not_read_to_its_end,
    repeated,
    restarted,
    swapped,
    told,
    unknown,
)
from tests.unit.evidence.histories import MS, Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Blob, Deliver, Note, Quarantined, Request, Result

Act = Callable[[Story], object]
BOB: dict[str, Any] = {"device": "Bob"}


def _without(op_id: str, device: str = "Bob") -> Callable[[list[Line]], list[Line]]:
    """A device's delivery of an operation is gone."""
    return lambda found: drop(found, delivery(device, op_id))


def _quarantined(op_id: str) -> Callable[[list[Line]], list[Line]]:
    line = Quarantined(device="Bob", source="Bob", group="g", op_id=op_id, version="3")
    return lambda found: [*_without(op_id)(found), line]


def _read_a_part(story: Story) -> None:
    """The first entry of Bob's log is read once more, and no other."""
    first = next(line for line in story.lines if isinstance(line, Deliver) and line.device == "Bob")
    story.lines.append(msgspec.structs.replace(first, incarnation=story._incarnation["Bob"]))


CURSOR = (
    unknown("empty", empty, "Bob has nothing of a log of the server that was read", **BOB),
    unknown("no log", lambda: exchange(export=False), **BOB),
    good("all of it", exchange, "Bob went through 5 events", **BOB),
    good("the end is not there yet", lines(_without("a5")), "4 events", **BOB),
    bad("passed one", lines(_without("a3")), "Bob's cursor passed 1 event that it has not got: Alice #3", **BOB,
        witness=("a3",)),
    bad("passed two", lines(lambda found: _without("a2")(_without("a4")(found))), "2 events", **BOB),
    good("another device passed it", lines(_without("a3", "Alice")), **BOB),
    good("it was quarantined", lines(_quarantined("a3")), "5 events", **BOB),
    bad("went back", lines(swapped("Bob", "a2", "a3")), "Bob's cursor went back: it delivered Alice #2", **BOB,
        witness=("a2",)),
    bad("the same twice", lines(repeated(delivery("Bob", "a5"))), "went back", **BOB),
    good("after a restart", restarted(), **BOB),
    bad("lost by a restart and passed", lines(_without("a2"), restarted()), **BOB),
    good("installed anew, from the beginning", installed_anew(lambda story: story.deliver("Bob")), "5 events", **BOB),
    unknown("not read", told(lambda s: s.send("Alice"), lambda s: s.deliver("Bob"), lambda s: s.export(),
                             lambda s: s.restart("Bob"), not_read_to_its_end, _read_a_part), "not read", **BOB),
    unknown("no member", exchange, device="Carol"),
)  # fmt: skip


def _both(alice: int, bob: int) -> Callable[[], Story]:
    """Both send, both have everything."""

    def tell() -> Story:
        story = Story()
        for author, count in (("Alice", alice), ("Bob", bob)):
            for _ in range(count):
                story.send(author)
        for device in story.devices:
            story.deliver(device)
        return story

    return tell


def _entry(clock_at_bob: dict[str, int] | None) -> Callable[[], list[Line]]:
    """One version of an entry, with the clock that each of them tells."""

    def tell() -> list[Line]:
        story = told(lambda s: s.send("Alice", entry="plan", kind="put"), _all)()
        clocked = change(story.lines, is_a(Deliver, device="Alice"), clock={"Alice": 1})
        return change(clocked, is_a(Deliver, device="Bob"), clock=clock_at_bob)

    return tell


def _all(story: Story) -> None:
    for device in story.devices:
        story.deliver(device)


def _refused(story: Story) -> None:
    """Alice's next operation is refused."""
    op_id = story.send("Alice", store=False)
    story.add(Result, device="Alice", source="Alice", op_id=op_id, outcome="fail")


def _one(story: Story) -> None:
    story.send("Alice")
    _all(story)


VECTORS = (
    unknown("empty", empty, "no two members of a group got anything"),
    unknown("nothing delivered", told(lambda s: s.send("Alice"))),
    unknown("one device", told(lambda s: s.send("Alice"), _all, devices=("Alice",))),
    good("equal", _both(3, 2), "equal in 1 group"),
    bad("the last one missing", lines(_without("b2"), _both(3, 2)),
        "expected equal version vectors; Alice has {Alice: 3, Bob: 2}, Bob has {Alice: 3, Bob: 1}"),
    bad("nobody has it, and both have a later one",
        lines(lambda found: _without("a2")(_without("a2", "Alice")(found)), _both(3, 2)),
        "Alice's version vector {Alice: 3, Bob: 2} has a hole: Alice #2"),
    bad("a hole at one", lines(_without("a1"), _both(3, 0)), "Bob's version vector {Alice: 3} has a hole"),
    good("what was refused is no hole", told(_refused, lambda s: s.send("Alice"), _all)),
    good("equal clocks", _entry({"Alice": 1})),
    bad("clocks apart", _entry({"Alice": 1, "Bob": 1}),
        'expected equal clocks of entry "plan"; Alice has {Alice: 1}, Bob has {Alice: 1, Bob: 1}'),
    unknown("one was not read", told(lambda s: s.send("Alice"), _all, not_read_to_its_end), "Bob's delivery log"),
    bad("judged with a device", lines(_without("b2"), _both(3, 2)), **BOB),
    unknown("judged without it", lines(_without("b2"), _both(3, 2)), device="Carol"),
)  # fmt: skip


def _with_blob(content: str, *, source: str = "harness", state: str = "read", device: str = "Bob") -> Act:
    """Alice sends an attachment, and the harness reads these bytes of it."""

    def act(story: Story) -> None:
        story.send("Alice", blobs=("d9",), names=("a.bin",), sizes=(9,))
        _all(story)
        story.add(Blob, device=device, source=source, digest="d9", state=state, size=9, content=content)

    return act


PRESENT = (
    unknown("empty", empty, "nobody sent Bob anything", **BOB),
    unknown("only his own", told(lambda s: s.send("Bob"), _all), **BOB),
    good("all", exchange_of(5), "Bob has 5 messages and 0 attachments by hash", **BOB),
    bad("one is missing", lines(_without("a3")), "nothing with the hash of 1 message (d-a3...): Alice #3", **BOB,
        witness=("a3",)),
    bad("in other bytes", lines(lambda found: change(found, delivery("Bob", "a3"), digest="other")), **BOB),
    good("in other bytes elsewhere", lines(lambda found: change(found, delivery("Alice", "a3"), digest="x")), **BOB),
    good("what was refused need not be there",
         told(_refused, _one), **BOB),
    good("an attachment", told(_with_blob("d9")), "1 message and 1 attachment", **BOB),
    bad("an attachment in other bytes", told(_with_blob("d8")), "Bob has no attachment with the hash d9", **BOB),
    bad("it only says so", told(_with_blob("d9", source="Bob")), **BOB),
    bad("absent", told(_with_blob("d9", state="absent")), **BOB),
    bad("on another device", told(_with_blob("d9", device="Alice")), **BOB),
    unknown("not read", told(lambda s: s.send("Alice"), _all, lambda s: s.restart("Bob"), not_read_to_its_end), **BOB),
)  # fmt: skip


def _pull(
    start: int, *, device: str = "Bob", method: str = "GET", path: str = "/rooms/g/events", status: int = 200
) -> Act:
    return lambda story: story.add(
        Request, device=device, source="relay", n=1, method=method, path=path, status=status, start=start
    )


def _back(story: Story) -> None:
    story.add(Note, device="Bob", what="came_back")


def _three(story: Story) -> None:
    for _ in range(3):
        story.send("Alice")
    story.deliver("Bob")


def _two_more(story: Story) -> None:
    for _ in range(2):
        story.send("Alice")
    story.deliver("Bob")


def _log_died(story: Story) -> None:
    story.add(Note, what="request_log", fields={"lacks": "it died"})


SELECTIVE = (
    unknown("empty", empty, "Bob has not come back", **BOB),
    unknown("asked for nothing", told(_three, _back), "asked the server for nothing", **BOB),
    good("from its cursor on", told(_three, _back, _pull(3), _two_more), "1 page, from position 3 on", **BOB),
    good("page by page", told(_three, _back, _pull(3), _two_more, _pull(5)), "2 pages", **BOB),
    bad("from the beginning", told(_three, _back, _pull(0), _two_more),
        "Bob had everything up to position 3 when it came back, and asked for what is behind position 0", **BOB),
    bad("too far", told(_three, _back, _pull(4), _two_more), **BOB),
    bad("back again", told(_three, _back, _pull(3), _two_more, _pull(2)), "behind position 2, and before", **BOB),
    good("another time", told(_pull(0), _three, _back, _pull(3), _two_more), **BOB),
    good("another device", told(_three, _back, _pull(0, device="Alice"), _pull(3), _two_more), **BOB),
    good("another request", told(_three, _back, _pull(0, path="/rooms/g/marker"), _pull(3), _two_more), **BOB),
    good("a push", told(_three, _back, _pull(0, method="POST"), _pull(3), _two_more), **BOB),
    good("refused", told(_three, _back, _pull(0, status=403), _pull(3), _two_more), **BOB),
    unknown("had nothing", told(_back, _pull(0), _two_more), "had nothing before", **BOB),
    unknown("no log", told(_three, _back, _log_died, _pull(0)), "inconclusive: it died", **BOB),
    unknown("not read", told(_three, _back, _pull(0), lambda s: s.restart("Bob"), not_read_to_its_end),
            "Bob's delivery log was not read", **BOB),
)  # fmt: skip


def _live(*paths: str) -> Act:
    """Alice sends as many, and each comes to Bob in that way."""

    def act(story: Story) -> None:
        for path in paths:
            story.send("Alice")
            story.deliver("Bob", path=path)

    return act


def _not_connected(story: Story) -> None:
    story.connection("Bob", "offline")


GAPS = (
    unknown("empty", empty, "heard everything live", **BOB),
    unknown("all live", told(_live("live", "live")), "Bob heard everything live", **BOB),
    good("asked for", told(_live("live", "live", "catchup", "catchup", "live"), _pull(2)), "1 gap", **BOB),
    good("twice", told(_live("live", "catchup", "live", "catchup"), _pull(1), _pull(3)), "2 gaps", **BOB),
    bad("not asked for", told(_live("live", "live", "catchup"), _pull(1)),
        "Bob did not ask the server for what is behind position 2", **BOB),
    bad("asked for by another", told(_live("live", "catchup"), _pull(1, device="Alice")), **BOB),
    bad("asked for something else", told(_live("live", "catchup"), _pull(1, path="/rooms/g/marker")), **BOB),
    bad("pushed", told(_live("live", "catchup"), _pull(1, method="POST")), **BOB),
    unknown("not connected meanwhile", told(_live("live"), _not_connected, _live("catchup")), **BOB),
    good("not connected before", told(_not_connected, _live("live", "catchup"), _pull(1)), **BOB),
    good("not connected afterwards", told(_live("live", "catchup"), _not_connected, _pull(1)), **BOB),
    bad("never closed", told(_live("live"), lambda s: s.send("Alice"), lambda s: s.export()),
        "Bob has a gap of 1 event that it never closed: Alice #2", **BOB, witness=("a2",)),
    unknown("no log", told(_live("live", "catchup"), _log_died), "inconclusive: it died", **BOB),
    unknown("not read", told(_live("live"), lambda s: s.restart("Bob"), not_read_to_its_end), "not read", **BOB),
)  # fmt: skip


def _waiting(number: int, device: str = "Bob") -> Act:
    return lambda story: story.add(Note, device=device, what="outbox", fields={"waiting": number})


TWO: dict[str, Any] = {"device": "Bob", "wanted": 2, "asked_ns": 1000 * MS, "within_ns": 100 * MS}
OUTBOX = (
    unknown("empty", empty, "nobody asked Bob what waits", **TWO),
    good("as many", told(_waiting(2)), "2 messages of Bob wait", **TWO),
    bad("less", told(_waiting(1)), "expected 2 messages of Bob to wait to be pushed within 0.1 seconds",
        "; 1 do", **TWO),
    bad("more", told(_waiting(3)), **TWO),
    good("the last word counts", told(_waiting(1), _waiting(2)), **TWO),
    unknown("asked before", told(_waiting(2)), **{**TWO, "asked_ns": 9000 * MS}),
    unknown("another device", told(_waiting(2, "Alice")), **TWO),
)  # fmt: skip


def _one_more(answer: str, device: str = "Bob") -> Act:
    return lambda story: story.add(Note, device=device, what="one_more", fields={"answer": answer})


FULL: dict[str, Any] = {**BOB, "code": "outbox_full"}
REFUSED = (
    unknown("empty", empty, "nobody asked Bob for one message more", **FULL),
    good("refused", told(_one_more("outbox_full")), "Bob refused one message more", **FULL),
    good("because there is no room", told(_one_more("storage")), **BOB, code="storage"),
    bad("accepted without room", told(_one_more("accepted")), "because its disk is full", **BOB, code="storage"),
    good("because it is too long", told(_one_more("too_large")), **BOB, code="too_large"),
    bad("accepted", told(_one_more("accepted")), "because its outbox is full; it answered 'accepted'", **FULL),
    bad("another reason", told(_one_more("storage")), **FULL),
    bad("the last answer counts", told(_one_more("outbox_full"), _one_more("accepted")), **FULL),
    unknown("another device", told(_one_more("outbox_full", "Alice")), **FULL),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {
    "gaps_asked": GAPS,
    "outbox_holds": OUTBOX,
    "refused": REFUSED,
    "cursor": CURSOR,
    "version_vectors": VECTORS,
    "present_by_hash": PRESENT,
    "selective_pull": SELECTIVE,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "gaps_asked": (
        ('request.method == "GET" and', ""),
        ("and request.path.endswith(_EVENTS)", ""),
        ("history.of(Request, device)", "history.of(Request)"),
        ("if before.path != _LIVE or after.path == _LIVE:", "if after.path == _LIVE:"),
        ("if before.path != _LIVE or after.path == _LIVE:", "if before.path != _LIVE:"),
        ("if any(before.t_ns < at <= after.t_ns for at in away):", "if False:"),
        ("before.t_ns < at <= after.t_ns", "at <= after.t_ns"),
        ("before.t_ns < at <= after.t_ns", "before.t_ns < at"),
        ("if before.server_order not in starts:", "if False:"),
        ("if op_id not in delivered]", "if False]"),
        ("requests_unread(history) or unread(history, device)", "requests_unread(history)"),
        ("requests_unread(history) or unread(history, device)", "unread(history, device)"),
    ),
    "outbox_holds": (
        ("if note.t_ns >= asked_ns]", "]"),
        ("if waiting == wanted", "if waiting >= wanted"),
        ("if waiting == wanted", "if waiting <= wanted"),
        ("told[-1]", "told[0]"),
        ("history.notes(WAITING, device)", "history.notes(WAITING)"),
    ),
    "refused": (
        ("if answer != code:", "if False:"),
        ("if answer != code:", 'if answer == "accepted":'),
        ("if answer != code:", 'if answer != "outbox_full":'),
        ("{REASONS[code]}", "its outbox is full"),
        ("asked[-1]", "asked[0]"),
        ("history.notes(ONE_MORE, device)", "history.notes(ONE_MORE)"),
    ),
    "cursor": (
        ("if after <= before]", "if False]"),
        ("if after <= before]", "if after < before]"),
        ("and place < last]", "]"),
        ("if op_id not in have and", "if"),
        ("have |= history.quarantined", "have &= history.quarantined"),
        (
            "for entries in log.by_incarnation.values():",
            "for entries in [log.latest]:\n            entries = []",
        ),
        ("[why] if why else []", "[]"),
    ),
    "version_vectors": (
        ("and operation.op_id not in delivered", "and False"),
        ("and operation.op_id not in history.refusals", ""),
        ("if len(names) < 2 or not", "if not"),
        ("or not any(vectors.values()):", "or False:"),
        ('faults += _apart(vectors, "version vectors")', "pass"),
        ("faults += _apart(of_entry", "(of_entry"),
        ("if device is not None and device not in members:", "if False:"),
        ("if not judged and not unknown:", "if not judged:"),
    ),
    "present_by_hash": (
        ("operation.author != device and", ""),
        ("and operation.op_id not in history.refusals", ""),
        ("operation.digest not in held]", "operation.digest in held]"),
        ("if look.source == HARNESS and", "if"),
        ('and look.state == "read"', ""),
        ("look.content", "look.digest"),
        ("history.of(Blob, device)", "history.of(Blob)"),
        ("if why := unread(history, device):", "if why := None:"),
    ),
    "selective_pull": (
        ('request.method == "GET"', "True"),
        ("and request.path.endswith(_EVENTS)", ""),
        ("and request.status == _OK", ""),
        ("and request.t_ns >= since", ""),
        ("history.of(Request, device)", "history.of(Request)"),
        ("if each.t_ns < since)", ")"),
        ("if pulls[0].start != had:", "if pulls[0].start < had:"),
        ("if pulls[0].start != had:", "if pulls[0].start > had:"),
        ("if after.start < before.start", "if False"),
        ("requests_unread(history) or unread(history, device)", "requests_unread(history)"),
        ("requests_unread(history) or unread(history, device)", "unread(history, device)"),
    ),
}
