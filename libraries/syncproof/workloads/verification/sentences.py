"""Sentences about two devices that verify each other by comparing emoji."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.verification.state import Verifications

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Verifies(Sentence):
    """A device begins to verify another one.

    ``other``: who is asked, a `Device`. Both must be in the group. The other one takes part by itself; what is
    compared and decided is their people's.

    Hands over what is due before, then asks the device, and does not wait. Fails when the device refuses.

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see the same emoji within 10 seconds
    | When Alice confirms that the emoji match

    Source: plan L-0.3.
    """

    page = "Devices"
    template = "${device} verifies ${other}"
    needs = ("verification",)
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.of(Verifications).begin(self.device.name, self.other.name)


class SeeSameEmoji(Outcome):
    """Both devices must show a short authentication string of emoji, and it must be the same.

    ``devices``: those who verify each other, see `Devices`. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits until both show one. Fails when the deadline passes, and at once when the two differ (``expected the
    same emoji on both devices``).

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see the same emoji within 10 seconds

    Source: plan L-0.3.
    """

    template = "${devices} should see the same emoji within ${duration}"
    check = "same_emoji"
    needs = ("verification",)
    devices: Devices
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return world.of(Verifications).of(self.devices)

    def ready(self, world: World) -> bool:
        return world.of(Verifications).all_show(self.devices)


class SeeDifferentEmoji(Outcome):
    """Both devices must show a short authentication string of emoji, and they must not be the same.

    ``devices``: those who verify each other, see `Devices`. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    For a verification that somebody interferes with. Waits until both show one. Fails when the deadline passes,
    and at once when the two are the same (``expected different emoji on Alice and Bob``).

    Example:
    | And a man in the middle swaps the keys of Alice and Bob
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see different emoji within 10 seconds

    Source: plan L-0.3.
    """

    template = "${devices} should see different emoji within ${duration}"
    check = "different_emoji"
    needs = ("verification",)
    devices: Devices
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        if not all(world.faults.is_on(SwappedKeys, device.name) for device in self.devices):
            raise InvalidScenario(
                f"Nobody swaps the keys of {self.devices}. Say first 'a man in the middle swaps the keys of "
                f"{self.devices}'."
            )
        return world.of(Verifications).of(self.devices)

    def ready(self, world: World) -> bool:
        return world.of(Verifications).all_show(self.devices)


class Confirms(Sentence):
    """A person says that both devices show the same emoji.

    Waits at most 60 seconds until the device shows emoji, then tells it. The person is believed: whether the
    strings are the same is judged at the end of every test.

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see the same emoji within 10 seconds
    | And Alice confirms that the emoji match
    | And Bob confirms that the emoji match

    Source: plan L-0.3.
    """

    page = "Devices"
    template = "${device} confirms that the emoji match"
    needs = ("verification",)
    device: Device

    def run(self, world: World) -> None:
        world.of(Verifications).decide(self.device.name, "match")


class Denies(Sentence):
    """A person says that the devices show different emoji.

    Waits at most 60 seconds until the device shows emoji, then tells it. Nobody may be verified after that;
    a test in which somebody is fails in the end.

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see the same emoji within 10 seconds
    | And Bob says that the emoji differ

    Source: plan L-0.3.
    """

    page = "Devices"
    template = "${device} says that the emoji differ"
    needs = ("verification",)
    device: Device

    def run(self, world: World) -> None:
        world.of(Verifications).decide(self.device.name, "mismatch")


class CancelsVerification(Sentence):
    """A person gives a verification up.

    Tells the device at once, whether there is something to compare or not.

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | And Alice cancels the verification
    | Then Alice and Bob should have given up the verification within 10 seconds

    Source: plan L-0.3.
    """

    page = "Devices"
    template = "${device} cancels the verification"
    needs = ("verification",)
    device: Device

    def run(self, world: World) -> None:
        world.of(Verifications).decide(self.device.name, "cancel")


class HaveVerified(Outcome):
    """Both devices must say that they have verified each other.

    ``devices``: see `Devices`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for both. Fails when the deadline passes (``expected the verification to be verified on Alice and
    Bob``). Every test fails in the end in which a device is verified by strings that differ, or by a string
    that one of the two people has not confirmed.

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | And Alice confirms that the emoji match
    | And Bob confirms that the emoji match
    | Then Alice and Bob should have verified each other within 10 seconds

    Source: plan L-0.3.
    """

    template = "${devices} should have verified each other within ${duration}"
    check = "verified"
    needs = ("verification",)
    devices: Devices
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {**world.of(Verifications).of(self.devices), "state": "verified"}

    def ready(self, world: World) -> bool:
        return world.of(Verifications).all_in(self.devices, "verified")


class HaveGivenUp(Outcome):
    """Both devices must say that their verification is cancelled.

    ``devices``: see `Devices`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for both. Fails when the deadline passes (``expected the verification to be cancelled on Alice and
    Bob``).

    Example:
    | When Alice sends 1 message
    | And Alice verifies Bob
    | And Bob says that the emoji differ
    | Then Alice and Bob should have given up the verification within 10 seconds

    Source: plan L-0.3.
    """

    template = "${devices} should have given up the verification within ${duration}"
    check = "verified"
    needs = ("verification",)
    devices: Devices
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {**world.of(Verifications).of(self.devices), "state": "cancelled"}

    def ready(self, world: World) -> bool:
        return world.of(Verifications).all_in(self.devices, "cancelled")
