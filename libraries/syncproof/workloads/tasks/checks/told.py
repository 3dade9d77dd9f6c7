"""What is judged of what clients were told of tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.order import Order
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver
from syncproof.workloads.tasks.records import TaskBatch, TaskRequest


def last_version(history: History, *, device: str | None = None) -> Verdict:
    """A client is told of the versions of a task in their order, without a gap, and so of the last one last.

    A server that lets notifications overtake each other shows a task in an old state for ever. A history without
    versions that are numbers passes.

    device: judge only what this one was told.
    """
    if not history.lines:
        return nothing_to_judge("last_version", "the history is empty")
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    for name in history.devices if _has_tasks(history) else ():
        if device not in (None, name):
            continue
        versions: dict[str, int] = {}
        for line in history.deliveries(name):
            if line.entry is None or not line.version.isdecimal():
                continue
            before = versions.get(line.entry, 0)
            versions[line.entry] = int(line.version)
            judged += 1
            if int(line.version) != before + 1:
                witness.append(line.op_id)
                faults.append(
                    f'{name} was told of version {line.version} of task "{line.entry}" behind {before}'
                )
    return judge("last_version", faults, witness, f"{count(judged, 'notification')} in order")


def task_batches(history: History, *, device: str | None = None, order: Order = "total") -> Verdict:
    """A batch takes effect as a whole, and is answered as it took effect.

    All changes of a batch that the server applied stand side by side in the delivery log of every client that has one
    of them: nobody sees half a batch with something else in it. As many as the server said were applied, no more.

    device: judge only what this one was told. order: what the system promises; where that is `none`, something else may
    come in between.
    """
    if not history.lines:
        return nothing_to_judge("task_batches", "the history is empty")
    members: dict[str, list[str]] = {}
    for note in history.notes("task_batch_asked"):
        members[str(note.fields["batch"])] = [str(each) for each in _list(note.fields["op_ids"])]
    answers = {line.batch: line for line in history.of(TaskBatch)}
    faults: list[str] = []
    witness: list[str] = []
    for batch, op_ids in members.items():
        for name in history.devices:
            if device not in (None, name):
                continue
            places = _places(history, name)
            found = sorted(places[op_id] for op_id in op_ids if op_id in places)
            if order != "none" and found and found[-1] - found[0] + 1 != len(found):
                witness += op_ids
                faults.append(f"{name} was told of something else in the middle of batch {batch}")
            answer = answers.get(batch)
            if answer is not None and found and len(found) != answer.applied:
                witness += op_ids
                faults.append(
                    f"{name} was told of {count(len(found), 'change')} of batch {batch}, of which the server applied "
                    f"{answer.applied}"
                )
    return judge("task_batches", faults, witness, f"{count(len(members), 'batch', 'batches')}, each whole")


def notified(history: History, *, device: str, task: str, asked_ns: int, within_ns: int) -> Verdict:
    """A client was notified of all that was asked of a task, by the deadline.

    What the server refused is left out.
    """
    asked = [each.op_id for each in history.operations.values() if each.entry == task]
    wanted = [op_id for op_id in asked if op_id not in history.refusals]
    if not wanted:
        return nothing_to_judge("notified", f'nobody asked for a change of task "{task}"')
    delivered, deadline = history.delivered(device), due(history, asked_ns, within_ns)
    missing = tuple(op_id for op_id in wanted if op_id not in delivered)
    late = tuple(op_id for op_id in wanted if op_id in delivered and delivered[op_id].t_ns > deadline)
    expected = f'expected {device} to be notified of task "{task}" {within(within_ns)}'
    if missing:
        return Verdict("notified", "fail", expected, missing=missing)
    faults = [f"{expected}; {count(len(late), 'change')} came later"] if late else []
    return judge("notified", faults, late, f"{device} knows of {count(len(wanted), 'change')}")


def task_says(
    history: History, *, device: str, task: str, text: str, asked_ns: int, within_ns: int
) -> Verdict:
    """A client has a task as it was asked for, or no more, by the deadline.

    text: what it must say; "" for a task that must be deleted.
    """
    if not any(each.entry == task for each in history.operations.values()):
        return nothing_to_judge("task_says", f'nobody asked for a change of task "{task}"')
    lines = [line for line in history.deliveries(device) if line.entry == task]
    told = next((line for line in reversed(lines) if line.t_ns <= due(history, asked_ns, within_ns)), None)
    expected = f'to have task "{task}" as "{text}"' if text else f'to have no task "{task}" any more'
    faults = [] if _says(history, told, text) else [f"expected {device} {expected} {within(within_ns)}"]
    return judge("task_says", faults, (), f"{device} {'has' if text else 'does not have'} it")


def task_count(history: History, *, device: str, number: int, asked_ns: int, within_ns: int) -> Verdict:
    """A client has so many tasks that are not deleted, by the deadline.

    number: of them. That there are 0 shows nothing of a client that has been told of no task.
    """
    deadline = due(history, asked_ns, within_ns)
    if device not in history.devices:
        return nothing_to_judge("task_count", f"{device} was told of nothing")
    kinds = {
        line.entry: line.kind for line in history.deliveries(device) if line.entry and line.t_ns <= deadline
    }
    if not number and not kinds:
        return nothing_to_judge("task_count", f"{device} was told of no task {within(within_ns)}")
    seen = sum(kind != "delete" for kind in kinds.values())
    expected = f"expected {device} to have {count(number, 'task')} {within(within_ns)}; it has {seen}"
    return judge(
        "task_count", [expected] if seen != number else [], (), f"{device} has {count(number, 'task')}"
    )


def _says(history: History, told: Deliver | None, text: str) -> bool:
    if told is None or (told.kind == "delete") != (not text):
        return False
    asked = history.operations.get(told.op_id)
    return not text or (asked is not None and asked.content == hashlib.sha256(text.encode()).hexdigest())


def _has_tasks(history: History) -> bool:
    return any(True for _ in history.of(TaskRequest))


def _places(history: History, name: str) -> Mapping[str, int]:
    return {line.op_id: place for place, line in enumerate(history.delivered(name).values())}


def _list(value: object) -> list[object]:
    assert isinstance(value, (list, tuple)), f"the evidence has {value!r} where a list belongs"
    return list(value)


SAFETY = {"last_version": last_version, "task_batches": task_batches}
LIVENESS = {"notified": notified, "task_says": task_says, "task_count": task_count}
