"""Sentences about many requests at once, many connections, and a load that lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.tasks.load import Load
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SendAtOnce(Sentence):
    """How many requests each client may have under way at once, no two of them about one task.

    ``count``: a `Number`, at least 1. It is for the clients of this scenario alone. Changes of different tasks have no
    order then, and none is judged.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given clients send 10 requests at once
    | And Alice and Bob work on one repository

    Source: plan M-10, M-12.
    """

    page = "Devices"
    template = "clients send ${count} requests at once"
    needs = ("settings:workers",)
    devices_are = "set"
    count: int

    def run(self, world: World) -> None:
        if self.count < 1:
            raise InvalidScenario(f"A client cannot send {self.count} requests at once: at least 1.")
        world.topology.settings["workers"] = self.count
        world.note("sends_at_once", count=self.count)


class CreatesTasksOver(Sentence):
    """Let a client create tasks one by one, evenly spread over a time, and measure the server's memory meanwhile.

    ``count``: a `Number`. ``duration``: a `Duration` that begins with this sentence; TIME_SCALE applies.

    Enqueues.

    Example:
    | When Alice creates 300 tasks over 60 seconds
    | Then the relay should have answered all of 300 requests, with at most 4 MB more memory in the end

    Source: plan M-15.
    """

    page = "Devices"
    template = "${device} creates ${count} tasks over ${duration}"
    roles = ("sends",)
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        over_ns = world.scaled_ns(self.duration)
        world.of(Tasks).create_many(self.device.name, self.count, over_ns)
        world.of(Load).measure(over_ns)


class CreatesTasksAtOnce(Sentence):
    """Let a client create tasks, all of which it is asked for at one moment; each is a request of its own.

    ``count``: a `Number`; at a TIME_SCALE below 1 the load is smaller by as much, as its bounds in time are.

    Waits until what was asked before is handed over, then asks the client at once. How many requests are under way
    together is the client's setting.

    Example:
    | Given clients send 10 requests at once
    | And Alice and Bob work on one repository
    | When Alice creates 1000 tasks at once
    | Then Bob should have every task within 10 seconds

    Source: plan M-12.
    """

    page = "Devices"
    template = "${device} creates ${count} tasks at once"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        count = max(1, round(self.count * min(1.0, world.scale)))
        world.of(Tasks).create_at_once(self.device.name, count)


class WatchesWith(Sentence):
    """Let a client open further connections, each subscribed to the repository and told of all its changes.

    ``count``: a `Number` of connections, all over the client's own link. They are not dialled again when they are lost.

    Waits until the server has confirmed all of them, at most 20 seconds.

    Example:
    | When Bob watches with 200 connections
    | And Alice creates 20 tasks
    | Then Bob's 200 connections should be told of all changes within 10 seconds

    Source: plan M-14.
    """

    page = "Devices"
    template = "${device} watches with ${count} connections"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Load).watch(self.device.name, self.count)


class RequestsTook(Outcome):
    """All that a client was asked for must have been done within a time, so many requests at once.

    ``least``: a `Number`, how many must have been under way together at one moment. ``most``: a `Duration` from when
    the first began; TIME_SCALE applies.

    Waits until everything is at rest, see `Rest`. Fails for fewer requests than the client was asked for, for more
    time, and when fewer were under way at once.

    Example:
    | Given clients send 10 requests at once
    | And Alice and Bob work on one repository
    | When Alice creates 1000 tasks at once
    | Then Alice's requests, 10 at once, should have taken at most 30 seconds

    Source: plan M-12.
    """

    template = "${device}'s requests, ${least} at once, should have taken at most ${most}"
    check = "requests_took"
    device: Device
    least: int
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        most_ms = round(world.scaled_s(self.most) * 1000 + world.slack_ns / 1e6)
        number = world.of(Tasks).changes_of(self.device.name)
        return {"number": number, "at_once": self.least, "most_ms": most_ms}


class UsedFewConnections(Outcome):
    """All requests of a client must have gone over few connections, which were used again and again.

    ``count``: a `Number` of connections that its link may have seen from the beginning, that of its notifications
    included; the proxy counts them. ``least``: a `Number` of requests that were wanted at once.

    Waits until everything is at rest, see `Rest`. Fails for more connections; inconclusive when fewer requests
    were under way at once, and where the Toxiproxy does not count connections.

    Example:
    | Given clients send 10 requests at once
    | And Alice and Bob work on one repository
    | When Alice creates 300 tasks at once
    | Then Alice should have opened at most 5 connections for 10 requests at once

    Source: plan M-10.
    """

    template = "${device} should have opened at most ${count} connections for ${least} requests at once"
    check = "few_connections"
    device: Device
    count: int
    least: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count, "at_once": self.least}

    def look(self, world: World) -> None:
        node = world.node(self.device.name)
        world.note("connections", device=node.name, count=node.link.connections())


class WatchersTold(Outcome):
    """Each of a client's further connections must be told of every change once, all in one order.

    ``count``: a `Number` of connections. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected 200 connections of Bob to be told of 20 changes``), when one was
    told twice, and when two were told in different orders.

    Example:
    | When Bob watches with 200 connections
    | And Alice creates 20 tasks
    | Then Bob's 200 connections should be told of all changes within 10 seconds

    Source: plan M-14.
    """

    template = "${device}'s ${count} connections should be told of all changes within ${duration}"
    has_singular = False
    check = "all_watchers_told"
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.count}

    def ready(self, world: World) -> bool:
        name, wanted = self.device.name, world.of(Tasks).changes - len(world.history.refusals)
        return (
            len(world.history.delivered(name)) >= wanted and world.of(Load).told(name) >= self.count * wanted
        )


class LoadStaysFlat(Outcome):
    """Under a load that lasted, no request must have failed, and the server's memory must not have grown.

    ``count``: a `Number` of requests that there must have been. ``size``: a `Size` by which the server's memory may be
    larger in the last quarter of the load than in its second.

    Waits until everything is at rest, see `Rest`. Fails for a request that was not answered well, in whichever quarter,
    and for more memory; unknown for fewer requests.

    Example:
    | When Alice creates 300 tasks over 60 seconds
    | Then the relay should have answered all of 300 requests, with at most 4 MB more memory in the end

    Source: plan M-15.
    """

    template = (
        "the relay should have answered all of ${count} requests, with at most ${size} more memory in the end"
    )
    check = "flat_load"
    count: int
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"least": self.count, "growth_bytes": self.size.bytes}
