"""Files on their way into a container and out of it: the engine takes and gives tar archives."""

from __future__ import annotations

import io
import posixpath
import tarfile
from pathlib import Path

from syncproof.faults.containers.errors import ContainerError


def name(target: str) -> str:
    """The last part of a path in a container. Raises ContainerError if it is no absolute path of something."""
    if not target.startswith("/") or target.endswith("/"):
        raise ContainerError(
            f"'{target}' is no place to copy to: write the whole path in the container, like /etc/motd."
        )
    return posixpath.basename(target)


def folder(target: str) -> str:
    """The folder that the path is in."""
    return posixpath.dirname(target)


def packed(source: Path, under: str) -> bytes:
    """A file or folder, under another name; in the container all of it is root's. Raises ContainerError."""
    buffer = io.BytesIO()
    try:
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            tar.add(source, arcname=under, filter=_of_root)
    except OSError as wrong:
        raise ContainerError(f"'{source}' cannot be copied: {wrong.strerror}.") from None
    return buffer.getvalue()


def _of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who owns it on this machine is nobody there."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def packed_text(text: str, under: str) -> bytes:
    """A file of this text."""
    content = text.encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(under)
        info.size, info.mode = len(content), 0o644
        tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def unpack(content: bytes, target: Path) -> None:
    """Write the one file or folder of an archive to `target`. Raises ContainerError."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = tar.getmembers()
        root = members[0].name
        for member in members:
            # The archive names everything after its source; here it is named after the target.
            rest = posixpath.relpath(member.name, root)
            member.name = target.name if rest == "." else posixpath.join(target.name, rest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # filter: nothing of it may land outside the folder, whatever the container put into the archive.
            tar.extractall(target.parent, members=members, filter="data")
        except (OSError, tarfile.FilterError) as wrong:
            raise ContainerError(f"It cannot be written to '{target}': {wrong}.") from None
