"""Sentences about how a device recovered: it noticed, it tried again, it is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.recovery.checks.storm import back

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RetriesScheduled(Outcome):
    """A device must have scheduled a retry since the first fault of the scenario began.

    Waits until all that was enqueued is done and every fault that was taken away is proved to have ended, and
    then 5 seconds more, unless a retry is on record before. Fails with ``expected Bob to have scheduled a
    retry since the first fault began``. Without a fault in the scenario any retry of the test will do.

    Example:
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should have scheduled retries

    Source: plan L-1.1, L-1.4.
    """

    template = "${device} should have scheduled retries"
    check = "retries"
    wait = SOON
    device: Device

    def ready(self, world: World) -> bool:
        since = min((entry.started_ns for entry in world.faults.entries), default=world.opened_ns)
        return any(retry.t_ns >= since for retry in world.history.of(records.Retry, self.device.name))


class NoticesSilence(Outcome):
    """A device must have given up its silent connection by itself, before the silence ended.

    Lets all that was enqueued happen first; then looks at the record: between the beginning of the last
    silence and its end the device must have reported that it is no longer connected.

    Fails with ``expected Bob to find out that nobody answers any more``; at once when no silence of this
    device has begun and ended in the scenario.

    Example:
    | And Bob's network goes silent after he has received 20 messages
    | And Bob's network is restored after 30 seconds
    | Then Bob should receive all 50 messages within 60 seconds
    | And Bob should have noticed the silence

    Source: plan L-1.1.
    """

    template = "${device} should have noticed the silence"
    check = "noticed"
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        world.let_pass()
        ended = [e.fault for e in world.faults.entries if e.fault.silences and e.state == "ended"]
        if not any(self.device.name in fault.relevant_to for fault in ended):
            raise InvalidScenario(
                f"{self.device}'s network has not been silent in this scenario, or still is."
            )
        return {}


class IsSyncingAgain(Outcome):
    """A device must be connected and live.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all that was enqueued has happened, the faults that ended are proved to have healed, and the
    last state that the device reported is ``live``. Fails when the deadline passes (``expected Bob to be
    syncing again``).

    Example:
    | When Bob comes online
    | Then Bob should be syncing again within 10 seconds

    Source: plan L-1.2.
    """

    template = "${device} should be syncing again within ${duration}"
    check = "live"
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.topology.syncs(self.device.name)
        return {}

    def ready(self, world: World) -> bool:
        told = world.history.connections.get(self.device.name)
        return (
            not world.scheduler.pending
            and not world.faults.healing
            and told is not None
            and told.state == "live"
            and told.t_ns > world.history.killed(self.device.name)
        )


class TimesOut(Outcome):
    """A device must have given an exchange up by itself, in a timeout that says so.

    Waits until everything is at rest, see `Rest`. While a fault of the device was on, an exchange of it must have
    failed whose reason speaks of a timeout. Fails with ``expected an exchange of Alice to end in a timeout during the
    fault`` and the reasons there were; as unknown without a fault.

    Example:
    | When Alice's upstream bandwidth is limited to 1 KB/s
    | And Alice sends 1 message of 60 KB
    | And Alice's bandwidth is back after 40 seconds
    | Then Bob should receive everything within 30 seconds
    | And Alice should have timed out

    Source: plan Z-8.4 (T-BW-03).
    """

    template = "${device} should have timed out"
    check = "timed_out"
    device: Device


class ReconnectionsSpreadOut(Outcome):
    """Devices that lost their connections at once must not all come back at once.

    Of each device that tried three times or more in a row to connect: its pauses must have grown as the product's
    backoff says (``retry_base_s``, ``retry_max_s``, ``retry_jitter``), it must have kept to them, and no two devices
    may have chosen the same pause. A longer pause is right.

    Waits until everything is at rest, see `Rest`. Fails with ``expected devices to return one by one``, or with the
    pause that was too short; as unknown when fewer than two devices tried so often.

    Example:
    | When the networks of Alice and Bob are cut
    | And Alice sends 20 messages
    | And the networks of Alice and Bob are restored after 10 seconds
    | Then reconnections should have been spread out

    Source: plan Z-8.4 (T-CONN-04).
    """

    template = "reconnections should have been spread out"
    check = "spread_out"
    needs = ("settings:retry_jitter",)

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "base_ns": world.topology.setting_ns("retry_base_s"),
            "max_ns": world.topology.setting_ns("retry_max_s"),
            "jitter_percent": round(world.topology.setting("retry_jitter") * 100),
        }


class SharesNetwork(Sentence):
    """Let more devices be on the network of a device: they reach the server as it does, and lose it when it does.

    ``possessive``: see `Possessive`. ``count``: a `Number` of devices. They are in no group and say nothing: what is
    judged of them is how they come back.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given Bob shares his network with 50 more devices
    | And Alice and Bob are syncing

    Source: plan Z-8.4 (T-CONN-04).
    """

    page = "Devices"
    template = "${device} shares ${possessive} network with ${count} more devices"
    needs = ("clients:crowd",)
    devices_are = "set"
    device: Device
    possessive: Possessive
    count: int

    def run(self, world: World) -> None:
        world.topology.settings_of.setdefault(self.device.name, {})["companions"] = self.count
        world.topology.use_client(self.device.name, "crowd")


class CrowdSpreadOut(Outcome):
    """The devices on a network that was away must all come back, each by itself: spread over time, by what chance adds.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    The plan's figures for a chance of up to 5 seconds: 100 attempts or more, spread
    over 2 seconds at least, and no 100 ms with more than three times their share; they scale with what chance adds.
    Where attempts are so few that chance alone makes that more often than once in a million scenarios, as much more is
    right as chance makes.

    Waits until everything that was enqueued has happened and all of them are live. Fails with ``expected all 50 devices
    to be back``, or with ``expected no 100 ms with more than 37 of 625 attempts``; as unknown when fewer attempts are
    on record.

    Example:
    | When Bob's network is cut
    | And Alice sends 20 messages
    | And Bob's network is restored after 60 seconds
    | Then the devices on Bob's network should come back spread out within 40 seconds

    Source: plan Z-8.4 (T-CONN-04), Z-5.3.
    """

    template = "the devices on ${device}'s network should come back spread out within ${duration}"
    check = "storm_spread"
    needs = ("settings:retry_jitter_s",)
    device: Device
    duration: Duration

    def ready(self, world: World) -> bool:
        return (
            not world.scheduler.pending
            and not world.faults.healing
            and back(world.history, self.device.name, world.scheduler.now()) == self._members(world)
        )

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "members": self._members(world),
            "base_ns": world.topology.setting_ns("retry_base_s"),
            "max_ns": world.topology.setting_ns("retry_max_s"),
            "jitter_ns": world.topology.setting_ns("retry_jitter_s"),
        }

    def _members(self, world: World) -> int:
        """Raises InvalidScenario where nobody shares the device's network."""
        members = world.topology.settings_of.get(self.device.name, {}).get("companions", 0)
        if not members:
            raise InvalidScenario(f"{self.device} shares his network with nobody in this scenario.")
        return round(members)


class RecoversWithin(Outcome):
    """The last message that had to come must have come this soon after the proved end of the last fault.

    ``at_most``: a `Duration`; TIME_SCALE applies, and the slack of `Deadlines` is added. What had to come is
    all that was sent before that end, at every device.

    Waits until everything is at rest, see `Rest`. Fails with ``recovery took 21.4 s after the last fault
    ended`` and the message that came last, or with what never came; as unknown when there was no fault, when
    one has not ended, or when nothing had been sent before that end.

    Example:
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds
    | And recovery should have taken at most 15 seconds

    Source: plan L-1.2.
    """

    template = "recovery should have taken at most ${at_most}"
    check = "recovery_bound"
    at_most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"bound_ns": world.scaled_ns(self.at_most) + world.slack_ns}
