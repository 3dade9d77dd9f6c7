"""What a peer takes at a usual load, and how soon others have what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import Act, writes
from tests.unit.evidence.histories import Story

from syncproof.workloads.files.records import ChangeAlone, CostMark

THREE = ("Alice", "Bob", "Carol")
SOON: dict[str, Any] = {"most_ms": 100}
TENTH: dict[str, Any] = {"most": 0.1}
MEMORY: dict[str, Any] = {"most": 100e6}


def alone(late_ms: float = 10, waited: dict[str, float] | None = None, last: str = "Carol") -> Act:
    """A change of Alice's comes to Bob, and to Carol so much later. waited: ms that processes waited meanwhile."""

    def act(story: Story) -> None:
        op_id = story.send("Alice")
        for device in ("Alice", "Bob", "Carol"):
            if device == "Carol":
                story.wait(late_ms)
            if device == last or last == "Carol":
                story.deliver(device)
        waited_s = {each: ms / 1e3 for each, ms in (waited or {}).items()}
        story.add(ChangeAlone, device="Alice", op_id=op_id, waited_s=waited_s)

    return act


def mark(edge: str, cpu: float = 0.0, waited: float = 0.0, peak: int = 0, busy: str = "Bob") -> Act:
    """All devices are read: one has had so much, the others a thousandth of it."""

    def act(story: Story) -> None:
        for device in THREE:
            part = 1.0 if device == busy else 0.001
            story.add(
                CostMark,
                device=device,
                round=1,
                edge=edge,
                cpu_s=cpu * part,
                waited_s=waited * part,
                peak=round(peak * part),
                links=None,
            )

    return act


def load(*, cpu: float = 0.0, waited: float = 0.0, peak: int = 0, lasts_ms: float = 9_996) -> tuple[Act, ...]:
    """A round of ten seconds in which Alice makes a change."""
    return mark("begin"), writes("Alice", "one"), wait(lasts_ms), mark("end", cpu, waited, peak)


def case(*acts: Act) -> Callable[[], Story]:
    return told(*acts, devices=THREE)


MANY = [alone()] * 60

CASES: dict[str, tuple[Case, ...]] = {
    "soon_everywhere": (
        unknown("empty", empty, "0 changes came one by one", **SOON),
        good("soon", case(*MANY), "of 120 changes half came within", "and 99% within 12 ms", **SOON),
        good("one is slow", case(*MANY, alone(500)), "all within 502 ms", **SOON),
        bad(
            "three are slow",
            case(*MANY, *[alone(500)] * 3),
            "99% within 502 ms",
            "expected 99% within 100 ms",
            **SOON,
        ),
        good(
            "a busy machine let the receiver wait",
            case(*MANY, *[alone(500, {"Carol": 300, "Alice": 100, "": 50})] * 3),
            "99% within 52 ms",
            **SOON,
        ),
        bad(
            "it let somebody else wait",
            case(*MANY, *[alone(500, {"Bob": 400})] * 3),
            "99% within 502 ms",
            **SOON,
        ),
        good("others are not judged", case(*MANY * 2, *[alone(500)] * 3), device="Bob", **SOON),
        unknown("too few", case(*[alone()] * 40), "80 changes came one by one", **SOON),
        unknown(
            "one does not have it", case(*MANY, alone(last="Alice")), "nobody knows when Bob had", **SOON
        ),
        unknown(
            "its author does not have it", case(*MANY, alone(last="Bob")), "nobody knows when Bob", **SOON
        ),
    ),
    "little_processor": (
        unknown("empty", empty, "nobody measured", **TENTH),
        good("little", case(*load(cpu=0.9)), "nobody needed more than 9.0% of a processor", **TENTH),
        bad("much", case(*load(cpu=1.5)), "Bob needed 15.0% of a processor; expected at most 10.0%", **TENTH),
        bad(
            "it had to wait and would have taken more",
            case(*load(cpu=0.9, waited=7)),
            "Bob needed 30.0%",
            **TENTH,
        ),
        bad(
            "threads that had waited have ended",
            case(*load(cpu=1.5, waited=-90)),
            "Bob needed 15.0%",
            **TENTH,
        ),
        bad("it wanted more than there was", case(*load(cpu=1, waited=9.5)), "Bob needed 100.0%", **TENTH),
        good("another device's is not judged", case(*load(cpu=1.5)), device="Alice", **TENTH),
        unknown("nobody changed anything", case(mark("begin"), wait(9000), mark("end", 1)), **TENTH),
        unknown("it was not read again", case(mark("begin"), writes("Alice", "one")), **TENTH),
    ),
    "little_memory": (
        unknown("empty", empty, "nobody measured", **MEMORY),
        good("little", case(*load(peak=90_000_000)), "nobody needed more than 90 MB of memory", **MEMORY),
        bad(
            "much",
            case(*load(peak=110_000_000)),
            "Bob needed 110 MB of memory; expected at most 100 MB",
            **MEMORY,
        ),
        good("another device's is not judged", case(*load(peak=110_000_000)), device="Alice", **MEMORY),
        unknown("nobody changed anything", case(mark("begin"), mark("end", peak=1)), **MEMORY),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "soon_everywhere": (
        ("slow > most_ms", "False"),
        ("- waited_s * 1e3", ""),
        ('("", change.device, name)', '("", change.device, name, "Bob")'),
        ("unknown or len(took) < _ENOUGH", "unknown"),
        ("if unknown or", "if"),
        ("(0.5, 0.99)", "(0.5, 0.9)"),
        ("device not in (None, name)", "False"),
    ),
    "little_processor": (
        ("- max(0.0, end.waited_s - begin.waited_s)", ""),
        ("max(0.0, end.waited_s - begin.waited_s)", "(end.waited_s - begin.waited_s)"),
        ("max(lasted_s, used_s)", "lasted_s"),
    ),
    "little_memory": (("load.end[name].peak", "load.begin[name].peak"),),
}
