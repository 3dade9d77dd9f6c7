"""Sentences about what devices run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.platforms.checks import SAID
from syncproof.workloads.platforms.platform import HERE, Platform

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RunsOn(Sentence):
    """On which platform a device is, for this scenario alone.

    ``platform``: a `Platform`. What the harness starts runs on Linux. Of any other platform the run names an agent of
    the product that runs there (``--variable WINDOWS_AGENT_URL:http://192.168.1.6:8701``), with the address at which
    that machine reaches this one (``LINKS_HOST``); the test is skipped where it does not. What that agent has delivered
    before counts for nothing, and its times are put on the clock of this machine. Nothing can be done to its process.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given Bob runs on Windows
    | And Alice and Bob are syncing

    Source: plan X-PLAT-01 to X-PLAT-04.
    """

    page = "Devices"
    template = "${device} runs on ${platform}"
    devices_are = "set"
    device: Device
    platform: Platform

    def run(self, world: World) -> None:
        if self.platform is not HERE:
            world.topology.use_platform(self.device.name, str(self.platform))


class ShouldRunOn(Outcome):
    """A device must be on the platform that the scenario is about, by its agent's own word.

    ``platform``: a `Platform`. Asks the agent. Fails with ``expected Bob to run on Windows, it runs on Linux``; as
    unknown where its agent does not say.

    Example:
    | Then Bob should receive all 20 messages within 20 seconds
    | And Bob should run on Windows

    Source: plan X-PLAT-01 to X-PLAT-04.
    """

    template = "${device} should run on ${platform}"
    check = "runs_on"
    wait = SOON
    device: Device
    platform: Platform

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"platform": str(self.platform)}

    def ready(self, world: World) -> bool:
        del world
        return True

    def look(self, world: World) -> None:
        name = self.device.name
        world.note(SAID, device=name, platform=world.node(name).agent.about().platform)
