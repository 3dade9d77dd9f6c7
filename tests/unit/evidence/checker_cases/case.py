"""A case: a history and what a checker must say of it; and how cases are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.unit.evidence.histories import MS, Story, delivery, exchange

from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Note

#: A mutant of a checker: this text of its source, replaced by that.
Mutant = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """A history and what a checker says of it. words: parts of its message. witness: its op_ids, where given."""

    name: str
    story: Callable[[], Story | list[Line]]
    result: str
    words: tuple[str, ...] = ()
    witness: tuple[str, ...] | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def history(self) -> History:
        """The history, afresh."""
        story = self.story()
        return story.history if isinstance(story, Story) else History(story)


def good(name: str, story: Callable[[], Story | list[Line]], *words: str, **limits: Any) -> Case:
    return Case(name, story, "pass", words, limits=limits)


def bad(
    name: str,
    story: Callable[[], Story | list[Line]],
    *words: str,
    witness: tuple[str, ...] | None = None,
    **limits: Any,
) -> Case:
    return Case(name, story, "fail", words, witness, limits)


def unknown(name: str, story: Callable[[], Story | list[Line]], *words: str, **limits: Any) -> Case:
    return Case(name, story, "unknown", words, limits=limits)


def told(
    *acts: Callable[[Story], object], devices: tuple[str, ...] = ("Alice", "Bob")
) -> Callable[[], Story]:
    """A story from what happens in it."""

    def tell() -> Story:
        story = Story(devices)
        for act in acts:
            act(story)
        return story

    return tell


def lines(
    edit: Callable[[list[Line]], list[Line]], story: Callable[[], Story] = exchange
) -> Callable[[], list[Line]]:
    """A good story's lines, edited."""
    return lambda: edit(story().lines)


def is_a(kind: type, **fields: object) -> Callable[[Line], bool]:
    """Chooses lines by type and fields."""
    return lambda line: isinstance(line, kind) and all(getattr(line, k) == v for k, v in fields.items())


def repeated(chosen: Callable[[Line], bool]) -> Callable[[list[Line]], list[Line]]:
    """Every chosen delivery once more at the end of its device's log."""

    def edit(found: list[Line]) -> list[Line]:
        extra = [line for line in found if chosen(line)]
        total = sum(isinstance(line, Deliver) and line.device == extra[0].device for line in found)
        return found + [
            msgspec.structs.replace(line, n=total + k, t_ns=found[-1].t_ns + k * MS)
            for k, line in enumerate(extra, 1)
        ]

    return edit


def swapped(device: str, first: str, second: str) -> Callable[[list[Line]], list[Line]]:
    """Two operations change places in a device's log."""

    def edit(found: list[Line]) -> list[Line]:
        a, b = (next(line for line in found if delivery(device, op)(line)) for op in (first, second))
        assert isinstance(a, Deliver)
        assert isinstance(b, Deliver)
        keep = ("n", "t_ns", "i", "incarnation")
        new_a = msgspec.structs.replace(b, **{k: getattr(a, k) for k in keep})
        new_b = msgspec.structs.replace(a, **{k: getattr(b, k) for k in keep})
        return [new_a if line is a else new_b if line is b else line for line in found]

    return edit


def restarted(*acts: Callable[[Story], object], keep: int | None = None) -> Callable[[], Story]:
    """Five messages, then Bob restarts (having lost all but `keep`), then whatever else happens."""

    def tell() -> Story:
        story = exchange(export=False)
        story.restart("Bob", keep=keep)
        for act in acts:
            act(story)
        story.export()
        return story

    return tell


def installed_anew(*acts: Callable[[Story], object]) -> Callable[[], Story]:
    """Five messages, then Bob loses all his data, then whatever else happens."""

    def tell() -> Story:
        story = exchange(export=False)
        story.install_anew("Bob")
        for act in acts:
            act(story)
        story.export()
        return story

    return tell


def reinstalled(*acts: Callable[[Story], object]) -> Callable[[Story], None]:
    """Bob answers Alice, whose answer all get; he loses all his data, and whatever else happens; all get all."""

    def tell(story: Story) -> None:
        for author in ("Bob", "Alice", "Bob"):
            story.send(author)
            for device in story.devices:
                story.deliver(device)
        story.install_anew("Bob")
        for act in acts:
            act(story)
        for device in story.devices:
            story.deliver(device)

    return tell


def first_in_the_new_log(device: str, op_id: str) -> Callable[[list[Line]], list[Line]]:
    """An operation comes to a device before all others, in its latest incarnation."""

    def edit(found: list[Line]) -> list[Line]:
        log = [line for line in found if isinstance(line, Deliver) and line.device == device]
        log = [line for line in log if line.incarnation == log[-1].incarnation]
        ordered = sorted(log, key=lambda line: line.op_id != op_id)
        keep = ("n", "t_ns", "i")
        moved = {
            place.i: msgspec.structs.replace(line, **{k: getattr(place, k) for k in keep})
            for place, line in zip(log, ordered, strict=True)
        }
        return [moved.get(line.i, line) for line in found]

    return edit


def heard_another(*, outsider: bool, op_id: str = "m1") -> Callable[[], Story]:
    """Five messages, and one that nobody sent: it comes to Alice, and twice and otherwise to Bob.

    op_id: as what it comes.
    """

    def tell() -> Story:
        story = exchange(export=False)
        if outsider:
            story.add(Note, device="Mallory", what="outsider", fields={"identity": "mallory-1"})
        for device, version in (("Alice", "x"), ("Bob", "y"), ("Bob", "z")):
            log = story._logs[device]
            said = msgspec.structs.replace(log[-1], op_id=op_id, author="mallory-1", digest="d-m1")
            story.now += MS
            log.append(msgspec.structs.replace(said, n=len(log) + 1, version=version, t_ns=story.now))
            story.lines.append(log[-1])
        return story

    return tell


def all_again(story: Story) -> None:
    """Everything comes to Bob once more, and he marks each."""
    for _ in range(5):
        story.deliver("Bob", 1)
        story.mark("Bob")
        story.mark("Bob", "remote")


def wait(ms: float) -> Callable[[Story], None]:
    """So much time passes."""
    return lambda story: story.wait(ms)


def exchange_of(messages: int) -> Callable[[], Story]:
    """Alice sends so many, everybody has them."""
    return lambda: exchange(messages)


def empty() -> list[Line]:
    """No line at all."""
    return []


def not_read_to_its_end(story: Story) -> None:
    """Bob's third incarnation was met, and died before its log was read."""
    story._incarnation["Bob"] += 1
    story.note("Bob", "incarnation", before=story._incarnation["Bob"] - 1)
