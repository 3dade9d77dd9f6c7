"""Sentences about what a device keeps until the relay has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from syncproof.kernel.agent import AgentError, Operation
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.quantities import Size
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.replicas.checks.outbox import ONE_MORE, WAITING

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KeepsAtMost(Sentence):
    """How many messages may wait at a device to be pushed. It is for the devices of this scenario alone.

    ``count``: a `Number`. The bundled system has 10,000 otherwise.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given devices keep at most 20 messages until they are pushed
    | And Alice and Bob are syncing

    Source: plan Z-5.3 (Z-CORE-02).
    """

    page = "Devices"
    template = "devices keep at most ${count} messages until they are pushed"
    needs = ("settings:outbox_limit",)
    devices_are = "set"
    count: int

    def run(self, world: World) -> None:
        world.topology.settings["outbox_limit"] = self.count


class TakesUpTo(Sentence):
    """How long a message devices take, whatever the relay takes. It is for the devices of this scenario alone.

    ``size``: a `Size`, the bytes of the longest message. The bundled system takes 1 MB, devices and relay alike.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given devices take messages of up to 2 MB
    | And Alice and Bob are syncing
    | When Alice sends 1 message of 1.5 MB
    | Then Alice's sync status should be SyncFailed within 10 seconds

    Source: plan Z-11.4 (Z-LIFE-03).
    """

    page = "Devices"
    template = "devices take messages of up to ${size}"
    needs = ("settings:max_event_bytes",)
    devices_are = "set"
    size: Size

    def run(self, world: World) -> None:
        world.topology.settings["max_event_bytes"] = self.size.bytes


class MessagesWait(Outcome):
    """So many messages of a device must wait there to be pushed, by its own word.

    ``count``: a `Number`, zero included. A message waits from when the device took it until the relay acknowledged it,
    also over a restart.

    Hands over the messages that are due, then waits at most 5 seconds. Fails with ``expected 20 messages of Alice to
    wait to be pushed; 0 do``.

    Example:
    | And Alice goes offline
    | And Alice sends 20 messages
    | Then 20 messages of Alice should wait to be pushed

    Source: plan Z-5.3 (Z-CORE-02), Z-11.4 (Z-LIFE-01).
    """

    template = "${count} messages of ${device} should wait to be pushed"
    check = "outbox_holds"
    needs = ("outbox:memory",)
    wait = SOON
    count: int
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        world.operations.flush()
        return {"wanted": self.count}

    def ready(self, world: World) -> bool:
        node = world.node(self.device.name)
        return node.presence != "silent" and node.agent.status().pending.outbox == self.count

    def look(self, world: World) -> None:
        name = self.device.name
        world.note(WAITING, device=name, waiting=world.node(name).agent.status().pending.outbox)


class RefusesOneMore(Outcome):
    """A device whose outbox is full must refuse one message more, and say that it is full.

    ``possessive``: see `Possessive`.

    Hands over the messages that are due, then asks the device for one message more, which counts for no other sentence.
    Fails with ``expected Alice to refuse one message more because its outbox is full``, and its answer.

    Example:
    | And Alice sends 20 messages
    | Then Alice should refuse one message more because her outbox is full

    Source: plan Z-5.3 (Z-CORE-02).
    """

    template = "${device} should refuse one message more because ${possessive} outbox is full"
    check = "refused"
    needs = ("outbox:memory",)
    device: Device
    possessive: Possessive

    def run(self, world: World) -> None:
        _refuses(world, self.device.name, "one message more", "outbox_full")


class RefusesWithoutRoom(Outcome):
    """A device whose disk is full must refuse one message more, and say why: what it cannot keep it must not take.

    ``possessive``: see `Possessive`.

    Hands over the messages that are due, then asks the device for one message more, which counts for no other sentence.
    Fails with ``expected Alice to refuse one message more because its disk is full``, and its answer. What was refused
    must not arrive anywhere: that is judged at the end of every test.

    Example:
    | When Alice's disk is full after she has received 10 messages
    | Then Alice should refuse one message more because her disk is full

    Source: plan L-2.3; errno(3), ENOSPC.
    """

    template = "${device} should refuse one message more because ${possessive} disk is full"
    check = "refused"
    needs = ("outbox:memory",)
    device: Device
    possessive: Possessive

    def run(self, world: World) -> None:
        _refuses(world, self.device.name, "one message more", "storage")


class RefusesTooLong(Outcome):
    """A device must refuse a message that is too long, counted in bytes as everybody else counts, and say why.

    ``count``: a `Number` of letters. Each is one of an alphabet whose letters have three bytes in UTF-8.

    Hands over the messages that are due, then asks the device for such a message, which counts for no other sentence.
    Fails with ``expected Alice to refuse one message more because it is too long``, and its answer.

    Example:
    | Given devices take messages of up to 2 KB
    | And Alice and Bob are syncing
    | Then Alice should refuse a message of 1000 letters of three bytes each because it is too long

    Source: plan L-1.4.
    """

    template = (
        "${device} should refuse a message of ${count} letters of three bytes each because it is too long"
    )
    check = "refused"
    needs = ("settings:max_event_bytes",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        _refuses(world, self.device.name, "世" * self.count, "too_large")


def _refuses(world: World, name: str, text: str, code: str) -> None:
    """Ask a device for one message more, which it must refuse with this code."""
    world.operations.flush()
    group = world.topology.group
    op_id = f"{group}/{name}/one-more"
    body = json.dumps({"op_id": op_id, "text": text}, ensure_ascii=False)
    try:
        world.node(name).agent.submit(Operation(op_id=op_id, group=group, kind="append", body=body))
        answer = "accepted"
    except AgentError as refused:
        answer = refused.code
    world.note(ONE_MORE, device=name, answer=answer)
    world.verdicts.require("refused", name, code=code)
