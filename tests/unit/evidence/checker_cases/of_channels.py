from __future__ import annotations

from typing import Any

from tests.unit.evidence.channel_stories import (
    ORDERS,
    acknowledged,
    begins,
    counted,
    cut,
    elsewhere,
    ends,
    published,
    refetched,
    reported,
    requested,
    subscribed,
    told,
    uncounted,
)
from tests.unit.evidence.checker_cases.case import (
    Case,
    Mutant,
    bad,
    empty,
    good,
    not_read_to_its_end,
    unknown,
    wait,
)
from tests.unit.evidence.checker_cases.case import told as story
from tests.unit.evidence.histories import MS, Story, exchange

BY: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
TWO: dict[str, Any] = {**BY, "channel": ORDERS, "number": 2}
END: dict[str, Any] = {"device": "Bob", "channel": ORDERS, "number": 1}
ALONE: dict[str, Any] = {"device": "Alice"}
SOON: dict[str, Any] = {"device": "Bob", "share": 0.9, "most_ms": 20}
REFETCH: dict[str, Any] = {**BY, "channel": ORDERS}
REPORT: dict[str, Any] = {**BY, "state": "connected"}
ORDER: dict[str, Any] = {"device": "Bob", "states": "connecting, connected, disconnected"}

ON, OFF, LOST, ASKED = (subscribed(state) for state in ("confirmed", "left", "lost", "asked"))
OTHER = "g/other"


def after(ms: float, number: int, *, device: str = "Bob") -> Any:
    """So many events, each told so long after it was asked for."""
    return [
        act
        for n in range(1, number + 1)
        for act in (
            published(f"a{n}", ack=False),
            wait(50),
            requested(f"a{n}"),
            wait(ms - 1),
            told(f"a{n}", device=device),
        )
    ]


def mends(story: Story) -> None:
    """The fault ends; a request is answered before that is proved."""
    ends(story, requested("a2"))


def late(story: Story) -> None:
    """A fault begins, another one begins and ends, and then the first is proved."""
    begins(story, name="late", until_proved=(begins, ends))


CASES: dict[str, tuple[Case, ...]] = {
    "nothing_missed": (
        unknown("empty", empty, "the history is empty"),
        good("no channels", exchange, "0 events"),
        good("told of all", story(ON, published("a1"), published("a2"), told("a1", "a2")), "2 events told"),
        bad(
            "missed one",
            story(ON, published("a1"), published("a2"), told("a1")),
            'Bob was subscribed to channel "orders", and missed 1 event without being told to refetch: Alice #2',
            witness=("a2",),
        ),
        bad("missed one while the connection was lost", story(ON, LOST, published("a1"), ON)),
        good("to be refetched", story(ON, published("a1"), refetched())),
        bad("refetched before it was published", story(ON, refetched(), published("a1"))),
        bad("another channel refetched", story(ON, published("a1"), refetched(channel=OTHER))),
        bad("somebody else refetched", story(ON, published("a1"), refetched("Alice"))),
        good("its publisher was not told that it went out", story(ON, published("a1", ack=False))),
        good("published before", story(published("a1"), ON), "0 events"),
        good("only asked for", story(ASKED, published("a1")), "0 events"),
        good("published after", story(ON, OFF, published("a1"))),
        good("was leaving", story(ON, subscribed("leaving"), published("a1"), OFF), "0 events"),
        good("was on its way when it left", story(ON, published("a1"), told("a1"), published("a2"), OFF), "0 events"),
        bad("was told of a later one before it left", story(ON, *map(published, ("a1", "a2")), told("a2"), OFF)),
        good("told of a later one elsewhere", story(ON, published("a1"), OFF, ON, published("a2"), told("a2"))),
        good(
            "acknowledged after it had left, and overtaken",
            story(ON, published("a1", ack=False), published("a2"), told("a2"), OFF, acknowledged("a1")),
        ),
        good("left before it was acknowledged", story(ON, published("a1", ack=False), OFF, acknowledged("a1"))),
        good("another channel", story(ON, published("a1", channel=OTHER)), "0 events"),
        good("only Alice is judged", story(ON, published("a1")), device="Alice"),
        bad("subscribed again", story(ON, OFF, ON, published("a1"))),
        good("published elsewhere", story(ON, elsewhere("Alice"), published("a1"))),
        bad("all elsewhere", story(ON, elsewhere("Alice"), elsewhere("Bob"), published("a1"))),
        bad("Bob alone", story(ON, published("a1")), device="Bob"),
        unknown("nobody was subscribed", story(published("a1")), "nobody is known", delivery="refetch"),
        good("nothing was asked for", story(ON), "0 events", delivery="refetch"),
        good("nothing went out", story(published("a1", ack=False)), delivery="refetch"),
        good("judged", story(ON, published("a1"), told("a1")), "1 event", delivery="refetch"),
        unknown("not read to its end", story(ON, published("a1"), not_read_to_its_end), "not read"),
    ),
    "subscribed_only": (
        unknown("empty", empty, "the history is empty"),
        good("no channels", exchange, "0 events"),
        good("subscribed", story(ON, published("a1"), told("a1")), "1 event"),
        bad(
            "has left",
            story(ON, OFF, published("a1"), told("a1")),
            "Bob was told of 1 event of channels that it was not subscribed to: Alice #1",
            witness=("a1",),
        ),
        bad("was over before", story(published("a1"), ASKED, ON, told("a1"))),
        good("asked for while it was on its way", story(published("a1", ack=False), ASKED, ON, told("a1"))),
        good("was on its way when it left", story(ON, published("a1"), OFF, told("a1"))),
        good("not confirmed yet", story(ASKED, published("a1"), told("a1"))),
        good("lost and on again", story(ON, LOST, published("a1"), ON, told("a1"))),
        good("again", story(ON, OFF, ASKED, published("a1"), told("a1"))),
        bad("another channel", story(ON, published("a1", channel=OTHER), told("a1", channel=OTHER))),
        bad("published elsewhere", story(ON, elsewhere("Alice"), published("a1"), told("a1"))),
        good("nobody knows it", story(ON, told("a1")), "0 events"),
        good("only Alice is judged", story(ON, OFF, published("a1"), told("a1")), device="Alice"),
    ),
    "events_told": (
        unknown("none", story(published("a1")), "before anything", **TWO | {"number": 0}),
        unknown("empty", empty, 'nothing was published on channel "orders"', **TWO),
        good("two", story(published("a1"), published("a2"), told("a1", "a2")), "told of 2 events", **TWO),
        bad(
            "one",
            story(published("a1"), published("a2"), told("a2")),
            'expected Bob to be told of 2 events of channel "orders" within 0.1 seconds',
            "it was told of 1",
            witness=("a1",),
            **TWO,
        ),
        bad("one more", story(*map(published, ("a1", "a2", "a3", "a4")), told("a1", "a2", "a3")), witness=(), **TWO),
        bad("too late", story(published("a1"), published("a2"), told("a1"), wait(200), told("a2")), "of 1", **TWO),
        bad("another channel", story(published("a1"), told("a1"), told("a2", channel=OTHER)), **TWO),
        bad("somebody else", story(published("a1"), told("a1", "a2", device="Alice")), "of 0", **TWO),
    ),
    "events_in_all": (
        unknown("empty", empty, 'nothing was published on channel "orders"', **END),
        good("in the end", story(published("a1"), wait(9000), told("a1")), **END),
        bad("not in the end", story(published("a1")), 'of channel "orders" in all; it was told of 0', **END),
        bad("too many", story(published("a1"), told("a1", "a1")), "told of 2", **END),
        good("none", story(published("a1")), **{**END, "number": 0}),
    ),
    "event_latency": (
        unknown("empty", empty, "fewer than 10", **SOON),
        unknown("nine", story(*after(5, 9)), "fewer than 10", **SOON),
        good("ten", story(*after(5, 10)), "90% of 10 events reached Bob within 5 ms", **SOON),
        bad("slow", story(*after(30, 10)), "within 30 ms, and should have within 20 ms", **SOON),
        good("as slow as may be", story(*after(20, 10)), **SOON),
        good("one is slow", story(*after(5, 9), *after(90, 10)[45:]), **SOON),
        bad("two are slow", story(*after(5, 8), *after(90, 10)[40:]), "within 90 ms", **SOON),
        good("half", story(*after(5, 5), *after(90, 10)[25:]), "50% of 10", **SOON | {"share": 0.5}),
        bad("four are quick", story(*after(5, 4), *after(90, 10)[20:]), "50% of 10", **SOON | {"share": 0.5}),
        bad("its first reply was lost", story(*after(5, 8), *(act for n in (9, 10) for act in (
            published(f"a{n}", ack=False), requested(f"a{n}", status=0), wait(50), requested(f"a{n}"), told(f"a{n}")))),
            "within 52 ms", **SOON),
        unknown("its own", story(*after(5, 10, device="Alice")), **{**SOON, "device": "Alice"}),
        unknown("one failed", story(*after(5, 9), requested("a10", status=503)), "fewer than 10", **SOON),
    ),
    "refetch_told": (
        unknown("empty", empty, "there was no fault", **REFETCH),
        good("told", story(cut, refetched()), 'Bob was told to refetch channel "orders"', **REFETCH),
        bad("not told", story(cut), 'expected Bob to be told to refetch channel "orders" within 0.1', **REFETCH),
        bad("before", story(refetched(), cut), **REFETCH),
        bad("too late", story(cut, wait(200), refetched()), **REFETCH),
        bad("another channel", story(cut, refetched(channel=OTHER)), **REFETCH),
        bad("somebody else", story(cut, refetched("Alice")), **REFETCH),
    ),
    "refused_meanwhile": (
        unknown("empty", empty, "no fault was proved", **ALONE),
        unknown("never proved", story(lambda s: begins(s, effective=False), requested("a1")), **ALONE),
        good("refused", story(begins, requested("a1", status=503), ends, requested("a1")), "1 request", **ALONE),
        bad(
            "answered",
            story(published("a1", ack=False), begins, requested("a1"), ends),
            "Alice was told that 1 event went out while the cut of Bob lasted: Alice #1",
            witness=("a1",),
            **ALONE,
        ),
        bad("it lasts", story(begins, requested("a1")), **ALONE),
        good("begun before", story(begins, requested("a1", before_ms=9), requested("a2", status=0), ends), **ALONE),
        good("healing", story(begins, requested("a1", status=503), mends), "1 request", **ALONE),
        bad("the last that was proved", story(late, requested("a1")),
            "while the cut of Bob lasted", **ALONE),
        unknown("nothing meanwhile", story(requested("a1"), cut, requested("a2")), "no request", **ALONE),
        unknown("somebody else", story(begins, requested("a1"), ends), **{"device": "Bob"}),
    ),
    "subscriber_count": (
        unknown("empty", empty, "Bob's server was not asked", **TWO),
        good("two", story(counted(1), counted(2)), "counts 2", **TWO),
        bad("one", story(counted(2), counted(1)), "count 2 subscribers", "it counts 1", **TWO),
        unknown("did not answer", story(uncounted("No route.")), "Bob's server did not answer: No route, so", **TWO),
        unknown("did not answer twice", story(uncounted("One."), uncounted("Two.")), "answer: Two, so", **TWO),
        unknown("no answer of another channel", story(uncounted("No.", channel=OTHER)), "was not asked", **TWO),
        unknown("no answer of another server", story(uncounted("No.", "Alice")), "was not asked", **TWO),
        unknown("no answer before", story(uncounted("No.")), "was not asked", **TWO | {"asked_ns": 2000 * MS}),
        unknown("no answer later", story(wait(200), uncounted("No.")), "was not asked", **TWO),
        good("answered in the end", story(uncounted("No."), counted(2)), "counts 2", **TWO),
        unknown("another channel", story(counted(2, channel=OTHER)), **TWO),
        unknown("another server", story(counted(2, "Alice")), **TWO),
        unknown("before", story(counted(2)), **{**TWO, "asked_ns": 2000 * MS}),
        bad("too late", story(counted(1), wait(200), counted(2)), "it counts 1", **TWO),
    ),
    "state_reported": (
        unknown("empty", empty, "Bob reported no state", **REPORT),
        good("reported", story(reported("connecting", "connected")), "Bob reported connected", **REPORT),
        bad("not reported", story(reported("connecting")), "it reported connecting", **REPORT),
        bad("too late", story(reported("connecting"), wait(200), reported("connected")), **REPORT),
        good("is so already", story(reported("connected")), "Bob is still connected",
             **REPORT | {"asked_ns": 2000 * MS}),
        bad("reported nothing", story(wait(200), reported("connected")), "it reported nothing", **REPORT),
        bad(
            "was so when asked, and left it",
            story(reported("connected"), wait(100), reported("reconnecting")),
            "it reported reconnecting",
            **{**REPORT, "asked_ns": 1050 * MS},
        ),
        good(
            "is so again",
            story(reported("connected"), wait(100), reported("reconnecting", "connected")),
            **{**REPORT, "asked_ns": 1050 * MS},
        ),
        bad(
            "was so before",
            story(reported("connected", "disconnected")),
            "it is still disconnected",
            **{**REPORT, "asked_ns": 2000 * MS},
        ),
        unknown("somebody else", story(reported("connected", device="Alice")), **REPORT),
    ),
    "states_in_order": (
        unknown("empty", empty, "Bob reported no state", **ORDER),
        good("in order", story(reported("connecting", "connected", "disconnected")), **ORDER),
        good("twice", story(reported("connecting", "connecting", "connected", "disconnected")), **ORDER),
        bad("another order", story(reported("connected", "connecting", "disconnected")), "should have", **ORDER),
        bad("one is missing", story(reported("connecting", "disconnected")), **ORDER),
        unknown("somebody else", story(reported("connecting", device="Alice")), **ORDER),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nothing_missed": (
        ("and history.acks and not judged", "and False"),
        ("and history.acks and not judged", "and history.acks"),
        ("and history.acks and not judged", "and not judged"),
        ('delivery == "refetch" and', ""),
        ("device not in (None, name)", "device is not None"),
        ("if channel in line.channels]", "]"),
        ("if ack is None or", "if"),
        ("since < asked.t_ns\n", "True\n"),
        ("and ack.t_ns < until", ""),
        ("until == NEVER or", ""),
        ("asked.t_ns < latest.get((asked.author, since), 0)", "True"),
        ("asked.t_ns < latest.get((asked.author, since), 0)", "False"),
        ("latest.get((asked.author, since), 0)", "max(latest.values(), default=0)"),
        ("bisect_left(refetched, asked.t_ns) < len(refetched)", "bool(refetched)"),
        ("asked.op_id not in delivered and", ""),
        ("and not told_after", ""),
        ("deployments.get(asked.device) != deployments.get(name)", "False"),
        ("deployments.get(asked.device) != deployments.get(name)", "deployments.get(asked.device)"),
    ),
    "subscribed_only": (
        ("device not in (None, name)", "device is not None and False"),
        ("if asked is None:", "if asked is None and False:"),
        ("asked.t_ns < until and", ""),
        ("and done > since", ""),
        ("deployments.get(asked.device) == deployments.get(name)", "True"),
        ("told.group)", "next(iter(subscriptions))[1])"),
    ),
    "events_told": (("due(history, asked_ns, within_ns)", "NEVER"), ("if not number:", "if False:")),
    "events_in_all": (
        ("number, NEVER", "number + 1, NEVER"),
        ("number, NEVER", "number, 0"),
    ),
    "event_latency": (
        ("line.device != device and", ""),
        ("and line.op_id in delivered:", ":"),
        ("began.setdefault(line.op_id, line.began_ns)", "began[line.op_id] = line.began_ns"),
        ("< _ENOUGH", "< _ENOUGH - 1"),
        ("> most_ms", ">= most_ms"),
        ("ceil(share * len(took))", "len(took)"),
        ("ceil(share * len(took))", "1"),
    ),
    "refetch_told": (
        ("if channel in line.channels]", "]"),
        ("began <= line.t_ns", "True"),
        ("<= deadline for", "<= deadline * 2 for"),
    ),
    "refused_meanwhile": (
        ("if edge.effective]", "]"),
        ("max(proved, key=lambda edge: edge.t_ns)", "proved[-1]"),
        ("of(ChannelPublish, device)", "of(ChannelPublish)"),
        ("last.t_ns < line.began_ns and", ""),
        ("and line.t_ns < until]", "]"),
        ("edge.lifted_ns for", "edge.t_ns for"),
        ("if line.status == 200]", "]"),
    ),
    "subscriber_count": (
        ("line.channel == channel and", ""),
        ("asked_ns <= line.t_ns <= deadline", "line.t_ns <= deadline"),
        ("<= deadline", ""),
        ("lines[-1]", "lines[0]"),
        ("refused[-1]", "refused[0]"),
        ('if note.fields["channel"] == channel and', "if"),
        ("history.notes(NO_COUNT, device)", "history.notes(NO_COUNT)"),
        ("asked_ns <= note.t_ns <= deadline", "note.t_ns <= deadline"),
        ("asked_ns <= note.t_ns <= deadline", "asked_ns <= note.t_ns"),
    ),
    "state_reported": (
        ("before[-1:]", "before"),
        ("if since or not before", "if True"),
        ("if since or not before", "if since"),
        ("since or before[-1:]", "since"),
        ("in since or before[-1:]", "in (*before[-1:], *since)"),
        ("<= line.t_ns <= deadline", "<= line.t_ns"),
    ),
    "states_in_order": (
        ("groupby(line.state for", "((line.state, 0) for"),
        ("seen != wanted", "set(seen) != set(wanted)"),
    ),
}
