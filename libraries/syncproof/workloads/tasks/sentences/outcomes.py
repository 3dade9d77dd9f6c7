"""Sentences about what clients must know of tasks, and how their requests must have gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.tasks.records import TaskRequest
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsNotified(Sentence):
    """A client must be notified over its WebSocket of all that was asked of a task, in the last version.

    ``task``: a `Text`, one that a client created before. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to be notified of task "report"``).

    Example:
    | When Alice creates task "report"
    | Then Bob should be notified of task "report" within 2 seconds

    Source: plan M-01.
    """

    page = "Outcome"
    template = '${device} should be notified of task "${task}" within ${duration}'
    device: Device
    task: Text
    duration: Duration

    def run(self, world: World) -> None:
        name, tasks = self.device.name, world.of(Tasks)
        asked = {each.op_id for each in tasks.asked(str(self.task))}
        what = f'{name} to be notified of task "{self.task}"'
        world.verdicts.within(
            "notified", what, lambda: asked <= world.history.delivered(name).keys(), self.duration, name
        )


class HaveTask(Sentence):
    """Clients must all have a task, and it must say that.

    ``devices``: see `Devices`. ``task``: a `Text`, one that a client created before. ``text``: a `Text`, what a client
    was asked to make it say. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for all. Fails when the deadline passes (``expected Alice and Bob to have task "report" as "half done"``).

    Example:
    | When Bob updates task "report" to "half done"
    | Then Alice and Bob should have task "report" as "half done" within 5 seconds

    Source: plan M-06.
    """

    page = "Outcome"
    template = '${devices} should have task "${task}" as "${text}" within ${duration}'
    devices: Devices
    task: Text
    text: Text
    duration: Duration

    def run(self, world: World) -> None:
        names, tasks = [device.name for device in self.devices], world.of(Tasks)
        tasks.asked(str(self.task))
        world.verdicts.within(
            "task_says",
            f'{" and ".join(names)} to have task "{self.task}" as "{self.text}"',
            lambda: all(tasks.says(name, str(self.task), str(self.text)) for name in names),
            self.duration,
            names[0],
        )


class DoesNotHaveTask(Sentence):
    """A client must have been told that a task is deleted.

    ``task``: a `Text`, one that a client created before. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to have no task "report"``).

    Example:
    | When Alice deletes task "report"
    | Then Bob should not have task "report" within 5 seconds

    Source: plan M-18.
    """

    page = "Outcome"
    template = '${device} should not have task "${task}" within ${duration}'
    device: Device
    task: Text
    duration: Duration

    def run(self, world: World) -> None:
        name, tasks = self.device.name, world.of(Tasks)
        tasks.asked(str(self.task))
        world.verdicts.within(
            "task_says",
            f'{name} to have no task "{self.task}"',
            lambda: (told := tasks.told(name, str(self.task))) is not None and told.kind == "delete",
            self.duration,
            name,
        )


class HasTasks(Sentence):
    """A client must have so many tasks that are not deleted.

    ``count``: a `Number`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to have 20 tasks``).

    Example:
    | When Alice creates 20 tasks
    | Then Bob should have 20 tasks within 10 seconds

    Source: plan M-12.
    """

    page = "Outcome"
    template = "${device} should have ${count} tasks within ${duration}"
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        name, tasks = self.device.name, world.of(Tasks)
        what = f"{name} to have {self.count} tasks"
        world.verdicts.within("notified", what, lambda: tasks.living(name) == self.count, self.duration, name)


class RequestTook(Sentence):
    """The last request that a client had answered must have taken at least so long, and not longer than that.

    ``least``, ``most``: a `Duration` each; TIME_SCALE applies. It counts from the first attempt to the answer.

    Waits at most 60 seconds until the client waits for no answer any more. Fails when it took less or more.

    Example:
    | When Alice's latency varies by 100 ms around 500 ms
    | And Alice creates task "report"
    | Then Alice's request should have taken 400 ms to 10 seconds

    Source: plan M-03.
    """

    page = "Outcome"
    template = "${device}'s request should have taken ${least} to ${most}"
    device: Device
    least: Duration
    most: Duration

    def run(self, world: World) -> None:
        name = self.device.name
        wait_for_answers(world, name)
        bounds = {"least_ms": round(world.scaled_s(self.least) * 1000)}
        most = round(world.scaled_s(self.most) * 1000 + world.slack_ns / 1e6)
        world.verdicts.require("request_time", name, **bounds, most_ms=most)


class SlowedDown(Sentence):
    """A client must have asked too often, been told when to come again, come no sooner, and been admitted then.

    ``duration``: a `Duration` for all of it; for when it begins see `Deadlines`.

    Waits until the client waits for no answer any more. Fails when no request was answered 429, when an answer 429 does
    not say when to come again, and when a client came before that, or was refused then.

    Example:
    | When Alice creates 105 tasks
    | Then Alice should be slowed down and admitted again within 70 seconds

    Source: plan M-16.
    """

    page = "Outcome"
    template = "${device} should be slowed down and admitted again within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        name = self.device.name
        world.wait_for(lambda: not unanswered(world, name), self.duration.seconds)
        world.verdicts.require("slowed_down", name)


class RequestsBackedOff(Sentence):
    """A client's requests must have been sent again after pauses that doubled up to a limit.

    The manifest says the first pause, the limit, and by which part chance moves them (``retry_base_s``,
    ``retry_max_s``, ``retry_jitter``); TIME_SCALE applies.

    Waits at most 60 seconds until the client waits for no answer any more. Fails for a pause that was shorter or longer
    than that, and for a request that came before its pause was over; as unknown when none was sent again four times.

    Example:
    | When the relay is killed after Bob has been notified of 4 changes
    | And the relay is restarted after 20 seconds
    | Then Alice's requests should have backed off

    Source: plan M-09.
    """

    page = "Outcome"
    template = "${device}'s requests should have backed off"
    device: Device

    def run(self, world: World) -> None:
        name, topology = self.device.name, world.topology
        wait_for_answers(world, name)
        world.verdicts.require(
            "request_backoff",
            name,
            base_ms=round(topology.setting_ns("retry_base_s") / 1e6),
            max_ms=round(topology.setting_ns("retry_max_s") / 1e6),
            jitter_percent=round(topology.setting("retry_jitter") * 100),
        )


def unanswered(world: World, name: str) -> int:
    """How many changes a client was asked for that are not settled."""
    operations, history = world.operations, world.history
    asked = (operations.op_id(name, n + 1) for n in range(operations.author(name).enqueued))
    return sum(history.outcome(op_id) is None for op_id in asked)


def wait_for_answers(world: World, name: str) -> None:
    """Let the world move until a client has all its answers. Raises AssertionError where it does not come to that."""
    world.run_until(f"{name} to have all answers", lambda: not unanswered(world, name), 60.0)
    world.read_evidence()


class Retried(Sentence):
    """A client must have sent its last answered request several times, and it must have been answered in the end.

    ``count``: a `Number` of attempts at least.

    Waits at most 60 seconds until the client waits for no answer any more. Fails for fewer attempts.

    Example:
    | When Alice's connections break off after 100 B
    | And Alice creates task "report"
    | Then Alice's request should have needed at least 2 attempts

    Source: plan M-04.
    """

    page = "Outcome"
    template = "${device}'s request should have needed at least ${count} attempts"
    device: Device
    count: int

    def run(self, world: World) -> None:
        name = self.device.name
        wait_for_answers(world, name)
        done = [line for line in world.history.of(TaskRequest, name) if line.done]
        attempts = done[-1].attempt if done else 0
        if attempts < self.count:
            raise world.verdicts.failed(
                "attempts",
                f"expected {name}'s request to need at least {self.count} attempts; it needed {attempts}",
            )
