"""Bugs of the page: each is another text in the files that the server hands to browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.taskserver.page.pages import Pages

Source = Callable[[Pages, str], bytes]


def _rewritten(defect: Any, source: bytes, name: str, texts: dict[str, tuple[str, str]]) -> bytes:
    """A file with one text in place of another. texts: by file."""
    if name not in texts:
        return source
    right, wrong = texts[name]
    before = source.decode()
    if before.count(right) != 1:
        raise LookupError(
            f"{name} does not have {right!r} once: it has changed, and this defect has to follow."
        )
    defect.ran()
    return before.replace(right, wrong).encode()


@breaks(Pages, "source")
def shows_what_was_saved_beside_its_change(original: Source, self: Pages, name: str) -> bytes:
    """The page does not know its own change again in the list of the server, and shows both."""
    texts = {
        "orders.js": (
            "rows.set(id, { id, text, state })",
            "rows.set(`own ${id}`, { id: `own ${id}`, text, state })",
        )
    }
    wrong = _rewritten(shows_what_was_saved_beside_its_change, original(self, name), name, texts)
    return wrong.replace(b"this.changes.delete(change.key);", b"continue;")


@breaks(Pages, "source")
def shows_only_what_is_saved(original: Source, self: Pages, name: str) -> bytes:
    """What its user does is shown only when the server has decided."""
    right = 'if (action === "remove")'
    texts = {"orders.js": (right, f"if (seq === undefined) continue;\n      {right}")}
    return _rewritten(shows_only_what_is_saved, original(self, name), name, texts)


@breaks(Pages, "source")
def hears_no_invalidation(original: Source, self: Pages, name: str) -> bytes:
    """The list is fetched when the page connects, and events say nothing to it."""
    texts = {"feed.js": ("      this.stale();\n", "      if (told.subscribed) this.stale();\n")}
    return _rewritten(hears_no_invalidation, original(self, name), name, texts)


@breaks(Pages, "source")
def hears_events_only(original: Source, self: Pages, name: str) -> bytes:
    """What the server says about a gap is no event, so the page does not fetch the list then."""
    texts = {"feed.js": ("      this.stale();\n", "      if (!told.refetch) this.stale();\n")}
    return _rewritten(hears_events_only, original(self, name), name, texts)


@breaks(Pages, "source")
def waits_for_the_server_in_other_tabs(original: Source, self: Pages, name: str) -> bytes:
    """A tab does not listen to the others: it shows their changes when the server has them."""
    texts = {"main.js": ("if (added) orders.add(added);", "")}
    return _rewritten(waits_for_the_server_in_other_tabs, original(self, name), name, texts)


@breaks(Pages, "source")
def tells_other_tabs_what_they_told(original: Source, self: Pages, name: str) -> bytes:
    """A tab hands on to the others what one of them has told."""
    more = (
        "if (added && !orders.changes.has(added.key)) tabs.tell({ added });\n  if (added) orders.add(added);"
    )
    texts = {"main.js": ("if (added) orders.add(added);", more)}
    return _rewritten(tells_other_tabs_what_they_told, original(self, name), name, texts)


@breaks(Pages, "source")
def drops_what_cannot_be_sent(original: Source, self: Pages, name: str) -> bytes:
    """A change whose request fails is taken back: nothing waits for a better network."""
    right = "failures += 1;\n      await wait"
    wrong = f"orders.drop(change.key);\n      show();\n      {right}"
    source = original(self, name)
    if name == "main.js":
        # The loop that sends stands before the one that fetches, and both wait alike.
        drops_what_cannot_be_sent.ran()
        assert right.encode() in source
        return source.replace(right.encode(), wrong.encode(), 1)
    return source


@breaks(Pages, "source")
def does_not_take_a_refused_change_back(original: Source, self: Pages, name: str) -> bytes:
    """What was refused stays on the page."""
    texts = {
        "main.js": ("orders.drop(key);\n    view.refused", "view.refused"),
        "orders.js": ('else if (action === "add" || rows.has(id))', "else"),
    }
    return _rewritten(does_not_take_a_refused_change_back, original(self, name), name, texts)


@breaks(Pages, "source")
def takes_all_changes_back(original: Source, self: Pages, name: str) -> bytes:
    """When one change is refused the page goes back to what the server has, and forgets the others."""
    texts = {"main.js": ("orders.drop(key);\n    view.refused", "orders.changes.clear();\n    view.refused")}
    return _rewritten(takes_all_changes_back, original(self, name), name, texts)
