"""What devices leave that share a folder: changes that were asked for, looks at folders, transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note
from syncproof.workloads.files.records import FileAsked, FileState, FileTransfer, Folder

Act = Callable[[Story], object]
Files = dict[str, str]

PLAN = "plan.txt"
BY: dict[str, Any] = {"asked_ns": 1000 * MS, "within_ns": 200 * MS}
QUIET: dict[str, Any] = {"quiet_ns": 50 * MS, **BY}


def writes(
    author: str, digest: str, path: str = PLAN, was: str = "", *, found: str = "", accept: bool = True
) -> Act:
    """A user writes a file that says something, or renames one to it; "" deletes it. found: what lay there before."""

    def act(story: Story) -> None:
        op_id = story.send(author, accept=accept)
        file = FileState(digest=digest) if digest else None
        lay = tuple(found.split())
        story.add(
            FileAsked, device=author, op_id=op_id, action="write", path=path, file=file, was=was, found=lay
        )

    return act


def drops(author: str, digest: str, path: str = PLAN) -> Act:
    """A user deletes the one version of a file that says this."""

    def act(story: Story) -> None:
        op_id = story.send(author)
        story.add(FileAsked, device=author, op_id=op_id, action="delete", path=path, drops=digest)

    return act


def votes(device: str, stays: str, among: str = "one two", *, accept: bool = True) -> Act:
    """A user is for one of several versions, by what they say."""

    def act(story: Story) -> None:
        op_id = story.send(device, accept=accept)
        found = tuple(among.split())
        story.add(
            FileAsked, device=device, op_id=op_id, action="vote", path=PLAN, found=found, votes_for=stays
        )

    return act


def takes_part(name: str = "Mallory", identity: str = "m-1") -> Act:
    """A hostile peer joins."""
    return lambda story: story.add(Note, device=name, what="outsider", fields={"identity": identity})


def everybody(*devices: str) -> Act:
    """These devices get all changes up to here."""

    def act(story: Story) -> None:
        for device in devices or story.devices:
            story.deliver(device)

    return act


def loses_all(device: str) -> Act:
    """A device is reinstalled."""
    return lambda story: story.install_anew(device)


def lies(device: str, files: Files, *, mode: int = 0o644, seen: int = 99) -> Act:
    """A device's folder is looked at: what each file says, by path."""
    found = {path: FileState(digest=digest, mode=mode) for path, digest in files.items()}
    return lambda story: story.add(Folder, device=device, files=found, seen=seen)


def looked(*devices: str) -> Act:
    """They were all that could be looked at."""
    return lambda story: story.add(Note, what="folders_looked", fields={"devices": list(devices)})


def everywhere(files: Files, *others: Files) -> Act:
    """At rest the folders have these files; the second device's may have others."""

    def act(story: Story) -> None:
        for device, found in zip(story.devices, (files, *(others or (files,))), strict=False):
            lies(device, found)(story)
        looked(*story.devices)(story)

    return act


def gets(
    device: str, what: str = "block", digest: str = "b1", count: int = 1, size: int = 9, peer: str = "x"
) -> Act:
    """A device gets something of another one."""
    return lambda story: story.add(
        FileTransfer,
        device=device,
        source=device,
        peer=peer,
        what=what,
        digest=digest,
        count=count,
        size=size,
    )


def look_for_silence(story: Story) -> None:
    """It is looked whether there was silence."""
    story.add(Note, what="quiet_looked")


def silence(*acts: Act, alice: Files | None = None) -> tuple[Act, ...]:
    """What happens, then 60 ms between two looks at all folders. alice: what is in hers at the second one."""
    first = everywhere({PLAN: "one"})
    return (*acts, first, wait(60), everywhere(alice or {PLAN: "one"}, {PLAN: "one"}), look_for_silence)


ONE = (writes("Alice", "one"), everybody())
TWO = (*ONE, writes("Bob", "two"), everybody())
BOTH = (writes("Alice", "one"), writes("Bob", "two"), everybody())
GONE = (*ONE, writes("Bob", ""), everybody())
COPY = "plan (conflict a).txt"
SIDE = {PLAN: "two", COPY: "one"}
