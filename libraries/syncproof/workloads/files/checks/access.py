"""Who may read and write what: nothing is learnt, and nothing taken, that a rule is against."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.looks import at_deadline
from syncproof.workloads.files.records import FileAsked, Folder


def nothing_learnt(history: History, *, who: str, path: str, device: str | None = None) -> Verdict:
    """A hostile peer keeps neither the name of a file nor what is in it; of a directory, of no file in it.

    Unknown where it has learnt of no other file either: it may not have been linked to anybody.

    who: the hostile peer. device: whoever is judged, the hostile peer is the same.
    """
    del device
    written = {
        line.path
        for line in history.of(FileAsked)
        if line.device != who and (line.path == path or line.path.startswith(f"{path}/"))
    }
    looks = history.notes("learnt", who)
    if not written or not looks:
        said = f"nobody has looked at what {who} has learnt" if written else f'nobody wrote "{path}"'
        return nothing_to_judge("nothing_learnt", said)
    learnt = looks[-1].fields["paths"]
    assert isinstance(learnt, (list, tuple)), f"the evidence has {learnt!r} where paths belong"
    faults = [f'{who} has learnt of "{each}"' for each in sorted(written.intersection(learnt))]
    unknown = [f"{who} has learnt of no other file either"] if written >= {*learnt} else []
    passed = f"{who} has learnt of {count(len(learnt), 'other file')} only"
    return judge("nothing_learnt", faults, (), passed, unknown)


def nothing_else_taken(
    history: History, *, who: str, path: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline each folder shows the last version of a file that a hostile peer has written.

    Nothing else that it wrote has been in any folder, at any time. Unknown where it wrote nothing else.

    device: judge only this one's folder.
    """
    shared = [line for line in history.of(FileAsked, who) if line.file is not None]
    wanted = {line.file.digest: None for line in shared if line.path == path and line.file}
    others = {line.file.digest: line.path for line in shared if line.path != path and line.file}
    if not wanted or not others:
        return nothing_to_judge("nothing_else_taken", f'{who} did not write "{path}" and another file')
    last, folders = [*wanted][-1], at_deadline(history, due(history, asked_ns, within_ns))
    faults = dict.fromkeys(
        f'{line.device} had what {who} wrote as "{others[file.digest]}", at "{lies}"'
        for line in history.of(Folder, device)
        for lies, file in line.files.items()
        if file.digest in others
    )
    for name in history.devices:
        shown = folders[name].files.get(path) if name in folders else None
        if device in (None, name) and (shown is None or shown.digest != last):
            faults[f'expected {name} to have {who}\'s "{path}" {within(within_ns)}'] = None
    passed = f'{count(len(folders), "folder")} with "{path}", and nothing else that {who} wrote'
    return judge("nothing_else_taken", list(faults), (), passed)


LIVENESS = {"nothing_learnt": nothing_learnt, "nothing_else_taken": nothing_else_taken}
