"""Sentences about what clients must know of tasks, and how their requests must have gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.text import Text
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsNotified(Outcome):
    """A client must be notified over its WebSocket of all that was asked of a task, in the last version.

    ``task``: a `Text`, one that a client created before. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to be notified of task "report"``).

    Example:
    | When Alice creates task "report"
    | Then Bob should be notified of task "report" within 2 seconds

    Source: plan M-01.
    """

    template = '${device} should be notified of task "${task}" within ${duration}'
    check = "notified"
    device: Device
    task: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Tasks).asked(str(self.task))
        return {"task": str(self.task)}

    def ready(self, world: World) -> bool:
        asked = world.of(Tasks).asked(str(self.task))
        return {each.op_id for each in asked} <= world.history.delivered(self.device.name).keys()


class HaveTask(Outcome):
    """Clients must all have a task, and it must say that.

    ``devices``: see `Devices`. ``task``: a `Text`, one that a client created before. ``text``: a `Text`, what a client
    was asked to make it say. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for all. Fails when the deadline passes (``expected Alice and Bob to have task "report" as "half done"``).

    Example:
    | When Bob updates task "report" to "half done"
    | Then Alice and Bob should have task "report" as "half done" within 5 seconds

    Source: plan M-06.
    """

    template = '${devices} should have task "${task}" as "${text}" within ${duration}'
    check = "task_says"
    devices: Devices
    task: Text
    text: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Tasks).asked(str(self.task))
        return {"task": str(self.task), "text": str(self.text)}

    def ready(self, world: World) -> bool:
        tasks = world.of(Tasks)
        return all(tasks.says(name, str(self.task), str(self.text)) for name in self.actors)

    @property
    def judged(self) -> tuple[str | None, ...]:
        return self.actors


class DoesNotHaveTask(Outcome):
    """A client must have been told that a task is deleted.

    ``task``: a `Text`, one that a client created before. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to have no task "report"``).

    Example:
    | When Alice deletes task "report"
    | Then Bob should not have task "report" within 5 seconds

    Source: plan M-18.
    """

    template = '${device} should not have task "${task}" within ${duration}'
    check = "task_says"
    device: Device
    task: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Tasks).asked(str(self.task))
        return {"task": str(self.task), "text": ""}

    def ready(self, world: World) -> bool:
        told = world.of(Tasks).told(self.device.name, str(self.task))
        return told is not None and told.kind == "delete"


class HasTasks(Outcome):
    """A client must have so many tasks that are not deleted, 0 as well, once it was told of each.

    ``count``: a `Number`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the client was told of every task that was asked for and not refused, and has so many. Fails when the
    deadline passes (``expected Bob to have 20 tasks``); 0 tasks as unknown for a client that was told of none by then.

    Example:
    | When Alice creates 20 tasks
    | Then Bob should have 20 tasks within 10 seconds

    Source: plan M-12.
    """

    template = "${device} should have ${count} tasks within ${duration}"
    check = "task_count"
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.count}

    def ready(self, world: World) -> bool:
        tasks = world.of(Tasks)
        return tasks.knows_every_task(self.device.name) and tasks.living(self.device.name) == self.count


class HasAllTasks(Outcome):
    """A client must have as many tasks as there are, once all that clients were asked for is done.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to have 100 tasks``).

    Example:
    | When Alice creates 1000 tasks at once
    | Then Bob should have every task within 10 seconds

    Source: plan M-12.
    """

    template = "${device} should have every task within ${duration}"
    check = "task_count"
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"number": world.of(Tasks).left}

    def ready(self, world: World) -> bool:
        tasks = world.of(Tasks)
        return tasks.knows_every_task(self.device.name) and tasks.living(self.device.name) == tasks.left


class RequestTook(Outcome):
    """The last request that a client had answered must have taken at least so long, and not longer than that.

    ``least``, ``most``: a `Duration` each; TIME_SCALE applies. It counts from the first attempt to the answer.

    Waits until everything is at rest, see `Rest`. Fails when it took less or more.

    Example:
    | When Alice's latency varies by 100 ms around 500 ms
    | And Alice creates task "report"
    | Then Alice's request should have taken 400 ms to 10 seconds

    Source: plan M-03.
    """

    template = "${device}'s request should have taken ${least} to ${most}"
    check = "request_time"
    device: Device
    least: Duration
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        most = world.scaled_s(self.most) * 1000 + world.slack_ns / 1e6
        return {"least_ms": round(world.scaled_s(self.least) * 1000), "most_ms": round(most)}


class SlowedDown(Outcome):
    """A client must have asked too often, been told when to come again, come no sooner, and been admitted then.

    Waits until everything is at rest, see `Rest`. Fails when no request was answered 429, when an answer 429 does
    not say when to come again, and when a client came before that, or was refused then.

    Example:
    | When Alice creates 105 tasks
    | Then Alice should be slowed down and admitted again

    Source: plan M-16.
    """

    template = "${device} should be slowed down and admitted again"
    check = "slowed_down"
    device: Device


class Retried(Outcome):
    """A client must have sent its last answered request several times, and it must have been answered in the end.

    ``count``: a `Number` of attempts at least.

    Waits until everything is at rest, see `Rest`. Fails for fewer attempts.

    Example:
    | When Alice's connections time out after 100 ms until a request has failed
    | And Alice creates task "report"
    | Then Alice's request should have needed at least 2 attempts

    Source: plan M-04.
    """

    template = "${device}'s request should have needed at least ${count} attempts"
    check = "attempts"
    device: Device
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"least": self.count}


class RequestsBackedOff(Outcome):
    """A client's requests must have been sent again after pauses that doubled up to a limit.

    The manifest says the first pause, the limit, and by which part chance moves them (``retry_base_s``,
    ``retry_max_s``, ``retry_jitter``); TIME_SCALE applies.

    Waits until everything is at rest, see `Rest`. Fails for a pause that was shorter or longer
    than that, and for a request that came before its pause was over; as unknown when none was sent again four times.

    Example:
    | When the relay is killed after Bob has been notified of 4 changes
    | And the relay is restarted after 20 seconds
    | Then Alice's requests should have backed off

    Source: plan M-09.
    """

    template = "${device}'s requests should have backed off"
    check = "request_backoff"
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        topology = world.topology
        return {
            "base_ms": round(topology.setting_ns("retry_base_s") / 1e6),
            "max_ms": round(topology.setting_ns("retry_max_s") / 1e6),
            "jitter_percent": round(topology.setting("retry_jitter") * 100),
        }
