"""What the sentences of a scenario show by themselves: who takes part, and which sentence therefore cannot happen.

The same words are said when a sentence is performed and by `robot --dryrun`, which starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncproof.kernel.cast import CAST, Device, Devices, Ends
from syncproof.kernel.layout import Layout
from syncproof.kernel.sentence import Sentence, emit
from syncproof.kernel.shape import Side

INTRODUCED_ONCE = "The devices of a scenario are introduced once, in its first sentence."
ALREADY_RUN = "The devices run already: say how they are set before they are introduced."


def takes_no_part(name: str, there: Sequence[str]) -> str:
    """The message about a device that was not introduced. there: those that were."""
    others = [*there] or [next(other for other in CAST if other != name)]
    together = Devices(tuple(Device(each) for each in [*others, name]))
    return (
        f"{name} takes no part in this scenario (devices here: {', '.join(there) or 'none yet'}). "
        f"Name {name} in its first sentence: 'Given {together} are syncing'."
    )


def impossible(step: Sentence, there: Sequence[str], layout: Layout | None = None) -> str:
    """Why a sentence cannot happen where these devices were introduced before; "" where it can.

    layout: the nodes and links of the product, where that is known.
    """
    if step.contradiction:
        return step.contradiction
    if layout is not None and (wrong := layout.wrong(step)):
        return wrong
    if step.devices_are == "introduced":
        return INTRODUCED_ONCE if there else ""
    if step.devices_are == "joining":
        again = [name for name in _named(step) if name in there]
        if again:
            return f"{again[0]} takes part already: only who is new can join."
        return "" if there else _nobody_yet(step)
    if step.devices_are == "set":
        return ALREADY_RUN if there else ""
    for name in _named(step):
        if name not in there:
            return takes_no_part(name, there)
    return "" if there else _nobody_yet(step)


def _nobody_yet(step: Sentence) -> str:
    return (
        f"'{emit(step)}' comes before any device takes part: "
        "begin the scenario with a sentence like 'Given Alice and Bob are syncing'."
    )


def first_impossible(story: Sequence[Sentence], layout: Layout | None = None) -> str:
    """What the first sentence that cannot happen will say; "" where the story shows none. layout: of its product."""
    there: tuple[str, ...] = ()
    for step in story:
        if wrong := impossible(step, there, layout):
            return wrong
        if step.devices_are in ("introduced", "joining"):
            there = (*there, *_named(step))
    return ""


def _named(step: Sentence) -> Iterator[str]:
    for slot in step.slots:
        value = getattr(step, slot)
        if isinstance(value, Ends):
            yield from (node.name for node in value.nodes if isinstance(node, Device))
        elif isinstance(value, Device | Devices | Side):
            yield from (device.name for device in (value if not isinstance(value, Device) else (value,)))
