"""Histories of entries: the model of a correct system that keeps all that no other version builds on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.unit.evidence.histories import Story

from syncproof.evidence import vector_clock
from syncproof.evidence.records import Entry, Invoke, Sibling

ENTRY = "page"


class EntryStory(Story):
    """A story in which devices also write into entries, and are asked what they hold of them."""

    def write(
        self,
        author: str,
        text: str = "",
        *,
        kind: str = "put",
        entry: str = ENTRY,
        base: tuple[str, ...] | None = None,
        ack: bool = True,
        digest: str | None = None,
        blobs: tuple[str, ...] = (),
    ) -> str:
        """A version, on top of what the device shows (a resolution: of all that it holds), unless told otherwise."""
        held = self.held(author, entry)
        if base is None:
            edits = [op for op in held if op.kind != "delete"]
            chosen = held if kind == "resolve" or not edits else edits[-1:]
            base = tuple(self.version(op) for op in chosen)
        bases = [op for op in self._order if op.entry == entry and self.version(op) in base]
        own = [op for op in self._asked(entry) if op.author == author]
        clock = vector_clock.merge([self._clocks[op.op_id] for op in [*bases, *own[-1:]]])
        clock[author] = clock.get(author, 0) + 1
        number = sum(isinstance(line, Invoke) and line.author == author for line in self.lines) + 1
        self._clocks[f"{author[0].lower()}{number}"] = clock
        content = "" if kind == "delete" else f"says {text or f'{author} {number}'}"
        fields: dict[str, Any] = {"digest": digest} if digest else {}
        fields["text"] = "" if kind == "delete" else text or f"{author} {number}"
        return self.send(
            author, ack=ack, kind=kind, entry=entry, base=base, content=content, blobs=blobs, **fields
        )

    def version(self, operation: Invoke) -> str:
        """What the system calls the version that an operation made."""
        return str(self._order.index(operation) + 1)

    def held(self, device: str, entry: str = ENTRY) -> list[Invoke]:
        """What a correct device holds: of what it has delivered, the versions that no other builds on."""
        there = [op for op in self._order[: len(self._logs[device])] if op.entry == entry]
        return [
            op
            for op in there
            if not any(
                vector_clock.compare(self._clocks[op.op_id], self._clocks[other.op_id]) == "before"
                for other in there
            )
        ]

    def look(self, device: str, entry: str = ENTRY, **fields: Any) -> Entry:
        """The device is asked, and answers as a correct one does, unless told otherwise."""
        held = self.held(device, entry)
        edits = [op for op in held if op.kind != "delete"]
        siblings = tuple(
            Sibling(
                version=self.version(op),
                digest=op.digest,
                deleted=op.kind == "delete",
                clock=self._clocks[op.op_id],
            )
            for op in held
        )
        said = {"siblings": siblings, "winner": self.version(edits[-1]) if edits else None}
        said |= {"seen": len(self._logs[device])} | fields
        return self.add(Entry, device=device, group=self.group, entry=entry, **said)

    def look_everywhere(self, *entries: str) -> None:
        """Every device is asked for these entries."""
        for entry in entries or (ENTRY,):
            for device in self.devices:
                self.look(device, entry)

    def everywhere(self) -> None:
        """All deliver what there is."""
        for device in self.devices:
            self.deliver(device)

    def _asked(self, entry: str) -> list[Invoke]:
        return [line for line in self.lines if isinstance(line, Invoke) and line.entry == entry]


def written(
    *acts: Callable[[EntryStory], object], devices: tuple[str, ...] = ("Alice", "Bob")
) -> Callable[[], EntryStory]:
    """A story from what happens in it."""

    def tell() -> EntryStory:
        story = EntryStory(devices)
        for act in acts:
            act(story)
        return story

    return tell


def edited_apart(story: EntryStory) -> None:
    """Alice's first version is everywhere; then Alice (a2, version 2) and Bob (b1, version 3) edit it unaware."""
    story.write("Alice")
    story.everywhere()
    story.write("Alice")
    story.write("Bob")
    story.everywhere()


def conflict(*acts: Callable[[EntryStory], object]) -> Callable[[], EntryStory]:
    """Edited apart, then whatever happens; in the end all are asked."""
    return written(edited_apart, *acts, EntryStory.look_everywhere)


@st.composite
def good_entry_stories(draw: st.DrawFn) -> EntryStory:
    """Anything that a correct system may do with entries: edits, deletions, resolutions, messages, restarts."""
    devices = draw(st.sampled_from([("Alice", "Bob"), ("Alice", "Bob", "Carol")]))
    story = EntryStory(devices)
    kinds = ["put", "put", "put", "delete", "resolve", "send", "deliver", "deliver", "look", "restart"]
    acts = draw(
        st.lists(
            st.tuples(st.sampled_from(kinds), st.sampled_from(devices), st.sampled_from([ENTRY, "other"])),
            max_size=30,
        )
    )
    story.write(devices[0])
    for act, device, entry in acts:
        if act in ("put", "delete", "resolve"):
            text = draw(st.sampled_from(["", "", "the same"])) if act == "put" else ""
            story.write(device, text, kind=act, entry=entry, ack=draw(st.booleans()))
        elif act == "send":
            story.send(device)
        elif act == "deliver" and len(story._logs[device]) < len(story._order):
            story.deliver(device, 1)
        elif act == "look":
            story.look(device, entry)
        elif act == "restart":
            story.restart(device)
    for device in devices:
        story.deliver(device)
        story.mark(device)
    story.look_everywhere(ENTRY, "other")
    story.export()
    return story
