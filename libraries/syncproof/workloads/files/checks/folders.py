"""What lies in folders: the same everywhere, whole, what was written last, and nothing that was deleted."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.looks import at_deadline, differences, last_look, unlooked
from syncproof.workloads.files.records import FileAsked, Folder
from syncproof.workloads.files.versions import Version, Versions, beside


def same_folders(history: History, *, device: str | None = None) -> Verdict:
    """At rest the folders of all members have the same files, with the same content and permissions.

    When they were written is not compared: no two machines agree on that. Unknown where somebody was asked for a
    change and nobody looked at every folder afterwards.

    device: judge only by whether it is among those that differ. All must have been looked at all the same.
    """
    if not history.lines:
        return nothing_to_judge("same_folders", "the history is empty")
    folders = last_look(history)
    faults = [said for said in differences(folders) if device is None or device in said]
    unknown = unlooked(history, folders)
    return judge("same_folders", faults, (), f"{count(len(folders), 'folder')}, all the same", unknown)


def whole_files(history: History, *, device: str | None = None) -> Verdict:
    """Whenever somebody looks, each file is one that was written: never a part of it, never a mixture of two.

    A file lies at its path, or beside it where another version is kept.

    device: judge only this one.
    """
    if not history.lines:
        return nothing_to_judge("whole_files", "the history is empty")
    written: dict[str, set[str]] = {}
    for asked in history.of(FileAsked):
        if asked.file is not None:
            written.setdefault(asked.file.digest, set()).add(asked.path)
    faults: dict[str, None] = {}
    files = 0
    for folder in history.of(Folder, device):
        for path, file in folder.files.items():
            files += 1
            paths = written.get(file.digest, ())
            if not any(beside(each, path) for each in paths):
                what = "something that nobody wrote" if not paths else f'what belongs to "{min(paths)}"'
                faults[f'{folder.device} has "{path}" with {what}'] = None
    return judge("whole_files", list(faults), (), f"{count(files, 'look')} at files, each whole")


def no_lost_update(history: History, *, device: str | None = None) -> Verdict:
    """Each version that was taken is in the end in every folder, unless a later one builds on it.

    It lies at its path, or beside it where a concurrent version is shown. All that lies there is one of those that
    nothing has replaced: an old version that came back would hide a newer one, or be taken for one.

    device: judge only this one's folder.
    """
    if not history.lines:
        return nothing_to_judge("no_lost_update", "the history is empty")
    versions, folders = Versions(history), last_look(history)
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    for path in versions.by_path:
        current = {each.file.digest for each in versions.unreplaced(path) if each.file is not None}
        needed = [each for each in versions.unreplaced(path, surely=True) if each.file is not None]
        for name, folder in folders.items():
            if device not in (None, name):
                continue
            judged += 1
            there = versions.lying(path, folder.files)
            digests = {file.digest for file in there.values()}
            for each in needed:
                if each.taken and each.file is not None and each.file.digest not in digests:
                    witness.append(each.op_id)
                    faults.append(
                        f'{name} lacks {history.name(each.op_id)} of "{path}", which nothing has replaced'
                    )
            if current:
                faults += [
                    f'{name} has a version of "{path}" that was replaced, at "{lies}"'
                    for lies, file in there.items()
                    if file.digest not in current
                ]
    passed = f"{count(judged, 'file')}, each as it was written last"
    return judge("no_lost_update", faults, witness, passed, unlooked(history, folders, device))


def no_resurrection(history: History, *, device: str | None = None) -> Verdict:
    """A file that was deleted does not come back, at any time: only somebody who writes it anew brings it back.

    Whenever a device is looked at that has the deletion in its delivery log, its folder has no version that the
    deletion took away, at its path or beside it.

    device: judge only this one's folder.
    """
    if not history.lines:
        return nothing_to_judge("no_resurrection", "the history is empty")
    versions = Versions(history)
    deletions = [
        (path, each, _taken_away(versions, path, each))
        for path, made in versions.by_path.items()
        for each in made
        if each.file is None
    ]
    faults: dict[str, str] = {}
    looks = 0
    for folder in history.of(Folder, device) if deletions else ():
        has = {entry.op_id for entry in history.deliveries(folder.device)[: folder.seen]}
        for path, deletion, before in deletions:
            looks += 1
            if deletion.op_id not in has:
                continue
            for lies, file in versions.lying(path, folder.files).items():
                if file.digest in before:
                    faults[f'{folder.device} has "{lies}", which was deleted'] = deletion.op_id
    return judge(
        "no_resurrection", list(faults), faults.values(), f"{count(looks, 'look')}, nothing came back"
    )


def _taken_away(versions: Versions, path: str, deletion: Version) -> set[str]:
    """Digests of what may not lie there after a deletion; what is also there as another version may."""
    ended = versions.ended(path, deletion)
    made = [each for each in versions.by_path[path] if each.file is not None]
    others = {each.file.digest for each in made if each.file is not None and each not in ended}
    return {each.file.digest for each in made if each.file is not None and each in ended} - others


def equal_folders(history: History, *, asked_ns: int, within_ns: int, device: str | None = None) -> Verdict:
    """By the deadline every folder has the same files, with the same content and permissions.

    device: judge only by whether it is among those that differ. All must have been looked at all the same.
    """
    deadline = due(history, asked_ns, within_ns)
    folders = at_deadline(history, deadline)
    if len(folders) < 2 or not history.operations:
        return nothing_to_judge("equal_folders", "no two folders with anything in them were looked at")
    faults = [f"expected all folders to be equal {within(within_ns)}: {said}" for said in differences(folders)
              if device is None or device in said]  # fmt: skip
    lacking = [
        op_id
        for name in history.devices
        for op_id, made in history.operations.items()
        if op_id in history.accepts
        and made.group in history.members
        and (op_id not in history.delivered(name) or history.delivered(name)[op_id].t_ns > deadline)
    ]
    if lacking and not faults:
        faults = [
            f"expected all folders to be equal {within(within_ns)}: they are, but not all changes are in them"
        ]
    passed = f"{count(len(folders), 'folder')}, all the same"
    return judge("equal_folders", faults, lacking, passed, unlooked(history, folders))


def file_versions(
    history: History, *, path: str, number: int, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline every folder has so many versions of a file, at its path and beside it; 0: it is deleted.

    device: judge only this one's folder.
    """
    folders, versions = at_deadline(history, due(history, asked_ns, within_ns)), Versions(history)
    if path not in versions.by_path:
        return nothing_to_judge("file_versions", f'nobody wrote "{path}"')
    faults = []
    for name, folder in folders.items():
        there = versions.lying(path, folder.files)
        found = {file.digest for file in there.values()}
        if device in (None, name) and (len(found) != number or (number > 0) != (path in folder.files)):
            lies = ", ".join(f'"{each}"' for each in sorted(there)) or "none"
            faults.append(
                f'expected {name} to have {count(number, "version")} of "{path}" {within(within_ns)}; it has {lies}'
            )
    passed = f'{count(number, "version")} of "{path}" in every folder'
    return judge("file_versions", faults, (), passed, unlooked(history, folders, device))


def file_arrived(
    history: History, *, device: str, path: str, author: str, asked_ns: int, within_ns: int
) -> Verdict:
    """By the deadline a device shows the last version of a file that one author has written."""
    made = [each for each in Versions(history).by_path.get(path, ()) if each.author == author and each.file]
    if not made:
        return nothing_to_judge("file_arrived", f'{author} did not write "{path}"')
    deadline = due(history, asked_ns, within_ns)
    wanted = made[-1].file
    assert wanted is not None
    folder = at_deadline(history, deadline).get(device)
    if folder is None:
        return nothing_to_judge("file_arrived", f"nobody looked at {device}'s folder")
    shown = folder.files.get(path)
    if shown is not None and shown.digest == wanted.digest:
        return Verdict("file_arrived", "pass", f'{device} has {author}\'s "{path}"')
    has = "another version" if shown else "none"
    said = f'expected {device} to have {author}\'s "{path}" {within(within_ns)}; it has {has}'
    return Verdict("file_arrived", "fail", said, missing=(made[-1].op_id,))


SAFETY = {
    "same_folders": same_folders,
    "whole_files": whole_files,
    "no_lost_update": no_lost_update,
    "no_resurrection": no_resurrection,
}
LIVENESS = {
    "equal_folders": equal_folders,
    "file_versions": file_versions,
    "file_arrived": file_arrived,
}
