"""Sentences about who stands or listens between devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.faults.tap.program import Tap
from syncproof.faults.tls_in_the_middle.fault import BetweenTwo
from syncproof.kernel.cast import Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.keys.checks import turned_away_by
from syncproof.workloads.keys.overheard import Overheard

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SomebodyListens(Sentence):
    """Keep every byte that devices say to each other from now on.

    ``devices``: two or more of the cast, see `Devices`. Every link between two of them is led through a program that
    passes everything on, and they connect anew. What it has kept is looked through when the test ends: for the name of
    the folder, and for what was asked of devices there; the masks of WebSockets hide nothing.

    Fails in the end where something can be read (``somebody who listens can read 3 operations``), and, as unknown,
    where nothing was said.

    Example:
    | Given Alice and Bob share a folder
    | And somebody listens between Alice and Bob
    | When Alice writes file "plan.txt"

    Source: plan P-6.1.4.
    """

    page = "Network"
    template = "somebody listens between ${devices}"
    needs = ("p2p",)
    devices: Devices

    def run(self, world: World) -> None:
        bed, names = world.test_bed, [device.name for device in self.devices]
        for link in world.topology.links_across(names, names):
            directory = bed.fresh_directory("tap")
            tap = Tap(bed.stack, directory, link.upstream)
            world.of(Overheard).listen("somebody who listens", directory, hears=True)
            link.redirect(tap.address)


class SizesTellLittle(Outcome):
    """Who listens must have heard pieces of few lengths: what is said cannot be told from how long it is.

    ``count``: a `Number`, of lengths; some 20 belong to how connections begin and end.

    Waits until everything is at rest, see `Rest`. Inconclusive where what was said had no more lengths than that.

    Example:
    | And somebody listens between Alice and Bob
    | When Alice writes 120 ever larger files up to 60 KB
    | Then who listens should have heard at most 60 different lengths

    Source: plan P-6.2.7.
    """

    template = "who listens should have heard at most ${count} different lengths"
    check = "sizes_tell_little"
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count}


class ManInTheMiddle(Sentence):
    """Somebody stands between two devices, and speaks with each of them in the place of the other one.

    ``devices``: two that are linked, see `Devices`. The link leads through a program that shows either side a
    certificate of its own, and passes on what it gets if one believes it. What it can read is looked through when the
    test ends.

    Acts at once; the devices connect anew. Lasts to the end of the test. Inconclusive when they have not both been
    shown that certificate, or when nothing was outstanding meanwhile. Fails in the end where something can be read.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And a man in the middle stands between Alice and Bob
    | When Alice writes file "plan.txt"
    | Then Alice and Bob should have turned somebody away within 10 seconds

    Source: plan P-6.2.1.
    """

    page = "Network"
    template = "a man in the middle stands between ${devices}"
    needs = ("p2p",)
    devices: Devices

    def run(self, world: World) -> None:
        names = [device.name for device in self.devices]
        if len(names) != 2:
            raise InvalidScenario(f"A man in the middle stands between two, and this names {len(names)}.")
        (link,) = world.topology.links_across(names[:1], names[1:])
        bed = world.test_bed
        directory = bed.fresh_directory("tls_in_the_middle")
        world.of(Overheard).listen("the man in the middle", directory, hears=False)
        world.faults.begin(BetweenTwo(link, bed.stack, directory))


class HaveTurnedAway(Outcome):
    """Devices must have turned somebody away: without the key that they were told, or who asks for what is not shared.

    ``devices``: see `Devices`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    What they refused before the first stranger, or the first man in the middle, came does not count. Unknown where
    nobody came.

    Example:
    | And a man in the middle stands between Alice and Bob
    | When Alice writes file "plan.txt"
    | Then Alice and Bob should have turned somebody away within 10 seconds

    Source: plan P-6.2.1.
    """

    template = "${devices} should have turned somebody away within ${duration}"
    check = "turned_away"
    devices: Devices
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"names": [device.name for device in self.devices]}

    def ready(self, world: World) -> bool:
        return turned_away_by(world.history) >= {device.name for device in self.devices}
