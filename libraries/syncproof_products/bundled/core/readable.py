"""Whether an event can be read: what a faulty, hostile or newer client pushed may be anything that the relay lets in.

The relay does not look into bodies. Every device decides by the event alone, so that all of them decide the
same. What cannot be read is quarantined: kept with its reason, not delivered, and nothing behind it waits.
"""

from __future__ import annotations

import json
import re

from syncproof_products.bundled.core.wire import Draft

#: How deep a body may be nested. Readers recurse, and no two of them end at the same depth.
MAX_DEPTH = 100
#: A count of changes that no device ever gets to. Clocks near the end of the numbers leave no room for the next change.
MAX_COUNT = 2**53

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPENING, _CLOSING = "[{", "]}"


def why_unreadable(draft: Draft) -> str | None:
    """What is wrong with an event, for people; None where it can be read."""
    if _depth(draft.body) > MAX_DEPTH:
        return f"its body is nested deeper than {MAX_DEPTH}"
    try:
        said = json.loads(draft.body, parse_constant=_no_constant)
    except ValueError as wrong:
        return f"its body is not JSON: {wrong}"
    if not isinstance(said, dict):
        return "its body is no JSON object"
    for device, count in draft.clock.items():
        if count >= MAX_COUNT:
            return f"its clock counts {count} changes of {device[:80]}"
    return None


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    level = deepest = 0
    for letter in _STRING.sub("", text):
        if letter in _OPENING:
            level += 1
            deepest = max(deepest, level)
        elif letter in _CLOSING:
            level -= 1
    return deepest


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
