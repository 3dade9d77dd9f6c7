"""Sentences about clients that work on one repository: tasks that they create, change and delete, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class WorkOnRepository(Sentence):
    """Start clients of a task server, subscribe them to one fresh repository, and wait until all are live.

    ``devices``: two or more of the cast, see `Devices`. Each is a process of its own, with data and a network of its
    own; it sends its changes over HTTP, and is notified of all changes over a WebSocket. This is the first sentence of
    every scenario about tasks and comes once.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to be syncing``. Fails at once when the scenario has
    introduced its devices before.

    Example:
    | Given Alice and Bob work on one repository
    | When Alice creates task "report"

    Source: plan M-01.
    """

    page = "Devices"
    template = "${devices} work on one repository"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.topology.meet([device.name for device in self.devices])


class CreatesTask(Sentence):
    """Let a client create a task.

    ``task``: a `Text`, its name, which no task of this scenario has.

    Enqueues; the request leaves as soon as the scenario waits for something. Fails at once for a name that is taken.

    Example:
    | When Alice creates task "report"
    | Then Bob should be notified of task "report" within 2 seconds

    Source: plan M-01.
    """

    page = "Devices"
    template = '${device} creates task "${task}"'
    roles = ("sends",)
    device: Device
    task: Text

    def run(self, world: World) -> None:
        world.of(Tasks).create(self.device.name, str(self.task))


class CreatesLargeTask(Sentence):
    """Let a client create a task whose text has a size.

    ``task``: a `Text`, its name, which no task of this scenario has. ``size``: a `Size`, of the text alone.

    Otherwise like `${device} creates task "${task}"`.

    Example:
    | When Alice's bandwidth is limited to 1 KB/s
    | And Alice creates task "report" of 10 KB

    Source: plan M-05.
    """

    page = "Devices"
    template = '${device} creates task "${task}" of ${size}'
    roles = ("sends",)
    device: Device
    task: Text
    size: Size

    def run(self, world: World) -> None:
        world.of(Tasks).create(self.device.name, str(self.task), self.size.bytes)


class CreatesTasks(Sentence):
    """Let a client create tasks that the scenario does not name, one request each.

    ``count``: a `Number`. They are called ``task 1``, ``task 2`` and so on.

    Enqueues; the client sends them one after the other.

    Example:
    | When Alice creates 20 tasks
    | Then Bob should have 20 tasks within 10 seconds

    Source: plan M-12.
    """

    page = "Devices"
    template = "${device} creates ${count} tasks"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Tasks).create_many(self.device.name, self.count)


class UpdatesTask(Sentence):
    """Let a client change what a task says, whatever version the server has by then.

    ``task``: a `Text`, one that a client created before. ``text``: a `Text`, what it says from then on.

    Waits at most 60 seconds until the client knows of all that was asked of the task before, then enqueues. Fails at
    once for a task that nobody created.

    Example:
    | When Alice creates task "report"
    | And Bob updates task "report" to "half done"

    Source: plan M-02.
    """

    page = "Devices"
    template = '${device} updates task "${task}" to "${text}"'
    roles = ("sends",)
    device: Device
    task: Text
    text: Text

    def run(self, world: World) -> None:
        world.of(Tasks).asked(str(self.task))
        world.of(Tasks).wait_until_told(self.device.name, str(self.task))
        world.of(Tasks).update(self.device.name, str(self.task), str(self.text))


class DeletesTask(Sentence):
    """Let a client delete a task.

    ``task``: a `Text`, one that a client created before.

    Enqueues. Fails at once for a task that nobody created.

    Example:
    | When Alice creates task "report"
    | And Alice deletes task "report"
    | Then Bob should not have task "report" within 5 seconds

    Source: plan M-18.
    """

    page = "Devices"
    template = '${device} deletes task "${task}"'
    roles = ("sends",)
    device: Device
    task: Text

    def run(self, world: World) -> None:
        world.of(Tasks).delete(self.device.name, str(self.task))
