"""Sentences about somebody who sits between two devices that verify each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.man_in_the_middle import How
from syncproof.faults.man_in_the_middle.program import ManInTheMiddle
from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.kernel.cast import Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_NEEDS = ("verification", "other_client")


class SwapsKeys(Sentence):
    """Somebody sits between two devices and their relay, and agrees on a secret with each of them.

    ``devices``: two, see `Devices`. Everything that they tell the relay goes through a program of its own, which
    puts its own key in the place of theirs in every verification, and commits to it in time. So each device
    verifies the man in the middle, and neither can know: only the strings that people compare tell.

    Acts at once; the devices connect anew. Lasts to the end of the test. Inconclusive when no device was given
    another key, or when nothing was outstanding meanwhile. Fails at once where the relay was killed and has not
    been restarted.

    Example:
    | Given Alice and Bob are syncing
    | And a man in the middle swaps the keys of Alice and Bob
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should see different emoji within 10 seconds

    Source: plan L-0.3.
    """

    page = "Network"
    template = "a man in the middle swaps the keys of ${devices}"
    formerly = ("somebody between ${devices} swaps their keys",)
    needs = _NEEDS
    devices: Devices

    def run(self, world: World) -> None:
        _swap_keys(world, self.devices, "early")


class SwapsKeysLate(Sentence):
    """Like `a man in the middle swaps the keys of ${devices}`, by somebody who first waits for both keys.

    ``devices``: two, see `Devices`. Who knows both keys can try own ones until the strings are the same. To know
    them in time it has to pass on what one device committed to, and then show another key: the other device must
    notice that, and give up.

    Acts, ends and fails like `a man in the middle swaps the keys of ${devices}`.

    Example:
    | And at the last moment a man in the middle swaps the keys of Alice and Bob
    | When Alice sends 1 message
    | And Alice verifies Bob
    | Then Alice and Bob should have given up the verification within 10 seconds

    Source: plan L-0.3.
    """

    page = "Network"
    template = "at the last moment a man in the middle swaps the keys of ${devices}"
    formerly = ("somebody between ${devices} swaps their keys at the last moment",)
    needs = _NEEDS
    devices: Devices

    def run(self, world: World) -> None:
        _swap_keys(world, self.devices, "late")


class SwapsIdentityKeys(Sentence):
    """Like `a man in the middle swaps the keys of ${devices}`, but only the keys by which each is known from then on.

    ``devices``: two, see `Devices`. The strings are the same. Where a person says so, that device sends its identity
    key, and the other one gets another key. It has to notice that this does not come from whom it shares the secret
    with, and give up: at once, so that there is nothing left for its own person to confirm.

    Acts, ends and fails like `a man in the middle swaps the keys of ${devices}`.

    Example:
    | And a man in the middle swaps the identity keys of Alice and Bob
    | When Alice sends 1 message
    | And Alice verifies Bob
    | And Alice confirms that the emoji match
    | Then Alice and Bob should have given up the verification within 10 seconds

    Source: plan L-0.3.
    """

    page = "Network"
    template = "a man in the middle swaps the identity keys of ${devices}"
    formerly = ("somebody between ${devices} swaps their identity keys",)
    needs = _NEEDS
    devices: Devices

    def run(self, world: World) -> None:
        _swap_keys(world, self.devices, "identity")


def _swap_keys(world: World, devices: Devices, how: How) -> None:
    names = [device.name for device in devices]
    if len(names) != 2:
        raise InvalidScenario(f"Two devices verify each other, and this sentence names {len(names)}.")
    links = tuple(world.node(name).link for name in names)
    if world.faults.ended_process(world.topology.server.name, now=True):
        raise InvalidScenario(
            "Nobody can get between two devices and a relay that is dead: say first when the relay is restarted, "
            "or make it two tests."
        )
    test_bed = world.test_bed
    man_in_the_middle = ManInTheMiddle(
        test_bed.stack, test_bed.fresh_directory("man_in_the_middle"), test_bed.server.address, how
    )
    world.faults.begin(SwappedKeys(links, man_in_the_middle, world.topology.name_of, how))
