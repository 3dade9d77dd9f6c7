from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, lines, told, unknown
from tests.unit.evidence.histories import Story, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Blob, Entry, Invoke, Note, Sibling

Act = Callable[[Story], object]

A = "a" * 64
B = "b" * 64


def _sent(story: Story, *digests: str) -> None:
    """Alice sends an operation with attachments; everybody has delivered it."""
    story.send("Alice")
    last = max(k for k, line in enumerate(story.lines) if isinstance(line, Invoke))
    invoke = story.lines[last]
    assert isinstance(invoke, Invoke)
    story.lines[last] = Invoke(
        **{name: getattr(invoke, name) for name in invoke.__struct_fields__} | {"blobs": digests}
    )
    for device in story.devices:
        story.deliver(device)


def _step(state: str, digest: str = A, device: str = "Bob", **fields: object) -> Act:
    return lambda story: story.add(Blob, device=device, digest=digest, state=state, **fields)


def _read(content: str = A, digest: str = A, device: str = "Bob") -> Act:
    return _step("read", digest, device, content=content, size=9)


def _shows(device: str = "Bob", body: str = "d-a1") -> Act:
    """An entry whose version has the body of Alice's first operation."""
    return lambda story: story.add(
        Entry,
        device=device,
        group="g",
        entry="e",
        siblings=(Sibling(version="0", digest="other"), Sibling(version="1", digest=body)),
        winner="1",
    )


def _reinstalled(device: str = "Bob") -> Act:
    return lambda story: story.add(Note, device=device, what="reinstalled")


def _story(*acts: Act) -> Callable[[], Story]:
    return told(lambda story: _sent(story, A), *acts)


def _late(found: list[Line]) -> list[Line]:
    """The look is written behind the step that came after it: stamps count, not places."""
    absent = [line for line in found if isinstance(line, Blob) and line.state == "absent"]
    return [*drop(found, lambda line: line in absent), *absent]


CASES = (
    unknown("empty", empty, "the history is empty"),
    good("no attachments", exchange, "0 looks"),
    good(
        "nothing, then all of it",
        _story(_step("absent"), _step("downloading"), _step("absent"), _step("complete"), _read()),
        "3 looks",
    ),
    bad(
        "a part of it",
        _story(_step("downloading"), _read("c" * 64), _step("complete"), _read()),
        "Bob handed out something else than the whole attachment: Alice #1",
        witness=("a1",),
    ),
    bad("the first of two is wrong", _story(_read("c" * 64), _read())),
    bad("of nobody's", told(_read("c" * 64)), "something else", witness=(A,)),
    bad(
        "complete, and gone", _story(_step("complete"), _step("absent")), "had called the attachment complete"
    ),
    bad(
        "complete twice, and gone in between",
        _story(_step("complete"), _step("absent"), _step("complete")),
        "had called the attachment complete",
    ),
    good("complete, and reinstalled", _story(_step("complete"), _reinstalled(), _step("absent"), _read())),
    bad(
        "complete again since it was reinstalled, and gone",
        _story(_step("complete"), _reinstalled(), _step("complete"), _step("absent")),
        "had called the attachment complete",
    ),
    bad(
        "gone, and only then reinstalled",
        _story(_step("complete"), _step("absent"), _reinstalled()),
        "had called the attachment complete",
    ),
    bad(
        "another device was reinstalled",
        _story(_step("complete"), _reinstalled("Alice"), _step("absent")),
        "had called the attachment complete",
    ),
    good("shown, and reinstalled", _story(_shows(), _reinstalled(), _step("absent"), _read())),
    good("another one is complete", _story(_step("complete", B), _step("absent"))),
    good("complete at another device", _story(_step("complete", device="Alice"), _step("absent"))),
    good("asked before it was complete", lines(_late, _story(_step("absent"), _step("complete")))),
    good("verified by the harness is no promise of the device", _story(_step("uploaded"), _step("absent"))),
    bad(
        "at rest without it",
        _story(_step("lost")),
        "Bob came to rest without the attachment",
        witness=("a1",),
    ),
    bad("shown without it", _story(_shows(), _step("absent")), "showed an entry without its attachment"),
    bad(
        "shown twice, and missing in between",
        _story(_shows(), _step("absent"), _shows()),
        "showed an entry without its attachment",
    ),
    good("shown with it", _story(_shows(), _read())),
    good("asked before it was shown", _story(_step("absent"), _shows(), _read())),
    good("another version is shown", _story(_shows(body="d-a2"), _step("absent"))),
    good("shown at another device", _story(_shows("Alice"), _step("absent"))),
    good("wrong at another device", _story(_read("c" * 64)), device="Alice"),
    bad("wrong at this device", _story(_read("c" * 64)), device="Bob"),
    bad(
        "two operations, one attachment",
        told(lambda s: _sent(s, A), lambda s: _sent(s, A), _read("x")),
        "Alice #1, #2",
        witness=("a1", "a2"),
    ),
    bad(
        "two things are wrong",
        _story(_read("x"), _step("lost")),
        "something else",
        "came to rest",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ("if device not in (None, seen.device) or", "if"),
    ("if device not in (None, seen.device) or", "if device is not None or"),
    ('("read", "absent", "lost")', '("absent", "lost")'),
    ('("read", "absent", "lost")', '("read", "lost")'),
    ('("read", "absent", "lost")', '("read", "absent")'),
    ('return "" if seen.content == seen.digest else', 'return "" if seen.content else'),
    ('if seen.state == "lost":', "if False:"),
    ("since <= said < seen.t_ns for said in complete", "since <= said for said in complete"),
    ("since <= said < seen.t_ns for said in complete", "said < seen.t_ns for said in complete"),
    ("since <= said < seen.t_ns for said in complete", "False for said in complete"),
    ("since <= said < seen.t_ns for said in shown", "since <= said for said in shown"),
    ("since <= said < seen.t_ns for said in shown", "said < seen.t_ns for said in shown"),
    ("since <= said < seen.t_ns for said in shown", "False for said in shown"),
    ("if began <= seen.t_ns", ""),
    ("begun.get(seen.device, ())", "sum(begun.values(), [])"),
    ('if step.state == "complete":', "if True:"),
    (
        "complete.setdefault((step.device, step.digest), []).append(step.t_ns)",
        "complete[step.device, step.digest] = [step.t_ns]",
    ),
    (
        "shown.setdefault((view.device, digest), []).append(view.t_ns)",
        "shown[view.device, digest] = [view.t_ns]",
    ),
    ("for sibling in view.siblings:", "for sibling in view.siblings[:1]:"),
    ("owners.setdefault(digest, []).append(invoke.op_id)", "owners[digest] = [invoke.op_id]"),
    ("owners.get(seen.digest, (seen.digest,))", "owners[seen.digest]"),
    ("    looks += 1", "    looks = 1"),
)
