from __future__ import annotations

from typing import Any

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Case,
    Mutant,
    bad,
    empty,
    exchange_of,
    good,
    told,
    unknown,
    wait,
)
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Blob, Entry, Note, Request, Retry, Sibling

BY: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
WHO: dict[str, Any] = {"device": "Bob"}


def _send(digest: str = "d1", author: str = "Alice", **fields: Any) -> Any:
    made = {"blobs": (digest,), "names": (f"{digest}.bin",), "sizes": (100,)} | fields
    return lambda story: story.send(author, **made)


def _read(digest: str = "d1", content: str = "", device: str = "Bob", state: str = "read") -> Any:
    content = content or (digest if state == "read" else "")
    return lambda story: story.add(Blob, device=device, digest=digest, state=state, size=90, content=content)


def _says(state: str, digest: str = "d1", offset: int = 0, device: str = "Bob", incarnation: int = 1) -> Any:
    return lambda story: story.add(
        Blob, device=device, source=device, incarnation=incarnation, digest=digest, state=state, offset=offset
    )


def _note(what: str, device: str = "Bob", **fields: Any) -> Any:
    return lambda story: story.add(Note, device=device, what=what, fields=fields)


def _killed(story: Story) -> None:
    story.fault("start", kind="kill")
    story.fault("end", kind="kill")


def _told_whole(story: Story) -> None:
    story.add(Blob, device="Bob", source="Bob", digest="d1", state="read", size=100, content="d1")


ONE: dict[str, Any] = {**BY, "wanted": 1}
TWO: dict[str, Any] = {**BY, "wanted": 2}
FIVE: dict[str, Any] = {**BY, "wanted": 5}
ATTACHMENTS = (
    unknown("empty", empty, "no attachment was sent", **ONE),
    unknown("nothing of the kind", exchange_of(2), **ONE),
    good("read", told(_send(), _read()), "Bob has 1 attachment whole", **ONE),
    good("both", told(_send(), _send("d2"), _read(), _read("d2")), **TWO),
    good("one that two messages have", told(_send(), _send(), _read()), **ONE),
    bad("not read", told(_send()), "to have its attachment whole within 0.1", "not whole there: d1.bin", **ONE),
    bad("one of two", told(_send(), _send("d2"), _read()), "all 2 attachments", "d2.bin (100 bytes)", **TWO),
    bad("one was never sent", told(_send(), _read()), "all 2 attachments", **TWO),
    bad("four", told(*[_send(f"d{n}") for n in range(5)]), "d0.bin (100 bytes), d1", "and 2 more", **FIVE),
    bad("other bytes", told(_send(), _read(content="x")),
        "d1.bin with 90 bytes and hash x; it was sent with 100 bytes and hash d1", **ONE),
    bad("too late", told(_send(), wait(101), _read()), **ONE),
    bad("absent", told(_send(), _read("d1", "d1", state="absent")), **ONE),
    bad("by its own word only", told(_send(), _told_whole), **ONE),
    bad("at another device", told(_send(), _read(device="Alice")), **ONE),
    bad("before it was killed", told(_send(), _read(), _killed), **ONE),
    good("after it was killed", told(_send(), _read(), _killed, _read()), **ONE),
    bad("before it was installed anew", told(_send(), _read(), _note("reinstalled")), **ONE),
)  # fmt: skip


def _deliver(*names: str) -> Any:
    def act(story: Story) -> None:
        story.deliver("Bob")
        last = story.lines[-1]
        story.lines[-1] = msgspec.structs.replace(last, names=names)

    return act


NAMES = (
    unknown("empty", empty, "nobody sent Bob an attachment", **WHO),
    unknown("its own only", told(_send(author="Bob")), **WHO),
    good("the same", told(_send(), _deliver("d1.bin")), "Bob knows 1 name", **WHO),
    bad("another", told(_send(), _deliver("x")), "by their names; 'd1.bin' came as 'x'", **WHO),
    bad("none", told(_send(), _deliver()), "'d1.bin' came as nothing", **WHO),
    bad("not delivered", told(_send()), "came as nothing", **WHO),
    bad("one of two", told(_send(), _deliver("d1.bin"), _send("d2"), _deliver("d1.bin")), "'d2.bin' came as", **WHO),
    good("two of one message",
         told(_send(names=("a", "b"), blobs=("d1", "d2"), sizes=(1, 1)), _deliver("a", "b")), **WHO),
    bad("in another order", told(_send(names=("a", "b"), blobs=("d1", "d2"), sizes=(1, 1)), _deliver("b", "a")), **WHO),
)  # fmt: skip
STRAYS = (
    unknown("empty", empty, "nobody looked", **WHO),
    good("nothing", told(_note("strays", found=[])), "nothing of Bob lies outside", **WHO),
    bad("a file", told(_note("strays", found=["/tmp/x"])), "outside of it lies /tmp/x", **WHO),
    unknown("of another", told(_note("strays", "Alice", found=["/tmp/x"])), **WHO),
    bad("the last look counts", told(_note("strays", found=[]), _note("strays", found=["/y"])), **WHO),
)
PARTS = (
    unknown("empty", empty, "nobody looked"),
    unknown("nobody looked", told(_send(), _read())),
    good("looked", told(_send(), _read(state="absent"), _read())),
    bad(
        "a part", told(_send(), _read(state="absent"), _read(content="half")), "something else than the whole"
    ),
)
OF_ENTRY: dict[str, Any] = {**BY, "op_id": "a1"}
WRITES = _send(entry="e", kind="put")


def _look(shown: bool, whole: bool, entry: str = "e", device: str = "Bob") -> Any:
    return _note("held_back", device, entry=entry, shown=shown, whole=whole)


HELD = (
    unknown("empty", empty, "the entry was not written", **OF_ENTRY),
    good("waits", told(WRITES, _look(False, False)), "Bob waits for the attachment", **OF_ENTRY),
    bad(
        "shown without it",
        told(WRITES, _look(True, False)),
        "until its attachment d1.bin is there",
        **OF_ENTRY,
    ),
    unknown("there already", told(WRITES, _look(True, True)), "before anybody could look", **OF_ENTRY),
    bad("says nothing", told(WRITES, lambda s: s.deliver("Bob")), "and to say so within 0.1", **OF_ENTRY),
    bad("never came", told(WRITES), "Bob has not got it", **OF_ENTRY),
    bad("too late", told(WRITES, wait(101), _look(False, False)), **OF_ENTRY),
    bad("another entry", told(WRITES, _look(False, False, "f")), **OF_ENTRY),
    bad("another device", told(WRITES, _look(False, False, device="Alice")), **OF_ENTRY),
    bad("before it was asked", told(WRITES, _look(False, False)), **{**OF_ENTRY, "asked_ns": 1100 * MS}),
    bad("the last look counts", told(WRITES, _look(False, False), _look(True, False)), **OF_ENTRY),
)


def _view(
    version: str = "1", winner: str = "1", digest: str = "d-a1", device: str = "Bob", entry: str = "e"
) -> Any:
    siblings = (Sibling(version=version, digest=digest),)
    return lambda story: story.add(
        Entry, device=device, group="g", entry=entry, siblings=siblings, winner=winner
    )


SHOWN = (
    unknown("empty", empty, "the entry was not written", **OF_ENTRY),
    good("shown", told(WRITES, _read(), _view()), "Bob shows Alice #1", **OF_ENTRY),
    bad("not shown", told(WRITES, _read()), "it does not show the entry", **OF_ENTRY),
    bad(
        "without its attachment",
        told(WRITES, _view()),
        "it shows the entry without it",
        witness=("a1",),
        **OF_ENTRY,
    ),
    bad("other bytes", told(WRITES, _view(), _read(content="x")), **OF_ENTRY),
    bad("bytes of another device", told(WRITES, _view(), _read(device="Alice")), **OF_ENTRY),
    bad("held and not shown", told(WRITES, _read(), _view(winner="2")), **OF_ENTRY),
    bad("another version", told(WRITES, _read(), _view(digest="d-x")), **OF_ENTRY),
    bad("another entry", told(WRITES, _read(), _view(entry="f")), **OF_ENTRY),
    bad("at another device", told(WRITES, _read(), _view(device="Alice")), **OF_ENTRY),
    bad("too late", told(WRITES, _read(), wait(101), _view()), **OF_ENTRY),
    bad("read too late", told(WRITES, _view(), wait(101), _read()), **OF_ENTRY),
    bad("before it was asked", told(WRITES, _read(), _view()), **{**OF_ENTRY, "asked_ns": 1100 * MS}),
)
OF_BLOB: dict[str, Any] = {**BY, "digest": "d1"}


def _told(state: str, words: str) -> tuple[Case, ...]:
    return (
        unknown("empty", empty, "no such attachment was sent", **OF_BLOB),
        good("told", told(_send(), _says(state)), "Bob told so", **OF_BLOB),
        bad("not told", told(_send(), _says("downloading")), words, "Alice #1", witness=("a1",), **OF_BLOB),
        bad("of another", told(_send(), _send("d2"), _says(state, "d2")), **OF_BLOB),
        bad("by another", told(_send(), _says(state, device="Alice")), **OF_BLOB),
        bad("too late", told(_send(), wait(101), _says(state)), **OF_BLOB),
    )


def _figure(value: int, device: str = "Bob") -> Any:
    return _note("descriptor_catch_ups", device, value=value)


LOOKED = (
    unknown("empty", empty, "descriptorCatchUps was not read", **BY),
    good("once", told(_figure(0), _figure(1)), "Bob looked again", **BY),
    bad("never", told(_figure(0)), "by descriptor catch-up, for what it had given up, within 0.1", **BY),
    bad("too late", told(_figure(0), wait(101), _figure(1)), **BY),
    unknown("another", told(_figure(1, "Alice")), **BY),
)
UNREAD = _note("request_log", "", lacks="the relay was killed")


def _asks(
    start: int = 0, status: int = 206, digest: str = "d1", device: str = "Bob", method: str = "GET"
) -> Any:
    return lambda story: story.add(
        Request,
        device=device,
        source="relay",
        n=1,
        method=method,
        path=f"/blobs/{digest}",
        status=status,
        start=start,
    )


SEALED = _note("stored_as", "", digest="d1", address="s1")
BREAKS = _says("interrupted", offset=50)
HALF: dict[str, Any] = {**WHO, "digest": "d1", "byte": 50}
ANYWHERE: dict[str, Any] = {**WHO, "digest": "d1", "byte": None}
RESUMED = (
    unknown("empty", empty, "was not interrupted", **HALF),
    unknown(
        "a log that is not whole", told(BREAKS, _asks(), _asks(50), UNREAD), "the relay was killed", **HALF
    ),
    unknown("of another attachment", told(_says("interrupted", "d2", 50)), **HALF),
    good("went on", told(_asks(), BREAKS, _asks(50)), "Bob went on at byte 50", **HALF),
    good(
        "broke off twice",
        told(_asks(), BREAKS, _asks(50), _says("interrupted", offset=80), _asks(80)),
        **HALF,
    ),
    good("asked in vain between", told(_asks(), BREAKS, _asks(0, 404), _asks(50)), **HALF),
    good(
        "others ask too", told(_asks(), BREAKS, _asks(50), _asks(device="Alice"), _asks(digest="d2")), **HALF
    ),
    bad("from the start", told(_asks(), BREAKS, _asks()), "it broke off at 50", "bytes from 0, 0 on", **HALF),
    bad(
        "elsewhere",
        told(_asks(), _says("interrupted", offset=40), _asks(40)),
        "to break off at byte 50",
        **HALF,
    ),
    bad(
        "broke off elsewhere", told(_asks(), _says("interrupted", offset=40), _asks(50)), "off at 40", **HALF
    ),
    bad("went on elsewhere", told(_asks(), BREAKS, _asks(40)), "from 0, 40 on", **HALF),
    bad("not again", told(_asks(), BREAKS), **HALF),
    bad("nothing asked", told(BREAKS), "bytes from none on", **HALF),
    bad("asked again for what it had", told(_asks(), BREAKS, _asks(50), _asks(50)), **HALF),
    bad("by another method", told(_asks(method="HEAD"), BREAKS, _asks(50)), **HALF),
    good("as it is sealed", told(SEALED, _asks(digest="s1"), BREAKS, _asks(50, digest="s1")), **HALF),
    bad("as another is sealed", told(_note("stored_as", "", digest="d2", address="s1"),
        _asks(digest="s1"), BREAKS, _asks(50, digest="s1")), **HALF),
    good("wherever it broke off", told(_asks(), _says("interrupted"), _says("interrupted", offset=40), _asks(40)),
         "Bob went on at byte 40", **ANYWHERE),
    unknown("broke off before its first byte", told(_asks(), _says("interrupted"), _asks()), **ANYWHERE),
    bad("from the start, wherever it broke off", told(_asks(), BREAKS, _asks()), "from 0, 0 on", **ANYWHERE),
)  # fmt: skip
LIVES = (_says("downloading", offset=60), _says("downloading", offset=60, incarnation=2))
WHOLE: dict[str, Any] = {**WHO, "digest": "d1", "size": 100}
TAKEN = (
    unknown("empty", empty, "was not killed in the middle of a download", **WHOLE),
    unknown("a log that is not whole", told(*LIVES, _asks(), _asks(60), UNREAD), **WHOLE),
    unknown("one life", told(LIVES[0], _asks()), **WHOLE),
    unknown("nothing there", told(_says("downloading"), _says("downloading", incarnation=2)), **WHOLE),
    unknown("all there",
            told(_says("complete", offset=100), _says("downloading", offset=0, incarnation=2)), **WHOLE),
    good("went on", told(_asks(), *LIVES, _asks(60)), "Bob went on at byte 60", **WHOLE),
    good("lost less than half", told(_asks(), *LIVES, _asks(30)), **WHOLE),
    bad("lost more", told(_asks(), *LIVES, _asks(29)), "with 60 bytes; by the relay's log", **WHOLE),
    bad("from the start", told(_asks(), *LIVES, _asks()), "from 0, 0 on", **WHOLE),
    bad("never", told(_asks(), *LIVES), **WHOLE),
    bad("went back", told(_asks(), *LIVES, _asks(60), _asks(30)), **WHOLE),
    bad("not from the start at first", told(_asks(10), *LIVES, _asks(60)), **WHOLE),
)  # fmt: skip


def _brings(start: int = 0, status: int = 200, path: str = "/uploads/d1", method: str = "PATCH") -> Any:
    return lambda story: story.add(
        Request, device="Bob", n=1, method=method, path=path, status=status, start=start
    )


UP = (_says("uploading"), _brings(), _says("uploading", offset=40))
BROKE = (*UP, _brings(40, 400), _says("interrupted", offset=40))
DIED = (*UP, _says("uploading", incarnation=2))
UPLOADED = (
    unknown("empty", empty, "was not interrupted in the middle", **WHOLE),
    unknown("not interrupted", told(*UP, _brings(40), _brings(80)), **WHOLE),
    unknown("nothing there when it broke off", told(_says("uploading"), _says("interrupted"), _brings()), **WHOLE),
    unknown("all there when it broke off",
        told(_says("uploading", offset=100), _says("interrupted"), _brings()), **WHOLE),
    unknown("only a harness's look", told(*UP, _read(), _brings(40)), **WHOLE),
    unknown("another attachment broke off", told(*UP, _says("interrupted", "d2"), _brings(40)), **WHOLE),
    unknown("a log that died, and nothing since", told(*BROKE, UNREAD), "inconclusive", **WHOLE),
    good("went on", told(*BROKE, _brings(55), _brings(95)), "Bob went on at byte 55", **WHOLE),
    good("nothing of the part had come", told(*BROKE, _brings(40), _brings(80)), **WHOLE),
    good("the broken part is logged late",
        told(*UP, _says("interrupted", offset=40), _brings(40, 400), _brings(55)), **WHOLE),
    good("all but its name was there", told(*BROKE, _brings(100)), **WHOLE),
    good("broke off twice at one byte", told(*BROKE, _brings(55, 400), _brings(55)), **WHOLE),
    good("after a kill", told(*DIED, _brings(40)), **WHOLE),
    good("the relay died: its log since then", told(*BROKE, UNREAD, _brings(40)), **WHOLE),
    good("began anew in one life without a word", told(*UP, _says("uploading"), _brings(40)), **WHOLE),
    good("others bring other things",
        told(*BROKE, _brings(0, path="/uploads/d2"), _brings(0, method="HEAD"), _brings(50)), **WHOLE),
    good("refused is not stored", told(*UP, _brings(60, 409), _says("interrupted"), _brings(50)), **WHOLE),
    bad("from the start", told(*BROKE, _brings(0)), "behind the 40 bytes", "the bytes from 0 on", **WHOLE),
    bad("the whole at once", told(*BROKE, _brings(0, 201, "/blobs/d1", "PUT")), **WHOLE),
    bad("the whole at once before the rest", told(*BROKE, _brings(0, 400, "/blobs/d1", "PUT"), _brings(55)), **WHOLE),
    good("says in its second life that it goes on",
        told(*UP, _says("uploading", offset=40, incarnation=2), _brings(50)), **WHOLE),
    bad("a byte before", told(*BROKE, _brings(39)), **WHOLE),
    bad("from the start after a kill", told(*DIED, _brings(0)), **WHOLE),
    bad("back later on", told(*BROKE, _brings(55), _brings(0)), **WHOLE),
    bad("never", told(*BROKE), "the bytes from none on", **WHOLE),
    bad("a stored part again", told(*UP, _brings(40), _says("uploading", incarnation=2), _brings(40)),
        "after those from 0, 40 on were stored", **WHOLE),
    good("as it is sealed", told(SEALED, *BROKE, _brings(55, path="/uploads/s1")), **WHOLE),
    bad("as it is sealed, from the start", told(SEALED, *BROKE, _brings(0, path="/uploads/s1")), **WHOLE),
)  # fmt: skip
ONCE: dict[str, Any] = {**WHO, "digest": "d1"}
FETCHED = (
    unknown("empty", empty, "no such attachment was sent", **ONCE),
    unknown("a log that is not whole", told(_send(), _asks(), UNREAD), **ONCE),
    good("once", told(_send(), _asks(status=200)), "Bob fetched it once", **ONCE),
    good("as it is sealed", told(_send(), SEALED, _asks(digest="s1")), **ONCE),
    good("in vain before", told(_send(), _asks(status=404), _asks()), **ONCE),
    bad(
        "twice",
        told(_send(), _asks(), _asks()),
        "of Alice #1 once; by the relay's log it asked 2 times",
        **ONCE,
    ),
    bad("never", told(_send()), "it asked 0 times", **ONCE),
)
PATIENCE: dict[str, Any] = {**WHO, "patience_ns": 100 * MS}


def _retry(attempt: int, about: str = "d1", what: str = "download") -> Any:
    return lambda story: story.add(
        Retry, device="Bob", source="Bob", what=what, attempt=attempt, delay_ms=1, due_ns=0, about=about
    )


def _follows(digest: str = "d1") -> Any:
    return _note("attachment_follows", "Alice", digest=digest)


IN_VAIN, ANEW = _asks(status=404), (_retry(1), _retry(2), _retry(1))
POSTED = _asks(status=404, method="POST")
LATE = (IN_VAIN, wait(100), IN_VAIN, _follows())
GIVEN_UP = (
    unknown("empty", empty, "no attachment was missed again more than 0.1 s later", **PATIENCE),
    unknown("a log that is not whole", told(*ANEW, *LATE, _says("complete"), UNREAD), **PATIENCE),
    unknown("soon", told(IN_VAIN, wait(90), *ANEW, _follows(), _says("complete")), **PATIENCE),
    unknown("soon, and not there", told(IN_VAIN, wait(90), *ANEW, _follows()), **PATIENCE),
    unknown("never missed", told(*ANEW, _asks(), wait(100), _asks(), _follows(), _says("complete")), **PATIENCE),
    good("found again", told(*ANEW, *LATE, _says("complete")), "Bob found 1 again", **PATIENCE),
    unknown("found at once when it was looked for again",
        told(IN_VAIN, _retry(1), wait(100), _follows(), _says("complete")), **PATIENCE),
    unknown("missed again, but too soon",
        told(IN_VAIN, wait(90), IN_VAIN, *ANEW, wait(20), _follows(), _says("complete")), **PATIENCE),
    bad("not looked for again", told(IN_VAIN, _retry(1), wait(100), _follows()), "1 are not there", **PATIENCE),
    bad("retried on and on", told(_retry(1), _retry(2), _retry(3), *LATE, _says("complete")),
        "of 1 that were not there then only 0 had a new series", **PATIENCE),
    bad("retries of another kind", told(*ANEW[:2], _retry(1, what="pull"), *LATE, _says("complete")), **PATIENCE),
    bad("not there", told(*ANEW, *LATE), "to find all 1 late attachments again; 1 are not there", **PATIENCE),
    bad("there at another", told(*ANEW, *LATE, _says("complete", device="Alice")), **PATIENCE),
    unknown("posted", told(POSTED, wait(100), POSTED, *ANEW, _follows()), **PATIENCE),
)  # fmt: skip
CASES: dict[str, tuple[Case, ...]] = {
    "attachments": ATTACHMENTS,
    "attachment_names": NAMES,
    "stays_in_its_folder": STRAYS,
    "no_part_seen": PARTS,
    "entry_held_back": HELD,
    "entry_shown": SHOWN,
    "reported_missing": _told("missing", "to report that an attachment is missing"),
    "damage_rejected": _told("corrupt", "to reject the damaged attachment"),
    "descriptor_catch_up": LOOKED,
    "resumed": RESUMED,
    "taken_up": TAKEN,
    "resumed_upload": UPLOADED,
    "fetched_once": FETCHED,
    "given_up": GIVEN_UP,
}
TOLD: tuple[Mutant, ...] = (
    ("if not owners:", "if False:"),
    ("if line.digest == digest and line.state == state]", "if line.state == state]"),
    ("if line.digest == digest and line.state == state]", "if line.digest == digest]"),
    ("any(line.t_ns <= deadline for line in told)", "bool(told)"),
)
LOG: Mutant = ("if why := requests_unread(history):", 'if why := "":')
STARTS: tuple[Mutant, ...] = (
    ('line.method == "GET" and line.path in paths and', ""),
    ("line.status in _WITH_BYTES", "True"),
)
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "attachments": (
        ("if not sent:", "if False:"),
        ("look.source == HARNESS and", ""),
        ('look.state == "read" and since', "since"),
        ("since < look.t_ns <= deadline", "look.t_ns <= deadline"),
        ("since < look.t_ns <= deadline", "since < look.t_ns"),
        ("and look.content != digest", "and False"),
        ("or len(sent) < wanted:", ":"),
        ("if digest not in read]", "if False]"),
    ),
    "attachment_names": (
        ("if invoke.author != device]", "]"),
        ("if came != invoke.names:", "if not came:"),
        ("if came != invoke.names:", "if set(came) != set(invoke.names):"),
    ),
    "stays_in_its_folder": (
        ("if not looked:", "if False:"),
        ('lies {lies}"] if found else []', 'lies {lies}"] if False else []'),
        ("looked[-1]", "looked[0]"),
        ('history.notes("strays", device)', 'history.notes("strays")'),
    ),
    "no_part_seen": (('look.state == "absent"', "True"), ("whole.result", '"pass"')),
    "entry_held_back": (
        ('note.fields["entry"] == invoke.entry and', ""),
        ("asked_ns <= note.t_ns <= deadline", "note.t_ns <= deadline"),
        ("asked_ns <= note.t_ns <= deadline", "asked_ns <= note.t_ns"),
        ('if not looks[-1]["shown"]:', 'if not looks[0]["shown"]:'),
        ('if not looks[-1]["whole"]:', "if False:"),
    ),
    "entry_shown": (
        ("if view.entry == invoke.entry", "if True"),
        ("and asked_ns <= view.t_ns <= deadline", "and view.t_ns <= deadline"),
        ("and asked_ns <= view.t_ns <= deadline", "and asked_ns <= view.t_ns"),
        ("each.version == view.winner and", ""),
        ("and each.digest == invoke.digest", ""),
        ("and look.content == look.digest and", "and"),
        ("and look.t_ns <= deadline", ""),
        ("if not shown or missing:", "if not shown:"),
    ),
    "reported_missing": TOLD,
    "damage_rejected": TOLD,
    "descriptor_catch_up": (
        ('note.fields["value"] and', ""),
        (
            'and note.t_ns <= deadline\n        for note in history.notes("descriptor',
            'for note in history.notes("descriptor',
        ),
    ),
    "resumed": (
        LOG,
        *STARTS,
        ("if line.digest == digest)", ")"),
        ("and (line.offset or byte)", ""),
        ("breaks[0] if byte is None else byte", "breaks[0]"),
        ("if breaks[0] != where or", "if"),
        ("starts[:2] != [0, where] or", ""),
        ("or starts != sorted(set(starts)):", ":"),
    ),
    "taken_up": (
        LOG,
        ("len(lives) < 2 or", ""),
        ("not 0 < held < size", "not held < size"),
        ("not 0 < held < size", "not 0 < held"),
        ("if len(starts) < 2 or starts[0] or", "if len(starts) < 2 or"),
        ("or 2 * starts[1] < held:", ":"),
        ("or starts != sorted(set(starts)) or 2", "or 2"),
    ),
    "resumed_upload": (
        ("if line.digest == digest and line.source", "if line.source"),
        ("if not starts and requests_unread(history):", "if False:"),
        ("line.t_ns <= since and line.status", "line.status"),
        ("and line.status == _STORED", ""),
        ("if line.t_ns > since]", "]"),
        ("if not starts or starts != sorted(starts)", "if not starts"),
        ("or starts[0] < held or", "or"),
        ("or starts[0] <= max(stored, default=-1):", ":"),
        ('line.state == "interrupted" or line.incarnation', "line.incarnation"),
        ("or line.incarnation != life or", "or"),
        ("life or anew)", "life)"),
        ("and 0 < held < size:", "and held < size:"),
        ("and 0 < held < size:", "and 0 < held:"),
        (', ("PUT", "/blobs")) and', ",) and"),
        ("(line.method, way) in", 'line.method != "HEAD" or way in'),
        ("and address in known", ""),
    ),
    "fetched_once": (
        LOG,
        *STARTS[1:],
        ("if times != 1 else []", "if times > 1 else []"),
        ("if times != 1 else []", "if not times else []"),
    ),
    "given_up": (
        LOG,
        ('if line.method == "GET" and', "if"),
        ("line.status == _NOT_FOUND", "True"),
        ("missing[each][0] > patience_ns]\n    in_vain", "missing[each][0] > 0]\n    in_vain"),
        ("missing[each][-1] - missing[each][0] > patience_ns", "missing[each][-1] - missing[each][0] > 0"),
        ('if retry.what == "download")', ")"),
        ("if 2 * again < len(in_vain):", "if False:"),
        ("if absent:", "if False:"),
        ("and not absent:", ":"),
    ),
}
