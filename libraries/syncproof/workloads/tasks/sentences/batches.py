"""Sentences about batches: several changes in one request, made on versions that may be out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.tasks.records import TaskBatch
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SyncsOldVersion(Sentence):
    """Let a client send a batch with one change of a task, made on a version that it names.

    ``task``: a `Text`, one that a client created before. ``text``: a `Text`, what it is to say. ``version``: a
    `Number`, the version of the task that the client made its change on.

    Waits until what was asked before is handed over, then asks the client at once. The strategy of the batch is
    ``server_wins``: a change of an old version is reported as a conflict and changes nothing.

    Example:
    | When Alice creates task "report"
    | And Bob updates task "report" to "half done"
    | And Alice syncs task "report" as "not begun" from version 1
    | Then Alice should be told of 1 conflict resolved by "server_wins" within 5 seconds

    Source: plan M-06.
    """

    page = "Devices"
    template = '${device} syncs task "${task}" as "${text}" from version ${version}'
    roles = ("sends",)
    device: Device
    task: Text
    text: Text
    version: int

    def run(self, world: World) -> None:
        tasks = world.of(Tasks)
        tasks.asked(str(self.task))
        tasks.wait_until_told(self.device.name, str(self.task))
        tasks.send_batch(
            self.device.name, [("update", str(self.task), str(self.text), self.version)], "server_wins"
        )


class SyncsMixedBatch(Sentence):
    """Let a client send one batch: a quarter each new tasks, changed ones, deleted ones, and conflicts.

    ``count``: a `Number` of changes, at least 4. Three quarters of that must be tasks that were created before. The
    last quarter is changes that were made on a version which the server does not have.

    Waits at most 60 seconds until the client knows of all tasks, then asks it at once. The strategy of the batch is
    ``server_wins``.

    Example:
    | Given Alice and Bob work on one repository
    | When Alice syncs a batch of 30 new tasks
    | And Bob syncs a batch of 40 changes
    | Then Alice should have 30 tasks within 5 seconds

    Source: plan M-18.
    """

    page = "Devices"
    template = "${device} syncs a batch of ${count} changes"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        tasks = world.of(Tasks)
        for task in tasks.names:
            tasks.wait_until_told(self.device.name, task)
        tasks.mixed_batch(self.device.name, self.count)


class SyncsNewTasks(Sentence):
    """Let a client create so many tasks with one batch.

    ``count``: a `Number`. They are called ``task 1``, ``task 2`` and so on.

    Waits until what was asked before is handed over, then asks the client at once.

    Example:
    | When Alice syncs a batch of 500 new tasks
    | Then Bob should have 500 tasks within 5 seconds

    Source: plan M-13.
    """

    page = "Devices"
    template = "${device} syncs a batch of ${count} new tasks"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Tasks).new_batch(self.device.name, self.count)


class SyncsPassingTasks(Sentence):
    """Let a client create so many tasks and delete each of them with one batch, so that all is told in one moment.

    ``count``: a `Number` of tasks. They are called ``task 1``, ``task 2`` and so on. The deletion of each stands behind
    its creation.

    Waits until what was asked before is handed over, then asks the client at once.

    Example:
    | When Alice syncs a batch of 200 short-lived tasks
    | Then Bob should have 0 tasks within 10 seconds

    Source: plan M-02.
    """

    page = "Devices"
    template = "${device} syncs a batch of ${count} short-lived tasks"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Tasks).passing_batch(self.device.name, self.count)


class ToldOfConflicts(Outcome):
    """A client must be told that so many changes of its last batch were made on old versions, and who wins.

    ``count``: a `Number`, 0 as well. ``strategy``: a `Text`: ``server_wins``, ``client_wins`` or ``manual``.
    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for the server's answer to the batch. Fails when the deadline passes, and at once when the answer reports
    other conflicts.

    Example:
    | When Alice syncs task "report" as "not begun" from version 1
    | Then Alice should be told of 1 conflict resolved by "server_wins" within 5 seconds

    Source: plan M-06.
    """

    template = '${device} should be told of ${count} conflicts resolved by "${strategy}" within ${duration}'
    check = "conflicts_told"
    device: Device
    count: int
    strategy: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.count, "strategy": str(self.strategy)}

    def ready(self, world: World) -> bool:
        history, name = world.history, self.device.name
        asked = sum(note.device == name for note in history.notes("task_batch_asked"))
        return 0 < asked <= len(history.of(TaskBatch, name))
